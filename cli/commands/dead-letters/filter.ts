import { didYouMean } from '../../../lib/yaml/suggest.ts';
import { ageMs } from '../../kit/command.ts';
import { wrongUsage } from '../../kit/failure.ts';
import { sourceFrom } from '../../kit/sources.ts';
import { type DeadLetter, eventIdOf, labelsOf, rulesOf, sourceOf } from './dead-letter.ts';
import { REMEDIES } from './reasons.ts';

/** Which dead letters a command is about. Of several values of one option any may fit. */
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
  throw wrongUsage(`"${text}" is no age. Write 90s, 15m, 2h or 3d.`);
}

/** Everything is a lot to do by mistake. @throws CliFailure where neither a filter nor --all is set */
export function refuseNoFilter(options: FilterOptions & { all?: boolean }, verb: string): void {
  const names = ['all', ...KINDS, 'olderThan', 'newerThan'] as const;
  if (names.some((name) => options[name])) return;
  throw wrongUsage(
    `Which dead letters? Say --reason, --source, --site, --rule, --label, --id, --older-than or --newer-than, ` +
      `or --all to ${verb} every one. \`./earmark dead-letters list\` takes the same filters and shows what fits.`,
  );
}

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
  if (empty) throw wrongUsage(`--${empty} is empty: is a variable not set?`);
  for (const source of options.source ?? []) sourceFrom(source);
  refuseUnknownReason(options.reason);
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

function refuseUnknownReason(given: readonly string[] = []): void {
  const known = Object.keys(REMEDIES);
  const unknown = given.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown, known) || `There are ${known.join(', ')}.`;
  throw wrongUsage(`There is no reason "${unknown}". ${hint}`);
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
