/** What of a name counts when it is held against others. */
export interface Look {
  readonly name: string;
  readonly words: readonly string[];
  /** Without what people are careless about. */
  readonly letters: string;
  readonly singular: string;
}

export function lookOf(name: string): Look {
  const words = wordsOf(name);
  return { name, words, letters: joined(words), singular: joined(words.map(singular)) };
}

/** How two label names look like one, or undefined where they differ on purpose. */
export function nearness(a: Look, b: Look): string | undefined {
  if (a.name === b.name) return undefined;
  if (a.letters === b.letters) return 'differ in case, blanks or punctuation alone';
  if (a.singular === b.singular) return 'are singular and plural of one';
  return differByASlip(a.words, b.words) ? 'differ by one letter' : undefined;
}

/** Without blanks, but for those between digits. */
const joined = (words: readonly string[]): string =>
  words.join(' ').replace(/(?<!\d) | (?!\d)/g, '');

/** Lower case, without what people are careless about; what stands between two digits means something. */
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
  const different = pairs.filter(([one, other]) => one !== other);
  const [first] = different;
  if (first === undefined || different.length > 1) return false;
  const [one, other] = first;
  if (Math.min(one.length, other.length) < LONG || /\d/.test(one + other)) return false;
  return isSlip(one, other);
}

function isSlip(one: string, other: string): boolean {
  if (one.length > other.length) return isSlip(other, one);
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  if (other.length === one.length + 1)
    return at < one.length && one.slice(at) === other.slice(at + 1);
  if (other.length !== one.length) return false;
  const swapped = other.slice(0, at) + (other[at + 1] ?? '') + other[at] + other.slice(at + 2);
  if (swapped === one) return true;
  return at < one.length - 1 && one.slice(at + 1) === other.slice(at + 1);
}
