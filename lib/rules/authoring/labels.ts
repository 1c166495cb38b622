// What is wrong with `labels:` in rules.yml that its schema cannot see. Build-time only.
import type { Explanation } from '../../yaml/explain-schema.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import { StandingEntry } from './labels-schema.ts';

type RawEntry = Readonly<Record<string, unknown>>;

export function explainLabels(input: unknown, file: YamlFile): Explanation[] {
  return rawEntries(input).flatMap((entry, i) => {
    const path = ['labels', i];
    return [...explainKeys(entry, path), ...explainTiers(entry, [...path, 'oneOf'], file)];
  });
}

/** The entries as they came, well-formed or not, so that one broken entry hides no other's problems. */
function rawEntries(input: unknown): readonly RawEntry[] {
  const { labels } = input as { labels?: unknown };
  if (!Array.isArray(labels)) return [];
  return labels.map((entry) => (typeof entry === 'object' && entry !== null ? entry : {}));
}

const HEADS = ['label', 'oneOf', 'each'];

/** Which keys go together. Where one is unknown, it may be the one that is missing. */
function explainKeys(entry: RawEntry, path: Explanation['path']): Explanation[] {
  const keys = Object.keys(entry);
  if (keys.some((key) => !(key in StandingEntry.shape))) return [];
  const [head, second] = keys.filter((key) => HEADS.includes(key));
  if (head === undefined) {
    return [{ path, message: 'give it `label` and `while`, or `oneOf`, or `each`' }];
  }
  if (second !== undefined) {
    return [
      { path, key: second, message: `\`${head}\` and \`${second}\`: make two entries of it` },
    ];
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
function explainTiers(
  { oneOf }: RawEntry,
  path: Explanation['path'],
  file: YamlFile,
): Explanation[] {
  if (typeof oneOf !== 'object' || oneOf === null || Array.isArray(oneOf)) return [];
  const misread = file.misreadKeys(path).map(({ key, written }) => ({
    path,
    key,
    message: `YAML reads the label ${written} as ${key}: quote it, '${written}'`,
  }));
  const wrong = Object.keys(oneOf).flatMap((key) => {
    if (key.trim() === '')
      return [{ path, key, message: 'a label needs a name: this one is blank' }];
    const message = 'a whole number loses its place among the tiers: put a word to it';
    return WHOLE_NUMBER.test(key) ? [{ path, key, message }] : [];
  });
  return [...misread, ...wrong];
}
