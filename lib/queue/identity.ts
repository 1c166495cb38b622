import { hash } from 'node:crypto';
import { emailKey, phoneKey } from '../events/contact.ts';
import type { ContactReference, SourceName } from '../events/event.ts';
import type { LabelJob } from './job.ts';

/** SHA-256 over the parts, each preceded by its length so that no two lists read alike; hex. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const chunks: Uint8Array[] = [];
  let text = '';
  for (const part of parts) {
    text += `${part.length}:`;
    if (typeof part === 'string') text += part;
    else {
      chunks.push(Buffer.from(text), part);
      text = '';
    }
  }
  return hash('sha256', chunks.length === 0 ? text : Buffer.concat([...chunks, Buffer.from(text)]));
}

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

/** One contact under one name: the first reference the worker would look it up by. */
export function referenceOf(contact: ContactReference): string {
  if (contact.contactId) return `contact ${contact.contactId.toLowerCase()}`;
  if (contact.memberId) return `member ${contact.memberId.toLowerCase()}`;
  if (contact.email) return `email ${emailKey(contact.email)}`;
  return `phone ${phoneKey(contact.phone ?? '')}`;
}

/** The FIFO group: adds and removes reach one contact in order, and nobody waits for another. */
export function groupOf(job: Pick<LabelJob, 'site' | 'contact'>): string {
  return digest(job.site, referenceOf(job.contact));
}

/** The group as log lines tell it: enough of it to find what was about one person, and nothing of the person. */
export const groupTag = (job: Pick<LabelJob, 'site' | 'contact'>): string =>
  groupOf(job).slice(0, 12);
