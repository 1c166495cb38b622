import { CliFailure, EXIT } from '../failure.ts';
import { type Letter, labelsOf, rulesOf, sourceOf } from './letter.ts';

/** What letters a command is about, as its options say it. Several of one kind: any of them. */
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

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `15m`, `2h`, `3d` in milliseconds. @throws CliFailure */
export function durationOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (unit) return Number(count) * (UNITS[unit] ?? 0);
  throw new CliFailure(`"${text}" is no age. Write 90s, 15m, 2h or 3d.`, EXIT.usage);
}

/** Whether any filter is set. */
export const isFiltered = (options: FilterOptions): boolean =>
  [...KINDS, 'olderThan', 'newerThan'].some((name) => options[name as keyof FilterOptions]);

const KINDS = ['reason', 'source', 'site', 'rule', 'label', 'id'] as const;

/**
 * The filter that options make: every kind that is given must fit.
 * @param now epoch milliseconds
 * @throws CliFailure for an age that cannot be read
 */
export function createFilter(options: FilterOptions, now: number): (letter: Letter) => boolean {
  const { olderThan, newerThan } = options;
  const before = olderThan === undefined ? undefined : now - durationOf(olderThan);
  const after = newerThan === undefined ? undefined : now - durationOf(newerThan);
  return (letter) => {
    if (before !== undefined && letter.sentAt > before) return false;
    if (after !== undefined && letter.sentAt < after) return false;
    return KINDS.every((kind) => {
      const wanted = options[kind];
      if (wanted === undefined) return true;
      const found = valuesOf(letter)[kind]();
      return wanted.some((one) =>
        kind === 'id' ? found.some((id) => id.startsWith(one)) : found.includes(one),
      );
    });
  };
}

function valuesOf(letter: Letter) {
  const { id, certificate, content } = letter;
  const job = content.kind === 'job' ? content.job : undefined;
  const given = (...values: (string | undefined)[]) =>
    values.filter((value) => value !== undefined);
  return {
    reason: () => [certificate.reason],
    source: () => given(sourceOf(letter)),
    site: () => given(job?.site),
    rule: () => rulesOf(letter),
    label: () => labelsOf(letter),
    id: () => given(id, job?.id, job?.cause.eventId),
  };
}
