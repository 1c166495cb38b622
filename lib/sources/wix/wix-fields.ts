import { asText, at, firstOf, isObject, type JsonObject, list, text } from '../payload/access.ts';
import { type ContactDraft, type ItemDraft, itemsAt, type OrderDraft } from '../payload/draft.ts';
import { countryCode, decimal, languageTag, lastTexts } from '../payload/fields.ts';

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
    country: countryCode(from('countryCode')),
    language: languageTag(text(entity, 'buyerLanguage', 'language')),
  };
}

/** The items of an order or a checkout of Wix eCommerce. */
export const ecomItems = (value: unknown): readonly ItemDraft[] =>
  itemsAt(value, 'lineItems').map(ecomItem);

function ecomItem(line: unknown): ItemDraft {
  const chosen = at(line, 'catalogReference.options.options');
  const variant = isObject(chosen) ? Object.values(chosen).map(asText).filter(Boolean) : [];
  return {
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
  };
}

/** What was given back: `refundQuantity` of each (@wix/auto_sdk_ecom_orders 1.0.300, checked 2026-11-28). */
export function refundedItems(value: unknown): OrderDraft['refundedItems'] {
  const refunded = itemsAt(value, 'lineItems').flatMap((line) => {
    const quantity = decimal(at(line, 'refundQuantity')) ?? 0;
    return quantity > 0 ? [{ ...ecomItem(line), quantity }] : [];
  });
  return refunded.length === 0 ? undefined : refunded;
}

/** Texts of a list whose entries hold name and value; of a name that comes twice the last value counts. */
export const textsBy = (
  entries: readonly unknown[],
  names: readonly string[],
  values: readonly string[],
): Record<string, string> | undefined =>
  lastTexts(entries.map((entry) => [text(entry, ...names), text(entry, ...values)]));
