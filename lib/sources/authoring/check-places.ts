import type { Explanation } from '../../yaml/explain-schema.ts';
import type { SourceFile } from './schema.ts';

type Path = Explanation['path'];

/** Keys whose values are texts that stand for themselves. */
const LITERAL = new Set(['constant', 'table', 'with', 'is', 'pass', 'incomplete']);
/** Keys whose mapping has places for keys. */
const CONDITIONS = new Set(['when', 'unless', 'test', 'same']);
/** Keys beside which all other places begin at an element of the list. */
const LISTS = ['each', 'find', 'sum'];

/** What is wrong with the places of a file: most come from other languages of paths. */
export function checkPlaces(file: SourceFile): readonly Explanation[] {
  const { event, contact, order, subscription, form, tags, events, signed } = file;
  const sections = { event, contact, order, subscription, form, tags, events };
  const proofs = Array.isArray(signed) ? signed : [signed];
  const inBody = proofs.flatMap((proof, i) =>
    proof.scheme === 'field'
      ? check(proof.field, ['signed', ...(Array.isArray(signed) ? [i] : []), 'field'], false)
      : [],
  );
  return [...walk(sections, [], false), ...inBody];
}

function walk(value: unknown, path: Path, inElement: boolean): readonly Explanation[] {
  if (typeof value === 'string') return check(value, path, inElement);
  if (Array.isArray(value)) {
    return value.flatMap((one, i) => walk(one, [...path, i], inElement));
  }
  if (typeof value !== 'object' || value === null) return [];
  const list = LISTS.find((key) => key in value);
  return Object.entries(value).flatMap(([key, inner]): readonly Explanation[] => {
    const at = [...path, key];
    // The topics of `events` are the sender's own words.
    if (LITERAL.has(key)) return [];
    const isInside = inElement || (list !== undefined && key !== list);
    if (CONDITIONS.has(key) && typeof inner === 'object' && inner !== null) {
      const isSame = key === 'same';
      return Object.entries(inner).flatMap(([place, wanted]) => [
        ...check(place, at, isInside, place),
        ...(isSame ? check(String(wanted), [...at, place], inElement) : []),
      ]);
    }
    return walk(inner, at, isInside);
  });
}

function check(
  place: string,
  path: Path,
  inElement: boolean,
  key?: string,
): readonly Explanation[] {
  const message = problemOf(place, inElement);
  return message === undefined ? [] : [{ path, message, ...(key !== undefined && { key }) }];
}

function problemOf(place: string, inElement: boolean): string | undefined {
  const quoted = `\`${place}\``;
  if (place !== place.trim()) return `${quoted} has blanks around it: take them away`;
  if (/\{\{|\}\}|\$\{/.test(place))
    return `${quoted} is a template: write the path alone, as in data.email`;
  if (/^\$/.test(place)) {
    return `${quoted} is JSONPath: write the path alone, as in ${place.replace(/^\$\.?/, '') || 'data.email'}`;
  }
  if (/\[\d+\]/.test(place)) {
    return `${quoted}: write an element of a list by its number, as in ${place.replaceAll(/\[(\d+)\]/g, '.$1')}`;
  }
  if (/\[(?:\*|)\]|\.\*/.test(place)) {
    return `${quoted} is several values: say which with { find: …, take: … }, or all with { each: … }`;
  }
  if (/^headers?[:.]/i.test(place))
    return `${quoted}: write a header as \`header ${place.replace(/^headers?[:.]\s*/i, '').toLowerCase()}\``;
  if (/^header\s/i.test(place)) {
    return /^header [a-z0-9-]+$/.test(place)
      ? undefined
      : `${quoted}: write the name of a header in lower case after one blank, as in \`header x-topic\``;
  }
  if (place.startsWith('/')) {
    return inElement ? undefined : `${quoted}: a path begins at the body here: take the / away`;
  }
  return place !== '.' && /^\.|\.$|\.\./.test(place)
    ? `${quoted} has a dot without a name beside it`
    : undefined;
}
