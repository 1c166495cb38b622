import { SOURCE_NAMES } from '../../../lib/events/event.ts';
import { didYouMean } from '../../../lib/rules/authoring/suggest.ts';
import { ageMs } from '../../kit/age.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import { type DeadLetter, eventIdOf, labelsOf, rulesOf, sourceOf } from './dead-letter.ts';
import { REMEDIES } from './reasons.ts';

/** What dead letters a command is about, as its options say it. Several of one kind: any of them. */
export interface FilterOptions {
  readonly reason?: readonly string[];
  readonly source?: readonly string[];
  readonly site?: readonly string[];
  readonly rule?: readonly string[];
  readonly label?: readonly string[];
  readonly id?: readonly string[];
  readonly olderThan?: string;
  readonly newerThan?: string;
}

/** An age in milliseconds. @throws CliFailure */
export function durationOf(text: string): number {
  const age = ageMs(text);
  if (age !== undefined) return age;
  throw new CliFailure(`"${text}" is no age. Write 90s, 15m, 2h or 3d.`, EXIT.usage);
}

/** Whether any filter is set. */
export const isFiltered = (options: FilterOptions): boolean =>
  [...KINDS, 'olderThan', 'newerThan'].some((name) => options[name as keyof FilterOptions]);

const KINDS = ['reason', 'source', 'site', 'rule', 'label', 'id'] as const;

/** So much of an id names one dead letter; `list` shows as much. */
const SHORTEST_BEGINNING = 8;

/**
 * The filter that options make: every kind that is given must fit.
 * @param now epoch milliseconds
 * @throws CliFailure for an age that cannot be read, an empty value, and a word that is no reason or source
 */
export function createFilter(
  options: FilterOptions,
  now: number,
): (deadLetter: DeadLetter) => boolean {
  const { olderThan, newerThan } = options;
  const empty = KINDS.find((kind) => options[kind]?.includes(''));
  if (empty) throw new CliFailure(`--${empty} is empty: is a variable not set?`, EXIT.usage);
  refuseUnknown('source', options.source, SOURCE_NAMES);
  refuseUnknown('reason', options.reason, Object.keys(REMEDIES));
  const before = olderThan === undefined ? undefined : now - durationOf(olderThan);
  const after = newerThan === undefined ? undefined : now - durationOf(newerThan);
  return (deadLetter) => {
    if (before !== undefined && deadLetter.sentAt > before) return false;
    if (after !== undefined && deadLetter.sentAt < after) return false;
    return KINDS.every((kind) => {
      const wanted = options[kind];
      if (wanted === undefined) return true;
      const found = valuesOf(deadLetter)[kind]();
      return wanted.some(
        (one) => found.includes(one) || (kind === 'id' && begins(deadLetter, one)),
      );
    });
  };
}

function refuseUnknown(kind: string, given: readonly string[] = [], known: readonly string[]) {
  const unknown = given.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown, known) || `There are ${known.join(', ')}.`;
  throw new CliFailure(`There is no ${kind} "${unknown}". ${hint}`, EXIT.usage);
}

/** Whether the dead letter's id or its job's begins so. An event's is the sender's: `order-1` begins `order-10`. */
function begins({ id, content }: DeadLetter, wanted: string): boolean {
  const ids = content.kind === 'job' ? [id, content.job.id] : [id];
  return wanted.length >= SHORTEST_BEGINNING && ids.some((one) => one.startsWith(wanted));
}

function valuesOf(deadLetter: DeadLetter) {
  const { id, info, content } = deadLetter;
  const job = content.kind === 'job' ? content.job : undefined;
  const given = (...values: (string | undefined)[]) =>
    values.filter((value) => value !== undefined);
  return {
    reason: () => [info.reason],
    source: () => given(sourceOf(deadLetter)),
    site: () => given(job?.site),
    rule: () => rulesOf(deadLetter),
    label: () => labelsOf(deadLetter),
    id: () => given(id, job?.id, eventIdOf(deadLetter)),
  };
}
