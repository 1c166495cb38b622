import { isDeepStrictEqual } from 'node:util';
import type { EventType } from '../../events/event.ts';
import { at, firstOf, isObject, type JsonObject, list, text } from '../payload/access.ts';
import type { ContactDraft, EntityDraft, EntityReader } from '../payload/draft.ts';
import { texts } from '../payload/fields.ts';
import { objectOrJson } from '../payload/parse.ts';

/**
 * What labelling changes on a contact, besides what Wix keeps about every change (@wix/crm Contact type,
 * checked 2026-11-21).
 */
const LABELLING = ['info.labelKeys', 'revision', 'updatedDate', 'lastActivity'];

/**
 * Why a `contact_updated` must not be answered, or undefined where it may be. Labelling a contact makes Wix
 * send `contact_updated`; a label in answer to it could go round for ever.
 *
 * `updatedEvent.modifiedFields` maps changed fields to their values before. Wix's types name it, its docs
 * say "some updated events" have it (dev.wix.com, "About the structure of webhooks", checked
 * 2026-11-21). Where it is missing, the identity decides: visitors and members do not label.
 */
export function ownWork(envelope: JsonObject, event: JsonObject): string | undefined {
  const updated = at(event, 'updatedEvent');
  const fields = objectOrJson(at(updated, 'modifiedFields'));
  if (fields !== undefined && Object.keys(fields).length > 0) {
    const entity =
      objectOrJson(at(updated, 'currentEntity')) ??
      objectOrJson(at(updated, 'currentEntityAsJson'));
    return onlyLabelling(fields, entity, '')
      ? 'own-work: only labels and bookkeeping changed'
      : undefined;
  }
  const identity = text(objectOrJson(envelope.identity), 'identityType');
  return identity === 'MEMBER' || identity === 'ANONYMOUS_VISITOR'
    ? undefined
    : 'change-not-named: it may be the work of Earmark itself';
}

/**
 * Whether all that changed is in LABELLING. Fields are named by dotted path (`info.labelKeys.items[0]`) or
 * nested; a field that holds its value of before has not changed.
 */
function onlyLabelling(fields: JsonObject, entity: unknown, prefix: string): boolean {
  return Object.entries(fields).every(([key, before]) => {
    const path = `${prefix}${key}`;
    if (LABELLING.some((own) => within(path, own))) return true;
    if (isDeepStrictEqual(at(entity, path), before)) return true;
    const holdsLabelling = LABELLING.some((own) => own.startsWith(`${path}.`));
    return holdsLabelling && isObject(before) && onlyLabelling(before, entity, `${path}.`);
  });
}

const within = (path: string, field: string): boolean =>
  path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);

export const contactAs =
  (type: EventType): EntityReader =>
  (contact, event) => ({ types: [type], ...person(contact, event) });

/** A visitor or an app did something with the contact; `activity.activityType` says what. */
export const contactSubmitted: EntityReader = (body, event) => ({
  types: [],
  ...person(objectOrJson(body.contact) ?? {}, event),
});

const SUBSCRIBED = new Map([
  ['SUBSCRIBED', true],
  ['UNSUBSCRIBED', false],
]);

function person(contact: JsonObject, event: JsonObject): Pick<EntityDraft, 'contact' | 'tags'> {
  const extended = at(contact, 'info.extendedFields.items');
  const status =
    text(contact, 'primaryEmail.subscriptionStatus') ??
    text(extended, 'emailSubscriptions.subscriptionStatus');
  return {
    contact: {
      contactId: text(contact, 'id') ?? text(event, 'entityId'),
      email: text(contact, 'primaryInfo.email', 'primaryEmail.email', 'info.emails.items.0.email'),
      phone: text(contact, 'primaryInfo.phone', 'primaryPhone.phone', 'info.phones.items.0.phone'),
      firstName: text(contact, 'info.name.first'),
      lastName: text(contact, 'info.name.last'),
      country: text(contact, 'info.addresses.items.0.address.country'),
      language: text(contact, 'info.locale'),
      acceptsMarketing: SUBSCRIBED.get(status ?? ''),
    },
    tags: texts(list(contact, 'info.labelKeys.items')),
  };
}

/** A site member (@wix/auto_sdk_members_members 1.0.135, checked 2026-11-28). Its labels are not part of it. */
export const member =
  (type: EventType): EntityReader =>
  (value) => ({
    types: [type],
    contact: {
      contactId: text(value, 'contactId', 'contact.contactId'),
      memberId: text(value, 'id'),
      email: text(value, 'loginEmail', 'contact.emails.0'),
      phone: text(value, 'contact.phones.0'),
      firstName: text(value, 'contact.firstName'),
      lastName: text(value, 'contact.lastName'),
      country: text(value, 'contact.addresses.0.country'),
    },
  });

const STATES = new Map<string, EventType>([
  ['CONFIRMED', 'consent.given'],
  ['REVOKED', 'consent.withdrawn'],
]);

/** Consent to marketing, by its own state (dev.wix.com, "Marketing Consent Object", checked 2026-11-28). */
export function consent(value: JsonObject): EntityDraft {
  const type = STATES.get(text(value, 'state') ?? '');
  return {
    types: type === undefined ? [] : [type],
    hint: 'the consent is neither given nor withdrawn yet',
    contact: {
      contactId: text(value, 'contactId'),
      email: text(value, 'details.email'),
      phone: text(value, 'details.phone'),
      acceptsMarketing: type === undefined ? undefined : type === 'consent.given',
    },
  };
}

/** Where an entity stands in the body of an action, and where it names its contact. */
const ENTITIES = ['order', 'booking', 'contact', 'member', 'guest', 'rsvp', 'submission'];
const PEOPLE = ['buyerInfo', 'buyer', 'customer', 'contactDetails', 'guestDetails', 'contact'];

/**
 * The contact that an event of any type names, by its own id or its member's. An e-mail address alone may be that of
 * staff, or of a place: it counts where it stands beside the contact's id, or is the buyer's or customer's own.
 */
export function contactIn(payload: JsonObject): ContactDraft {
  const entity = ENTITIES.map((name) => at(payload, name)).find(isObject) ?? payload;
  const people = PEOPLE.map((name) => at(entity, name)).filter(isObject);
  const own = text(entity, 'contactId', 'memberId') === undefined ? [] : [entity];
  const from = (path: string) => firstOf([...people, ...own], (person) => text(person, path));
  return {
    contactId: from('contactId') ?? text(payload, 'contactId'),
    memberId: from('memberId') ?? text(payload, 'memberId'),
    email: from('email'),
    phone: from('phone'),
    firstName: from('firstName'),
    lastName: from('lastName'),
    country: from('countryCode'),
    language: text(entity, 'buyerLanguage', 'language'),
  };
}
