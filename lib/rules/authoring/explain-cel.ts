// What cel-js found wrong with an expression, in words that say the remedy. Build-time only.
import type { Environment } from '@marcbachmann/cel-js';
import { didYouMean } from '../../yaml/suggest.ts';
import { FIELDS } from '../environment.ts';

/** What an expression must give: a condition, the names of labels, or what a table has labels for. */
export type Purpose = 'condition' | 'labels' | 'keys';
export type CelError = NonNullable<ReturnType<Environment['check']>['error']>;

export function explainCel(
  environment: Environment,
  error: CelError,
  cel: string,
  purpose: Purpose,
): string {
  const summary = summaryOf(error, cel);
  const hint = remedy(environment, error, cel, purpose);
  return hint === '' ? summary : `${summary}. ${hint}`;
}

function summaryOf(error: CelError, cel: string): string {
  switch (error.code) {
    case 'no_such_key':
      return error.summary.replace(/^No such key: (.*)/, 'unknown field `$1`');
    case 'unexpected_character':
    case 'unexpected_token': {
      // cel-js 8.0.0 names the last letter of an unexpected word ("'d'" for `and`): show the word.
      const found = cel.slice(error.range?.start, error.range?.end).trim();
      return found === '' ? 'the expression ends too early' : `unexpected \`${found}\``;
    }
    default:
      return error.summary.replace(/^Expected IDENTIFIER, got QUESTION$/, 'unexpected `?`');
  }
}

function remedy(env: Environment, error: CelError, cel: string, purpose: Purpose): string {
  const name = /\w*$/.exec(error.summary)?.[0] ?? '';
  switch (error.code) {
    case 'no_such_key':
      return fieldRemedy(env, error, name);
    case 'unknown_variable':
      return fixedLabelRemedy(cel, purpose) || variableRemedy(name);
    case 'no_such_overload':
      return typeRemedy(error.summary);
    case 'no_matching_overload':
      return functionRemedy(env, error.summary);
    case 'limit_exceeded':
      return 'The expression is too long: make two rules of it';
    case 'invalid_macro_argument':
      return 'Write has(event.order), or a loop as event.order.items.exists(item, item.sku == "A1")';
    case 'unterminated_string':
      return 'Where the quote is there, YAML took it or a # for its own: put the expression below a `|`';
    default:
      return fixedLabelRemedy(cel, purpose) || syntaxRemedy(cel, error.range?.start ?? 0);
  }
}

function fixedLabelRemedy(cel: string, purpose: Purpose): string {
  const isExpression = purpose !== 'labels' || /[().[\]"']/.test(cel);
  return isExpression ? '' : `A fixed label is written as a list: [${cel.trim()}]`;
}

function variableRemedy(name: string): string {
  if (Object.hasOwn(FIELDS.Event, name)) return `Did you mean \`event.${name}\`?`;
  return didYouMean(name, ['event']) || 'Expressions see `event` alone';
}

function fieldRemedy(env: Environment, error: CelError, field: string): string {
  const { start = 0, input = '' } = error.node ?? {};
  // A loop's variable cannot be checked outside the loop: then any type's fields are candidates.
  const receiver = env.check(input.slice(start, error.range?.start).replace(/\s*\.\s*$/, ''));
  const type = Object.entries(FIELDS).find(([name]) => name === receiver.type)?.[1];
  const known = Object.keys(type ?? Object.assign({}, ...Object.values(FIELDS)));
  const list = type === undefined ? 'docs/rules.md lists them' : `They are ${known.join(', ')}`;
  return didYouMean(field, known) || list;
}

function typeRemedy(summary: string): string {
  const types = summary.replace('no such overload: ', '');
  if (/^(double \S+ int|int \S+ double)$/.test(types)) {
    return 'Write the whole number with a point: 100.0 instead of 100';
  }
  if (types === 'double in list<int>') {
    return 'Write the whole numbers with a point: [250.0] instead of [250]';
  }
  return /^string \+|\+ string$/.test(types) ? 'Make a text of it with string(…)' : '';
}

const OWN_FUNCTIONS = new Map([
  [
    'get',
    'Write get(event.data, "a.b", ""): the default is a text, a number, true or false, [] or {}',
  ],
  ['sum', 'It takes a list of doubles: event.order.items.map(i, i.price * i.quantity).sum()'],
]);

function functionRemedy(env: Environment, summary: string): string {
  const [, receiver, name = ''] = /'(?:(.+)\.)?(\w+)\(/.exec(summary) ?? [];
  const own = OWN_FUNCTIONS.get(name);
  if (own !== undefined) return own;
  const known = env
    .getDefinitions()
    .functions.filter((one) => (one.receiverType === null) === (receiver === undefined))
    .map((one) => one.name);
  if (known.includes(name)) return 'It takes other types';
  return didYouMean(name, known) || 'There is no such function: docs/rules.md lists them';
}

function syntaxRemedy(cel: string, offset: number): string {
  if (cel[offset] === '=') return 'Equality is written ==';
  // `a?.b` is stopped at its point, `a.?b`, `a[?b]` and `a ?? b` at a question mark.
  if (/\?\.|[.[?]\?/.test(cel.slice(Math.max(0, offset - 1), offset + 2))) {
    return 'There is no optional chaining and no default by ??: ask with has(), as in has(a.b) && a.b == "x", or give one: get(event.data, "a.b", "")';
  }
  if (/\b(and|or|not)\b/.test(cel)) return 'CEL writes && for and, || for or, ! for not';
  return '';
}
