// What cel-js found wrong with an expression, in words that say the remedy. Build-time only.
import type { Environment } from '@marcbachmann/cel-js';
import { didYouMean } from '../../yaml/suggest.ts';
import type { World } from './world.ts';

/** What an expression must give: a condition, the names of labels, or what a table has labels for. */
export type Purpose = 'condition' | 'labels' | 'keys';
export type CelError = NonNullable<ReturnType<Environment['check']>['error']>;

export function explainCel(world: World, error: CelError, cel: string, purpose: Purpose): string {
  const summary = summaryOf(error, cel);
  const hint = remedy(world, error, cel, purpose);
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

/** What JavaScript calls it, and CEL otherwise. */
const JAVASCRIPT: ReadonlyMap<string, string> = new Map([
  ['length', 'The length of a text, list or map is .size()'],
  ['includes', 'For a text it is .contains("x"), for a list "x" in list'],
  ['toLowerCase', 'It is .lowerAscii()'],
  ['toUpperCase', 'It is .upperAscii()'],
  ['toString', 'It is string(…)'],
  ['slice', 'It is .substring(0, 3)'],
]);

function remedy(world: World, error: CelError, cel: string, purpose: Purpose): string {
  const javascript = JAVASCRIPT.get(calledAt(error, cel));
  if (javascript !== undefined) return javascript;
  const name = /\w*$/.exec(error.summary)?.[0] ?? '';
  switch (error.code) {
    case 'no_such_key':
      return fieldRemedy(world, error, name);
    case 'unknown_variable':
      return fixedLabelRemedy(world, cel, purpose) || variableRemedy(world, name);
    case 'no_such_overload':
      return typeRemedy(world, error.summary);
    case 'no_matching_overload':
      return functionRemedy(world, error.summary);
    case 'limit_exceeded':
      return `The expression is too long: ${world.part}`;
    case 'invalid_macro_argument':
      return `Write ${world.example}`;
    case 'unterminated_string':
      return 'Where the quote is there, YAML took it or a # for its own: put the expression below a `|`';
    default:
      return (
        fixedLabelRemedy(world, cel, purpose) || syntaxRemedy(world, cel, error.range?.start ?? 0)
      );
  }
}

/** The name of the field or function at which an expression is wrong. */
function calledAt({ summary, range }: CelError, cel: string): string {
  const called = /'(?:.+\.)?(\w+)\(/.exec(summary)?.[1];
  return called ?? /^\w*/.exec(cel.slice(range?.start))?.[0] ?? '';
}

function fixedLabelRemedy({ variable }: World, cel: string, purpose: Purpose): string {
  const isExpression = purpose !== 'labels' || /[().[\]"']/.test(cel);
  if (isExpression) return '';
  return variable === 'event'
    ? `A fixed label is written as a list: [${cel.trim()}]`
    : 'A fixed label is an entry of its own, with `label` and `while`';
}

function variableRemedy({ variable, fields, alone }: World, name: string): string {
  if (Object.hasOwn(fields, name)) return `Did you mean \`${variable}.${name}\`?`;
  return didYouMean(name, [variable]) || alone(name);
}

function fieldRemedy({ environment, types, page }: World, error: CelError, field: string): string {
  const { start = 0, input = '' } = error.node ?? {};
  // A loop's variable cannot be checked outside the loop: then any type's fields are candidates.
  const receiver = environment.check(
    input.slice(start, error.range?.start).replace(/\s*\.\s*$/, ''),
  );
  const type = Object.entries(types).find(([name]) => name === receiver.type)?.[1];
  const known = Object.keys(type ?? Object.assign({}, ...Object.values(types)));
  const list = type === undefined ? `${page} lists them` : `They are ${known.join(', ')}`;
  return didYouMean(field, known) || list;
}

function typeRemedy({ variable }: World, summary: string): string {
  const types = summary.replace('no such overload: ', '');
  if (variable === 'history' && /^int \S+ double$/.test(types)) {
    return 'Write both with a point or both without: size() and count are whole numbers';
  }
  if (/Timestamp \S+ string|string \S+ \S+Timestamp/.test(types)) {
    return 'Write a time as timestamp("2026-01-31T00:00:00Z")';
  }
  if (/^(double \S+ int|int \S+ double)$/.test(types)) {
    return 'Write the whole number with a point: 100.0 instead of 100';
  }
  if (types === 'double in list<int>') {
    return 'Write the whole numbers with a point: [250.0] instead of [250]';
  }
  return /^string \+|\+ string$/.test(types) ? 'Make a text of it with string(…)' : '';
}

function functionRemedy({ environment, calls, page }: World, summary: string): string {
  const [, receiver, name = ''] = /'(?:(.+)\.)?(\w+)\(/.exec(summary) ?? [];
  const own = calls.get(name);
  if (own !== undefined) return own;
  const known = environment
    .getDefinitions()
    .functions.filter((one) => (one.receiverType === null) === (receiver === undefined))
    .map((one) => one.name);
  if (known.includes(name)) return 'It takes other types';
  return didYouMean(name, known) || `There is no such function: ${page} lists them`;
}

function syntaxRemedy({ variable, example }: World, cel: string, offset: number): string {
  if (cel.startsWith('=>', offset)) return `There are no arrow functions. Write ${example}`;
  if (/^[“”„‘’«»]/.test(cel.slice(offset))) return 'Quotes are straight: "…"';
  if (cel[offset] === '=') return 'Equality is written ==';
  // `a?.b` is stopped at its point, `a.?b`, `a[?b]` and `a ?? b` at a question mark.
  if (/\?\.|[.[?]\?/.test(cel.slice(Math.max(0, offset - 1), offset + 2))) {
    const get = variable === 'event' ? ', or give one: get(event.data, "a.b", "")' : '';
    return `There is no optional chaining and no default by ??: ask with has(), as in has(a.b) && a.b == "x"${get}`;
  }
  if (/\b(and|or|not)\b/.test(cel)) return 'CEL writes && for and, || for or, ! for not';
  return '';
}
