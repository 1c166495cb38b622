import { FIELDS as EVENT_FIELDS, rulesEnvironment } from '../lib/rules/environment.ts';
import { standingEnvironment } from '../lib/standing/environment.ts';
import { FIELDS as HISTORY_FIELDS } from '../lib/standing/fields.ts';

/** A word that can stand at the cursor. */
interface Suggestion {
  readonly word: string;
  readonly kind: 'field' | 'function' | 'key' | 'word';
  /** Its type, or what it is for. */
  readonly about: string;
}
export interface Suggestions {
  /** Where what is typed of the word begins. */
  readonly from: number;
  readonly list: readonly Suggestion[];
}

/** What rules.yml may say, beside expressions. */
export interface Vocabulary {
  readonly keys: readonly { readonly name: string; readonly about: string }[];
  readonly eventTypes: readonly string[];
  readonly sources: readonly string[];
}

type Fields = Readonly<Record<string, Readonly<Record<string, string>>>>;
const FIELDS: Fields = { ...EVENT_FIELDS, ...HISTORY_FIELDS };

/** Of the language itself, and of no use in a condition. */
const LEFT_OUT =
  /^(?:type|dyn|bytes|uint|none|of|or|orValue|hasValue|value|bind|json|hex|base64|at)$/;

interface Method {
  readonly receiver: string;
  readonly name: string;
  readonly about: string;
}

const METHODS: readonly Method[] = [rulesEnvironment(), standingEnvironment()]
  .flatMap((environment) => environment.getDefinitions().functions)
  .map(({ signature }) => {
    const [, receiver = '', name = '', about = ''] =
      /^(?:([\w.<>, ]+)\.)?(\w+)(\(.*)$/.exec(signature) ?? [];
    return { receiver, name, about: about.replaceAll('ast', '…') };
  })
  .filter(({ name }) => !LEFT_OUT.test(name));

/**
 * What can stand at the cursor in rules.yml. After a dot the fields and functions of what stands before it, where
 * that is known, else all; elsewhere keys, or what the line's key takes.
 * @param before the text up to the cursor
 */
export function suggestionsAt(before: string, vocabulary: Vocabulary): Suggestions | undefined {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const [typed = ''] = /[\w-]*$/.exec(line) ?? [];
  const from = before.length - typed.length;
  const key = /^\s*(?:- )?(\w+):/.exec(line)?.[1];
  if (key === 'on')
    return { from: before.length - wordOf(line).length, list: words(vocabulary.eventTypes) };
  const path = /((?:\w+(?:\([^()]*\))?\.)+)\w*$/.exec(line)?.[1];
  if (path !== undefined) return { from, list: membersOf(path, before) };
  if (key === 'sources') return { from, list: words(vocabulary.sources) };
  if (key !== undefined) return typed ? { from, list: startsOf(key) } : undefined;
  if (!/^\s*(?:- )?\w*$/.test(line) || typed === '') return undefined;
  return {
    from,
    list: vocabulary.keys.map(({ name, about }) => ({ word: name, kind: 'key', about })),
  };
}

const wordOf = (line: string): string => /[\w.]*$/.exec(line)?.[0] ?? '';

const words = (list: readonly string[]): readonly Suggestion[] =>
  list.map((word) => ({ word, kind: 'word', about: '' }));

/** How an expression may begin. */
const startsOf = (key: string): readonly Suggestion[] => {
  const isStanding = key === 'while' || key === 'each' || /^[A-Z]/.test(key);
  const start = isStanding ? 'history' : 'event';
  const functions = METHODS.filter(({ receiver }) => receiver === '');
  return [
    { word: start, kind: 'field', about: isStanding ? 'History' : 'Event' },
    ...named(functions),
  ];
};

/** Each name once, whatever it can be given. */
const named = (methods: readonly Method[]): readonly Suggestion[] => {
  const byName = new Map(methods.toReversed().map((method) => [method.name, method.about]));
  return [...byName].toReversed().map(([word, about]) => ({ word, kind: 'function', about }));
};

function membersOf(path: string, before: string): readonly Suggestion[] {
  const type = typeOf(path, before);
  const fields = Object.entries(FIELDS[type ?? ''] ?? {}).map(
    ([word, about]): Suggestion => ({ word, kind: 'field', about }),
  );
  const methods = METHODS.filter(({ receiver }) => receiver !== '' && suits(receiver, type));
  const isKnown = fields.length > 0 || type !== undefined;
  return [...(isKnown ? fields : allFields()), ...named(methods)];
}

function suits(receiver: string, type: string | undefined): boolean {
  if (type === undefined) return true;
  const outer = (name: string): string => name.replace(/<.*$/, '');
  return outer(receiver) === outer(type);
}

function allFields(): readonly Suggestion[] {
  const all = new Map(Object.values(FIELDS).flatMap((fields) => Object.entries(fields)));
  return [...all].map(([word, about]) => ({ word, kind: 'field', about }));
}

/** The type of `event.order.items`, `history.within("7d").orders`, or of a macro's variable such as `i`. */
function typeOf(path: string, before: string): string | undefined {
  const [start = '', ...rest] = path.match(/\w+(?:\([^()]*\))?/g) ?? [];
  const first = { event: 'Event', history: 'History' }[start] ?? elementOf(start, before);
  return rest.reduce<string | undefined>((type, step) => {
    if (type === undefined) return undefined;
    const name = step.replace(/\(.*$/, '');
    if (!step.includes('(')) return FIELDS[type]?.[name];
    if (name === 'within') return 'History';
    return name === 'filter' ? type : undefined;
  }, first);
}

/** What a macro goes over, by the last one before the cursor that names the variable. */
function elementOf(variable: string, before: string): string | undefined {
  const macro = new RegExp(
    `([\\w.]+(?:\\([^()]*\\)[\\w.]*)?)\\.(?:exists|exists_one|all|filter|map)\\(${variable},`,
    'g',
  );
  const list = [...before.matchAll(macro)].at(-1)?.[1];
  const type = list === undefined ? undefined : typeOf(list, '');
  return type === undefined ? undefined : /^list<(\w+)>$/.exec(type)?.[1];
}
