import { references } from '../../../lib/events/contact.ts';
import { referenceOwner } from '../../../lib/labelling/standing/owners.ts';
import type { Person } from '../../kit/person.ts';
import { type DeadLetter, keptText } from '../dead-letters/dead-letter.ts';

/** Whether a dead letter names the person: a job by a reference, whatever else by a text that is theirs. */
export function namesPerson(
  { content, body }: DeadLetter,
  {
    given,
    person,
    site,
  }: { readonly given: string; readonly person: Person; readonly site: string },
): boolean {
  const { contactId, mergedFrom, contact } = person;
  const ids = [contactId, ...mergedFrom, ...(person.record.state?.mergedFrom ?? [])];
  if (content.kind === 'job') {
    const named = [...references(content.job.contact)];
    return named.some(
      (one) =>
        person.references.includes(referenceOwner(site, one).reference) ||
        (one.by === 'contactId' && ids.includes(one.key)),
    );
  }
  const text = (content.kind === 'delivery' ? keptText(content.delivery) : body).toLowerCase();
  const theirs = [given, ...ids, ...(contact?.emails ?? []), ...(contact?.phones ?? [])];
  return theirs.some((one) => one !== undefined && text.includes(one.toLowerCase()));
}
