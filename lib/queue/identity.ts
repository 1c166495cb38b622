import { createHash } from 'node:crypto';
import { type ContactReference, phoneDigits, type SourceName } from '../events/event.ts';
import type { LabelJob } from './job.ts';

/** SHA-256 over the parts, each preceded by its length so that no two lists read alike; hex. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  let text = '';
  for (const part of parts) {
    text += `${part.length}:`;
    if (typeof part === 'string') text += part;
    else {
      hash.update(text).update(part);
      text = '';
    }
  }
  return hash.update(text).digest('hex');
}

/**
 * The id that makes a redelivered webhook one job: source and event id, and the signed body too where
 * the id was not under the signature (an altered header must not pass for a new or an old event).
 */
export function jobId(
  site: string,
  source: SourceName,
  eventId: string,
  signedBody: Uint8Array | undefined,
): string {
  return digest(site, source, eventId, signedBody ?? '');
}

/** One contact under one name: the first reference the worker would look it up by. */
export function referenceOf(contact: ContactReference): string {
  if (contact.contactId) return `contact ${contact.contactId.toLowerCase()}`;
  if (contact.memberId) return `member ${contact.memberId.toLowerCase()}`;
  if (contact.email) return `email ${contact.email.toLowerCase()}`;
  return `phone ${phoneDigits(contact.phone ?? '')}`;
}

/** The FIFO group: adds and removes reach one contact in order, and nobody waits for another. */
export function groupOf(job: Pick<LabelJob, 'site' | 'contact'>): string {
  return digest(job.site, referenceOf(job.contact));
}
