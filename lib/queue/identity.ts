import { firstReference } from '../events/contact.ts';
import type { SourceName } from '../events/event.ts';
import { digest } from '../runtime/digest.ts';
import type { LabelJob } from './job.ts';

/**
 * The id that makes a redelivered webhook one job: source and event id, and the MAC of the body too where
 * the id was not under the signature (an altered header must not pass for a new or an old event).
 */
export function jobId(
  site: string,
  source: SourceName,
  eventId: string,
  bodyProof: Uint8Array | undefined,
): string {
  return digest(site, source, eventId, bodyProof ?? '');
}

/** The FIFO group: adds and removes reach one contact in order, and nobody waits for another. */
export function groupOf(job: Pick<LabelJob, 'site' | 'contact'>): string {
  return digest(job.site, firstReference(job.contact));
}

/** The group as log lines have it: enough to find all that was about one person, and nothing of the person. */
export const groupTag = (job: Pick<LabelJob, 'site' | 'contact'>): string =>
  groupOf(job).slice(0, 12);
