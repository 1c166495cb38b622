import * as z from 'zod/mini';
import { ContactReference, EVENT_TYPES, MISSING_POLICIES, SourceName } from '../events/event.ts';
import type { HistoryParts } from './history-parts.ts';

const isoTime = z.iso.datetime({ offset: true });
const labelName = z.string().check(z.minLength(1), z.maxLength(180));

/**
 * The queue message: who gains and loses which label names, and why. One a delivery and contact.
 * It holds no more of the person than finding (or creating) the contact needs.
 */
export const LabelJob = z.object({
  v: z.literal(1),
  /** The hash that deduplicates the job (SQS `MessageDeduplicationId`), 64 hex digits. */
  id: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** The Wix site id, or the app instance id, whose credentials the worker uses. */
  site: z.string().check(z.minLength(1)),
  contact: ContactReference,
  missing: z.enum(MISSING_POLICIES),
  add: z.array(labelName),
  remove: z.array(labelName),
  /**
   * The names above that another rule may undo (remove what this job adds, or add what it removes).
   * Absent, because there are too many or the job is of an older version: all of them.
   */
  reversible: z.optional(z.array(labelName)),
  cause: z.object({
    source: SourceName,
    eventId: z.string(),
    topic: z.string(),
    types: z.array(z.enum(EVENT_TYPES)),
    rules: z.array(z.string()),
    occurredAt: isoTime,
    receivedAt: isoTime,
  }),
});
/** A job of either version: those with a history to write are `StandingJob` in the queue. */
export type LabelJob = Omit<z.infer<typeof LabelJob>, 'v'> & Partial<HistoryParts> & { v: 1 | 2 };

/**
 * Whether another job may undo what this one does to the label of that name. Then a worker's memory of it may be
 * out of date: another worker can have done the other job meanwhile.
 */
export function isReversible({ reversible }: Pick<LabelJob, 'reversible'>, name: string): boolean {
  return reversible?.includes(name) ?? true;
}
