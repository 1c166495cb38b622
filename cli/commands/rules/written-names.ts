import type { RulesConfig } from '../../../lib/rules/config.ts';
import { labelName, MAX_LABEL_NAME } from '../../../lib/rules/label-name.ts';
import type { FileRemark } from './remark.ts';

/** A fixed name as it stands in the file, and as Wix gets it. */
interface WrittenName {
  readonly path: FileRemark['path'];
  readonly key?: string;
  readonly written: string;
  readonly name: string;
}

/** Warnings about fixed names: those that become others, and those that look like another one. */
export function writtenNames({ rules, labels = [] }: RulesConfig, input: unknown): FileRemark[] {
  const raw = input as {
    readonly rules?: readonly Record<string, unknown>[];
    readonly labels?: readonly { readonly label?: unknown; readonly oneOf?: object }[];
  };
  const inRules = rules.flatMap((_, rule) =>
    ['add', 'remove'].flatMap((verb) =>
      [raw.rules?.[rule]?.[verb]].filter(Array.isArray).flatMap((list: readonly unknown[]) =>
        list.map((one, i): WrittenName => {
          const written = String(one);
          return { path: ['rules', rule, verb, i], written, name: labelName(written) };
        }),
      ),
    ),
  );
  const inLabels = labels.flatMap((_, i): WrittenName[] => {
    const { label, oneOf = {} } = raw.labels?.[i] ?? {};
    const tiers = Object.keys(oneOf).map((key) => ({
      path: ['labels', i, 'oneOf'],
      key,
      written: key,
    }));
    const all =
      label === undefined ? tiers : [{ path: ['labels', i, 'label'], written: String(label) }];
    return all.map((one) => ({ ...one, name: labelName(one.written) }));
  });
  const names = inFileOrder(raw, inRules, inLabels);
  return [...names.filter(({ written, name }) => written !== name).map(changed), ...near(names)];
}

/** `labels` may stand before `rules` or behind. */
function inFileOrder(
  raw: object,
  inRules: readonly WrittenName[],
  inLabels: readonly WrittenName[],
) {
  const keys = Object.keys(raw);
  return keys.indexOf('labels') < keys.indexOf('rules')
    ? [...inLabels, ...inRules]
    : [...inRules, ...inLabels];
}

function changed({ path, key, written, name }: WrittenName): FileRemark {
  const message =
    name.endsWith('…') && written.length > MAX_LABEL_NAME
      ? `the name has ${written.length} characters, and Wix takes ${MAX_LABEL_NAME}: it is cut to "…${name.slice(-20)}"`
      : `the label will be called ${JSON.stringify(name)}: blanks and invisible characters are normalised`;
  return { kind: 'warning', path, ...(key !== undefined && { key }), message };
}

/** Each name that looks like one before it, once, where it comes first. */
function near(written: readonly WrittenName[]): FileRemark[] {
  const first = written.filter(
    (one, i) => written.findIndex(({ name }) => name === one.name) === i,
  );
  const forms = first.map(({ name }) => formsOf(name));
  return first.flatMap(({ path, key, name }, i) => {
    for (const other of forms.slice(0, i)) {
      const how = nearness(forms[i] ?? other, other);
      if (how === undefined) continue;
      const message = `"${name}" and "${other.name}" further up ${how}: to Wix they are two labels`;
      return [{ kind: 'warning' as const, path, ...(key !== undefined && { key }), message }];
    }
    return [];
  });
}

/** A name in the forms that are compared: without case, blanks and punctuation, about which people are careless. */
export function formsOf(name: string) {
  const words = wordsOf(name);
  return { name, words, letters: joined(words), singular: joined(words.map(singular)) };
}

type NameForms = ReturnType<typeof formsOf>;

/** How two label names look like one, or undefined where they differ on purpose. */
export function nearness(a: NameForms, b: NameForms): string | undefined {
  if (a.name === b.name) return undefined;
  if (a.letters === b.letters) return 'differ in case, blanks or punctuation alone';
  if (a.singular === b.singular) return 'are singular and plural of one';
  return differByASlip(a.words, b.words) ? 'differ by one letter' : undefined;
}

/** Without blanks, but for those between digits. */
const joined = (words: readonly string[]): string =>
  words.join(' ').replace(/(?<!\d) | (?!\d)/g, '');

/** The words in lower case, without punctuation; a point between two digits means something, and stays. */
function wordsOf(name: string): string[] {
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/(\d)[.,](?=\d)/g, '$1point');
  return plain.split(/[\s_\-–—.,:;/()[\]"“”!?]+/).filter((word) => word !== '');
}

function singular(word: string): string {
  if (word.length < 4 || word.endsWith('ss')) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.replace(/(?<=ss|x|z|ch|sh)es$|s$/, '');
}

/** Shorter words, and other last letters, are mostly words of their own: Former and Farmer, -er and -ed. */
const LONG = 7;

/** One word of all, a long one, has a letter too many, too few, wrong, or two in the wrong order. */
function differByASlip(x: readonly string[], y: readonly string[]): boolean {
  if (x.length !== y.length) return false;
  const pairs = x.map((word, i) => [word, y[i] ?? ''] as const);
  const [different, ...more] = pairs.filter(([one, other]) => one !== other);
  if (different === undefined || more.length > 0) return false;
  const [one, other] = different;
  return (
    Math.min(one.length, other.length) >= LONG && !/\d/.test(one + other) && isSlip(one, other)
  );
}

function isSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [x, y] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (x.length <= 1 && y.length <= 1) return end > 0;
  return x.length === 2 && x === [...y].reverse().join('');
}
