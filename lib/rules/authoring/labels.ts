// What is wrong with `labels:` in rules.yml that its schema cannot see. Build-time only.
import type { Explanation } from '../../yaml/explain-schema.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import { labelName } from '../label-name.ts';
import { explainExpression } from './check-expression.ts';
import { StandingEntry } from './labels-schema.ts';
import { HISTORY } from './world.ts';

type RawEntry = Readonly<Record<string, unknown>>;
type Path = Explanation['path'];

/** @param taken the names that rules add and remove, with the place of each in words */
export function explainLabels(
  input: unknown,
  file: YamlFile,
  taken: ReadonlyMap<string, string>,
): Explanation[] {
  const entries = rawEntries(input);
  return [
    ...entries.flatMap((entry, i) => {
      if (!isMapping(entry)) return [];
      const path = ['labels', i];
      return [
        ...explainKeys(entry, path),
        ...explainTiers(entry, [...path, 'oneOf'], file),
        ...explainConditions(entry, path),
      ];
    }),
    ...explainNames(entries, file, taken),
  ];
}

/** The entries as they came, well-formed or not, so that one broken entry hides no other's problems. */
function rawEntries(input: unknown): readonly unknown[] {
  const { labels } = input as { labels?: unknown };
  return Array.isArray(labels) ? labels : [];
}

const isMapping = (value: unknown): value is RawEntry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const HEADS = ['label', 'oneOf', 'each'];

/** Which keys go together. Where one is unknown, it may be the one that is missing. */
function explainKeys(entry: RawEntry, path: Path): Explanation[] {
  const keys = Object.keys(entry);
  if (keys.some((key) => !Object.hasOwn(StandingEntry.shape, key))) return [];
  const [head, second] = keys.filter((key) => HEADS.includes(key));
  if (head === undefined) {
    return [{ path, message: 'give it `label` and `while`, or `oneOf`, or `each`' }];
  }
  if (second !== undefined) {
    const message = `\`${head}\` and \`${second}\` in one entry: make two of it`;
    return [{ path, key: second, message }];
  }
  const belongs = (key: string, to: string): Explanation[] =>
    keys.includes(key) && head !== to
      ? [{ path, key, message: `\`${key}\` belongs to \`${to}\`, and this has \`${head}\`` }]
      : [];
  const lacks = head === 'label' && !keys.includes('while');
  return [
    ...(lacks ? [{ path, message: '`while` is missing: the condition of the label' }] : []),
    ...belongs('while', 'label'),
    ...belongs('most', 'each'),
  ];
}

const WHOLE_NUMBER = /^(?:0|[1-9]\d*)$/;

/** The order of tiers counts, and a mapping puts whole numbers first. */
function explainTiers({ oneOf }: RawEntry, path: Path, file: YamlFile): Explanation[] {
  if (!isMapping(oneOf)) return [];
  const misread = file.misreadKeys(path).map(({ key, written }) => ({
    path,
    key,
    message: `YAML reads the label ${written} as ${key}: quote it, '${written}'`,
  }));
  const wrong = Object.keys(oneOf).flatMap((key): Explanation[] => {
    if (labelName(key) === '') {
      return [{ path, key, message: 'a label needs a name: this one is blank' }];
    }
    const message = 'a whole number loses its place among the tiers: put a word to it';
    return WHOLE_NUMBER.test(key) ? [{ path, key, message }] : [];
  });
  return [...misread, ...wrong];
}

function explainConditions({ while: condition, oneOf, each }: RawEntry, path: Path): Explanation[] {
  const tiers = isMapping(oneOf) ? Object.entries(oneOf) : [];
  return [
    ...explainExpression(condition, 'condition', [...path, 'while'], HISTORY),
    ...tiers.flatMap(([name, cel]) =>
      explainExpression(cel, 'condition', [...path, 'oneOf', name], HISTORY),
    ),
    ...explainExpression(each, 'labels', [...path, 'each'], HISTORY),
  ];
}

/** A label is one definition's alone, and no rule's. */
function explainNames(
  entries: readonly unknown[],
  file: YamlFile,
  taken: ReadonlyMap<string, string>,
): Explanation[] {
  const first = new Map<string, number>();
  return entries.flatMap(fixedPlaces).flatMap(({ name, ...place }): Explanation[] => {
    const { line } = file.problem({ ...place, message: '' });
    const before = first.get(name);
    if (before !== undefined) {
      const message = `"${name}" has a condition on line ${before} already: a label has one`;
      return [{ ...place, message }];
    }
    first.set(name, line);
    const rule = taken.get(name);
    if (rule === undefined) return [];
    const message = `"${name}" is a label of ${rule} too: its condition alone puts a standing label on and takes it off. Take it out of one of them`;
    return [{ ...place, message }];
  });
}

type Place = Pick<Explanation, 'path' | 'key'> & { readonly name: string };

function fixedPlaces(entry: unknown, i: number): Place[] {
  const { label, oneOf } = isMapping(entry) ? entry : {};
  const tiers = isMapping(oneOf) ? Object.keys(oneOf) : [];
  const tierPath = ['labels', i, 'oneOf'];
  return [
    ...(typeof label === 'string' ? [{ name: label, path: ['labels', i, 'label'] }] : []),
    ...tiers.map((key) => ({ name: key, path: tierPath, key })),
  ]
    .map((place) => ({ ...place, name: labelName(place.name) }))
    .filter(({ name }) => name !== '');
}
