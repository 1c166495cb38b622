import type { Explanation } from '../../yaml/explain-schema.ts';
import { byPlace, type FileProblem } from '../../yaml/problem.ts';
import { type Meaning, scopeOf } from '../described/reader.ts';
import { asList, valueAt } from '../described/values.ts';
import { isBlank } from '../flat/flat-keys.ts';
import type { Delivery } from '../source.ts';
import { verifiedSample } from './check-samples.ts';
import type { LoadedSource } from './load.ts';
import { traceDelivery } from './trace.ts';

/** Something to look at, and whether a sample has it. */
interface Look extends Explanation {
  /** The same wherever the file says the same, by an alias or in full. */
  readonly id: string;
  readonly isFound: boolean;
}

/** Remarks on what a file says and no sample shows: a typo stands there as quietly as a right place. */
export function unfoundIn({ description, file, problem }: LoadedSource): readonly FileProblem[] {
  const deliveries = file.samples.map((sample) => [sample.topic, verifiedSample(sample)] as const);
  const reached = new Set<unknown>();
  const looks = deliveries.flatMap(([, delivery]): readonly Look[] => {
    const traced = traceDelivery(description, delivery);
    if (typeof traced === 'string') return [];
    reached.add(traced.meaning);
    return traced.fields.map(({ field: full, path, form, found, inVain }) => {
      const field = full.replaceAll(/\.\d+(?=\.|$)/g, '');
      const message = `no sample has \`${field}\`, which is looked for at ${inVain.join(' and ')}`;
      return { path, message, id: field + JSON.stringify(form), isFound: found.length > 0 };
    });
  });
  const meant = Object.entries(file.events).flatMap(([topic, meanings]) => {
    const bodies = deliveries.filter(([of]) => of === topic).map(([, delivery]) => delivery);
    return asList<Meaning>(meanings).flatMap((meaning, i): readonly Look[] => {
      const path = ['events', topic, ...(Array.isArray(meanings) ? [i] : [])];
      const described = asList<Meaning>(description.events[topic])[i];
      const isFound = reached.has(described);
      const message = `no sample of \`${topic}\` has this meaning`;
      const id = JSON.stringify(meaning);
      return [{ path, message, id, isFound }, ...conditionsOf(meaning, path, bodies)];
    });
  });
  return unseen([...looks, ...meant], problem);
}

function conditionsOf(
  meaning: Meaning,
  path: Explanation['path'],
  bodies: readonly Delivery[],
): readonly Look[] {
  const scopes = bodies.map(scopeOf).filter((scope) => typeof scope !== 'string');
  return (['when', 'unless'] as const).flatMap((key) =>
    Object.entries(meaning[key] ?? {}).map(([place, wanted]): Look => {
      const mayMiss = typeof wanted === 'object' && 'given' in wanted && !wanted.given;
      const isFound = mayMiss || scopes.some((scope) => !isBlank(valueAt(scope, place)));
      const message = `no sample has anything at \`${place}\`, which this asks for`;
      const id = place + JSON.stringify(wanted);
      return { path: [...path, key], key: place, message, id, isFound };
    }),
  );
}

/** One remark for each thing that is found nowhere, where the file says it first. */
function unseen(looks: readonly Look[], problem: LoadedSource['problem']): readonly FileProblem[] {
  const found = new Set(looks.filter(({ isFound }) => isFound).map(({ id }) => id));
  const first = new Map(looks.toReversed().map((look) => [look.id, look]));
  return [...first.values()]
    .filter(({ id }) => !found.has(id))
    .map((look) => problem(look))
    .sort(byPlace);
}
