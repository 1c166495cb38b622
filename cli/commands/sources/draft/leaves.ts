import { canonical, isBlank } from '../../../../lib/sources/flat/flat-keys.ts';
import { firstOf } from '../../../../lib/sources/payload/access.ts';

/** A value in a body, with its place. */
export interface Leaf {
  readonly place: string;
  readonly keys: readonly string[];
  /** The last key that is no number, in letters and digits alone. */
  readonly key: string;
  readonly value: unknown;
}

/** A key that can stand in a place. */
const PLAIN = /^[\p{L}\p{N}_-](?:[\p{L}\p{N}_ :@-]*[\p{L}\p{N}_-])?$/u;

/** All values of a body that hold something, lists and objects themselves included, the outer ones first. */
export const leavesOf = (body: unknown): readonly Leaf[] =>
  [...below(body, [])].sort((a, b) => a.keys.length - b.keys.length);

function below(value: unknown, keys: readonly string[]): readonly Leaf[] {
  if (typeof value !== 'object' || value === null || keys.length > 12) return [];
  const own = Object.entries(value).filter(([key, one]) => PLAIN.test(key) && !isBlank(one));
  const leaves = own.map(([key, one]) => leafOf([...keys, key], one));
  return [...leaves, ...own.flatMap(([key, one]) => below(one, [...keys, key]))];
}

const leafOf = (keys: readonly string[], value: unknown): Leaf => {
  const names = keys.filter((key) => !isIndex(key));
  // `phone: [{ value }]`, `total: { value }`: the key around says what it is.
  const named = (names.at(-1) === 'value' ? names.at(-2) : undefined) ?? names.at(-1) ?? '';
  return { place: keys.join('.'), keys, key: canonical(named), value };
};

export const isIndex = (key: string): boolean => /^\d+$/.test(key);

export const isScalar = ({ value }: Leaf): boolean => typeof value !== 'object';

/** Whether a place goes through an element of a list. */
export const isInList = ({ keys }: Leaf): boolean => keys.some(isIndex);

/** The place of the object around. */
export const parentOf = (place: string): string => place.split('.').slice(0, -1).join('.');

/** How many keys two places begin with alike. */
export function shared(one: string, other: string): number {
  const [a, b] = [one.split('.'), other.split('.')];
  const differs = a.findIndex((key, i) => key !== b[i]);
  return differs < 0 ? a.length : differs;
}

/** The first leaf with the first of these keys; `|` separates keys that are equally good. */
export const named = (
  leaves: readonly Leaf[],
  keys: string,
  fits: (leaf: Leaf) => boolean = isScalar,
): Leaf | undefined =>
  firstOf(keys.split(' '), (key) =>
    leaves.find((leaf) => key.split('|').includes(leaf.key) && fits(leaf)),
  );

/** A scalar outside of lists. */
export const isOutside = (leaf: Leaf): boolean => isScalar(leaf) && !isInList(leaf);
export const isId = (leaf: Leaf): boolean => isOutside(leaf) && typeof leaf.value !== 'boolean';

export type Section = Readonly<Record<string, unknown>>;

/** A section of the file without what was not found. */
export const defined = (draft: Section): Section =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
