import { usableReference } from '../events/contact.ts';
import type { ContactReference, CustomerEvent } from '../events/event.ts';
import { jobId } from '../queue/identity.ts';
import type { LabelJob } from '../queue/job.ts';
import type { Match } from '../rules/match.ts';

/**
 * More reversible names than these are not listed, and then all count as reversible: a job must not
 * outgrow a message for what is only there to save a call.
 */
const MAX_CONTESTED = 100;

/** Names are for a contact that may have to be created; nobody else needs them. */
function needed(contact: ContactReference, missing: LabelJob['missing']): ContactReference {
  const { contactId, memberId, email, phone, firstName, lastName } = usableReference(contact);
  const reference = { contactId, memberId, email, phone };
  return missing === 'create' ? { ...reference, firstName, lastName } : reference;
}

/**
 * The one job of a delivery and its contact.
 * @param bodyProof the body's MAC, where the event id was not under the signature
 */
export function makeJob(
  events: readonly [CustomerEvent, ...CustomerEvent[]],
  match: Match,
  site: string,
  bodyProof: Uint8Array | undefined,
  receivedAt: number,
): LabelJob {
  // The events of one delivery are about one person.
  const [{ source, id, topic, occurredAt, contact }] = events;
  return {
    v: 1,
    id: jobId(site, source, id, bodyProof),
    site,
    contact: needed(contact, match.missing),
    missing: match.missing,
    add: [...match.add],
    remove: [...match.remove],
    ...(match.reversible.length <= MAX_CONTESTED && { reversible: [...match.reversible] }),
    cause: {
      source,
      eventId: id,
      topic,
      types: events.map(({ type }) => type),
      rules: [...match.rules],
      // A sender's clock may be ahead; an event from the future would outdo all that follow.
      occurredAt: new Date(Math.min(Date.parse(occurredAt), receivedAt)).toISOString(),
      receivedAt: new Date(receivedAt).toISOString(),
    },
  };
}
