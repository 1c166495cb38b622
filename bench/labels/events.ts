import type { CustomerEvent } from '../../lib/events/event.ts';
import type { Deed } from './life.ts';

export const emailOf = (person: number): string => `person-${person}@example.com`;

/** An event as its source is read into. @param contactId undefined: the person is named by e-mail */
export function eventOf({ person, by, said }: Deed, contactId: string | undefined): CustomerEvent {
  const { at, type, ...what } = said;
  const email = emailOf(person);
  const ids = contactId === undefined ? {} : { contactId };
  const named = { 'e-mail': { email }, 'contact id': ids, both: { email, ...ids } }[by];
  return {
    ...what,
    type,
    topic: type,
    occurredAt: new Date(at).toISOString(),
    test: false,
    tags: [],
    data: {},
    contact: contactId === undefined ? { email } : named,
  };
}

/** What Wix says of a new contact. */
export const metEvent = (person: number, contactId: string, now: number): CustomerEvent => ({
  source: 'wix',
  id: `met-${person}`,
  type: 'customer.created',
  topic: 'wix.contacts.v4.contact_created',
  occurredAt: new Date(now).toISOString(),
  test: false,
  tags: [],
  data: {},
  contact: { contactId, email: emailOf(person) },
});

/** What Wix sends, once its signature is proven, when one contact was merged into another. */
export function mergedDelivery(from: string, into: string, now: number) {
  const [entityFqdn, slug] = ['wix.contacts.v4.contact', 'merged'];
  const body = { sourceContactIds: [from], targetContactId: into };
  const event = {
    id: `merged-${from}`,
    entityFqdn,
    slug,
    entityId: into,
    eventTime: new Date(now).toISOString(),
    actionEvent: { bodyAsJson: JSON.stringify(body) },
  };
  const envelope = { eventType: `${entityFqdn}_${slug}`, data: JSON.stringify(event) };
  return {
    headers: {},
    body: Buffer.from('a token'),
    receivedAt: now,
    claims: { data: JSON.stringify(envelope) },
  };
}
