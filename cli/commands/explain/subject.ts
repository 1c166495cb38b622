import { GUID } from '../../../lib/events/event.ts';
import { visibleAddress } from '../../../lib/events/invisible.ts';
import { ageMs } from '../../kit/command.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';

/** What is asked about: a person by e-mail, a Wix id that may be anything's, or an event's or a job's id. */
export type Subject =
  | { readonly kind: 'email'; readonly value: string }
  | { readonly kind: 'guid'; readonly value: string }
  | { readonly kind: 'id'; readonly value: string };

export function subjectOf(given: string): Subject {
  const value = visibleAddress(given);
  if (value === '') throw new CliFailure('Say what to explain: it is blank.', EXIT.usage);
  // The logs hold no address, so no id in them has an @.
  if (value.includes('@')) return { kind: 'email', value };
  return GUID.test(value) ? { kind: 'guid', value: value.toLowerCase() } : { kind: 'id', value };
}

/** When to begin, from `7d`, `12h`, `30m`, `2w` ago or an ISO date. @returns epoch milliseconds */
export function sinceOf(given: string, now: number): number {
  const age = ageMs(given);
  if (age !== undefined) return now - age;
  // Without a zone it is UTC, as all times that are shown, and not that of this machine.
  const stamp = /[T ][\d:.]+$/.test(given) ? `${given}Z` : given;
  const time = /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(stamp) : Number.NaN;
  if (time > now) throw new CliFailure(`--since is "${given}", which is yet to come.`, EXIT.usage);
  if (!Number.isNaN(time)) return time;
  throw new CliFailure(
    `--since is "${given}". Write how long ago (30m, 12h, 7d, 2w) or a date (2026-11-20, 2026-11-20T09:00Z).`,
    EXIT.usage,
  );
}
