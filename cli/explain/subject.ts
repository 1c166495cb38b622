import { GUID } from '../../lib/events/event.ts';
import { CliFailure, EXIT } from '../failure.ts';

/** What is asked about: a person by e-mail, a Wix id that may be anything's, or an event's or a job's id. */
export type Subject =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'guid'; readonly value: string }
  | { readonly kind: 'id'; readonly value: string };

export function subjectOf(given: string): Subject {
  const value = given.trim();
  if (value === '') throw new CliFailure('Say what to explain: it is blank.', EXIT.usage);
  // The logs hold no address, so no id in them has an @.
  if (value.includes('@')) return { kind: 'email', value };
  return GUID.test(value) ? { kind: 'guid', value: value.toLowerCase() } : { kind: 'id', value };
}

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** When to begin, from `7d`, `12h`, `30m`, `2w` ago or an ISO date. @returns epoch milliseconds */
export function sinceOf(given: string, now: number): number {
  const [, count, unit] = /^(\d{1,4})([mhdw])$/.exec(given) ?? [];
  if (count && unit) return now - Number(count) * (UNITS[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new CliFailure(
    `--since is "${given}". Write how long ago (30m, 12h, 7d, 2w) or a date (2026-11-20, 2026-11-20T09:00Z).`,
    EXIT.usage,
  );
}
