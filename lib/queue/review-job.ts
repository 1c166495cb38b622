import { digest } from '../runtime/digest.ts';
import type { ReviewCause } from './history-parts.ts';
import type { LabelJob } from './job.ts';

/** The source of what no sender sent, in jobs and in log lines. */
const OWN_SOURCE = 'earmark';

export interface Review {
  readonly site: string;
  readonly contactId: string;
  readonly cause: ReviewCause;
  /**
   * What calls for it: when it was due, the goal of a full review, the run of a command. SQS drops a second review of a
   * contact for the same occasion within five minutes.
   */
  readonly occasion: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The job that looks at a contact without an event. */
export function reviewJob({ site, contactId, cause, occasion, now }: Review): LabelJob {
  const id = digest(site, 'review', contactId, occasion);
  const time = new Date(now).toISOString();
  return {
    v: 2,
    id,
    site,
    contact: { contactId },
    missing: 'ignore',
    add: [],
    remove: [],
    facts: [],
    review: cause,
    cause: {
      source: OWN_SOURCE,
      eventId: id.slice(0, 12),
      topic: `review.${cause}`,
      types: [],
      rules: [],
      occurredAt: time,
      receivedAt: time,
    },
  };
}
