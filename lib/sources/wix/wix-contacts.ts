import { isDeepStrictEqual } from 'node:util';
import { countryCode, languageTag, texts } from '../payload/fields.ts';
import { at, isObject, type JsonObject, list, objectOrJson, text } from '../payload/json.ts';
import type { Found } from './wix-fields.ts';

/**
 * What labelling changes on a contact, besides what Wix keeps about every change (@wix/crm Contact type,
 * checked 2026-11-21).
 */
const LABELLING = ['info.labelKeys', 'revision', 'updatedDate', 'lastActivity'];

/**
 * Why a `contact_updated` must not be answered, or undefined where it may be. Labelling a contact makes Wix
 * send `contact_updated`: answering it with labels could go round for ever.
 *
 * `updatedEvent.modifiedFields` maps changed fields to what they held before. Wix's types name it, its docs
 * say "some updated events" have it (dev.wix.com, "About the structure of webhooks", checked
 * 2026-11-21). Where it is missing only the identity tells: visitors and members do not label.
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
    : 'change-not-named: it cannot be told from the work of Earmark itself';
}

/**
 * Whether all that changed is in LABELLING. Fields are named by dotted path (`info.labelKeys.items[0]`) or
 * nested; what is named but holds what it held before has not changed.
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

export const contactCreated = (contact: JsonObject, event: JsonObject): Found => ({
  types: ['customer.created'],
  ...person(contact, event),
});

export const contactUpdated = (contact: JsonObject, event: JsonObject): Found => ({
  types: ['customer.updated'],
  ...person(contact, event),
});

/** A visitor or an app did something with the contact: what it was stands in `activity.activityType`. */
export const contactSubmitted = (body: JsonObject, event: JsonObject): Found => ({
  types: [],
  ...person(objectOrJson(body.contact) ?? {}, event),
});

const SUBSCRIBED = new Map([
  ['SUBSCRIBED', true],
  ['UNSUBSCRIBED', false],
]);

function person(contact: JsonObject, event: JsonObject): Pick<Found, 'contact' | 'tags'> {
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
      country: countryCode(text(contact, 'info.addresses.items.0.address.country')),
      language: languageTag(text(contact, 'info.locale')),
      acceptsMarketing: SUBSCRIBED.get(status ?? ''),
    },
    tags: texts(list(contact, 'info.labelKeys.items')),
  };
}
