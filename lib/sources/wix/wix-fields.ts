import type { EventType } from '../../events/event.ts';
import { type Draft, itemsAt, withTitle } from '../payload/draft.ts';
import { countryCode, decimal, languageTag, textMap } from '../payload/fields.ts';
import { asText, at, isObject, type JsonObject, list, text } from '../payload/json.ts';

/** What a Wix entity says: the part of a draft that does not come from the envelope. */
export interface Found extends Pick<Draft, 'contact' | 'tags' | 'order' | 'subscription' | 'form'> {
  /** None: only a rule that names the topic hears it. */
  readonly types: readonly EventType[];
  /** Why it is ignored where it has no type. */
  readonly hint?: string;
}

type Order = NonNullable<Draft['order']>;
type Contact = Draft['contact'];

/** Where an entity stands in the body of an action, and where it names its contact. */
const ENTITIES = ['order', 'booking', 'contact', 'member', 'guest', 'rsvp', 'submission'];
const PEOPLE = ['buyerInfo', 'buyer', 'customer', 'contactDetails', 'guestDetails', 'contact'];

/**
 * The contact that an event of any type names, by its id or its member's. An e-mail address alone may be that of
 * staff, or of a place: it is taken where it stands with the contact's id, or is the buyer's or customer's own.
 */
export function contactIn(payload: JsonObject): Contact {
  const entity = ENTITIES.map((name) => at(payload, name)).find(isObject) ?? payload;
  const people = PEOPLE.map((name) => at(entity, name)).filter(isObject);
  const own = text(entity, 'contactId', 'memberId') === undefined ? [] : [entity];
  const from = (...paths: readonly string[]) =>
    [...people, ...own]
      .map((person) => text(person, ...paths))
      .find((found) => found !== undefined);
  return {
    contactId: from('contactId') ?? text(payload, 'contactId'),
    memberId: from('memberId') ?? text(payload, 'memberId'),
    email: from('email'),
    phone: from('phone'),
    firstName: from('firstName'),
    lastName: from('lastName'),
    country: countryCode(from('countryCode')),
    language: languageTag(text(entity, 'buyerLanguage', 'language')),
  };
}

/** The items of an order or a checkout of Wix eCommerce. */
export const ecomItems = (value: unknown): Order['items'] =>
  itemsAt(value, 'lineItems').map(ecomItem);

function ecomItem(line: unknown): NonNullable<Order['items']>[number] {
  const chosen = at(line, 'catalogReference.options.options');
  const variant = isObject(chosen) ? Object.values(chosen).map(asText).filter(Boolean) : [];
  return withTitle({
    title: text(line, 'productName.original', 'productName.translated'),
    sku: text(line, 'physicalProperties.sku'),
    productId: text(line, 'catalogReference.catalogItemId'),
    variantId: text(line, 'catalogReference.options.variantId'),
    quantity: decimal(at(line, 'quantity')),
    price: decimal(text(line, 'price.amount')),
    variant: variant.join(' / ') || undefined,
    options: textsBy(
      list(line, 'descriptionLines'),
      ['name.original', 'name.translated'],
      ['plainText.original', 'plainTextValue.original', 'colorInfo.original'],
    ),
  });
}

/** What was given back: `refundQuantity` of each (@wix/auto_sdk_ecom_orders 1.0.300, checked 2026-11-28). */
export function refundedItems(value: unknown): Order['refundedItems'] {
  const refunded = itemsAt(value, 'lineItems').flatMap((line) => {
    const quantity = decimal(at(line, 'refundQuantity')) ?? 0;
    return quantity > 0 ? [{ ...ecomItem(line), quantity }] : [];
  });
  return refunded.length === 0 ? undefined : refunded;
}

/** Text by text of a list whose entries hold both, of two with one key the later; undefined where there is none. */
export function textsBy(
  entries: readonly unknown[],
  keys: readonly string[],
  values: readonly string[],
): Record<string, string> | undefined {
  const pairs = entries.map((entry) => [text(entry, ...keys), text(entry, ...values)] as const);
  return textMap(new Map(pairs.filter(([, value]) => value !== undefined)));
}
