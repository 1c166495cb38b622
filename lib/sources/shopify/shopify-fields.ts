import { asText, at, isObject, type JsonObject, list, text } from '../payload/access.ts';
import { type ContactDraft, type ItemDraft, itemsAt, type OrderDraft } from '../payload/draft.ts';
import { codesIn, countryCode, decimal, namesOf, textMap, texts } from '../payload/fields.ts';
import { refundedLines, refundedTotal } from './shopify-refunds.ts';

/** The person of an order, a draft order, a checkout, or a customer. */
export function person(body: JsonObject): ContactDraft {
  return {
    email: text(body, 'email', 'contact_email', 'customer.email', 'email_address'),
    // Not the shipping address: a gift goes to somebody else.
    phone: text(body, 'phone', 'customer.phone', 'billing_address.phone', 'default_address.phone'),
    ...namesOf([body.customer, body.billing_address, body], 'first_name', 'last_name'),
    country:
      countryOf(body.billing_address) ??
      countryOf(at(body, 'customer.default_address')) ??
      countryOf(body.default_address),
    language: text(body, 'customer_locale'),
    acceptsMarketing: acceptsMarketing(body),
  };
}

/** `country` is a name in most addresses, and a code in those of some versions. */
const countryOf = (address: unknown): string | undefined =>
  countryCode(at(address, 'country_code')) ?? countryCode(at(address, 'country'));

/**
 * What the buyer ticked with this order, else the state of their e-mail address. `pending` waits for the
 * buyer's confirmation, whatever was ticked; `redacted` and `invalid` are no answer.
 */
function acceptsMarketing(body: JsonObject): boolean | undefined {
  const state = consentState(
    body.email_marketing_consent ?? at(body, 'customer.email_marketing_consent'),
  );
  if (state === 'pending') return undefined;
  const ticked = body.buyer_accepts_marketing;
  if (typeof ticked === 'boolean') return ticked;
  if (state !== undefined) return ACCEPTS.get(state);
  // Before 2022-04 a customer had this in place of a state.
  const older = body.accepts_marketing ?? at(body, 'customer.accepts_marketing');
  return typeof older === 'boolean' ? older : undefined;
}

const ACCEPTS: ReadonlyMap<string, boolean> = new Map([
  ['subscribed', true],
  ['unsubscribed', false],
  ['not_subscribed', false],
]);

export const consentState = (consent: unknown): string | undefined =>
  text(consent, 'state')?.toLowerCase();

/**
 * `current`: what is owed and kept now, after edits and returns. `whole`: what was bought, for a refund or a
 * cancellation.
 */
export type View = 'current' | 'whole';

/** An order; a draft order and a checkout have the same fields, as far as they have any. */
export function order(body: JsonObject, view: View): OrderDraft {
  const { total_price: whole, current_total_price: current } = body;
  return {
    // A fulfilment names its order.
    id: text(body, 'order_id', 'id'),
    number: text(body, 'order_number', 'number', 'name'),
    total: decimal(view === 'current' ? (current ?? whole) : (whole ?? current)),
    currency: text(body, 'currency'),
    items: itemsAt(body, 'line_items').flatMap((line) => {
      const quantity = quantityOf(line, view);
      return quantity === 0 || isTip(line) ? [] : [item(line, quantity)];
    }),
    tags: texts(body.tags),
    // A draft order writes one code beside its list, an order writes them in objects.
    discountCodes: codesIn(body.discount_codes),
    shippingCountry: countryOf(body.shipping_address),
    paymentMethod: asText(list(body, 'payment_gateway_names')[0] ?? body.gateway),
    channel: text(body, 'source_name'),
    refundedTotal: refundedTotal(body),
    refundedItems: refundedLines(body)
      ?.filter(({ line }) => !isTip(line))
      .map(({ line, quantity }) => item(line, quantity)),
    attributes: textMap(list(body, 'note_attributes').map(pair)),
  };
}

/** `current_quantity` is what is left after edits and returns (API versions from 2024-01 on). */
function quantityOf(line: unknown, view: View): number | undefined {
  const bought = decimal(at(line, 'quantity'));
  return view === 'whole' ? bought : (decimal(at(line, 'current_quantity')) ?? bought);
}

/**
 * A tip is a line without a product. Only tips have `tip_payment_gateway`, also with `null` (ShopifySharp and the
 * REST Admin API's Order, read 2026-11-28); a body whose fields were chosen may lack it.
 */
function isTip(line: unknown): boolean {
  if (text(line, 'product_id', 'variant_id', 'sku') !== undefined) return false;
  const isMarked = isObject(line) && Object.hasOwn(line, 'tip_payment_gateway');
  return isMarked || /^tip$/i.test(text(line, 'title', 'name') ?? '');
}

function item(line: unknown, quantity: number | undefined): ItemDraft {
  const variant = text(line, 'variant_title');
  return {
    title: text(line, 'title', 'name'),
    sku: text(line, 'sku'),
    productId: text(line, 'product_id'),
    variantId: text(line, 'variant_id'),
    quantity,
    price: decimal(at(line, 'price')),
    vendor: text(line, 'vendor'),
    // A product without variants has one of this name.
    variant: variant === 'Default Title' ? undefined : variant,
    options: options(at(line, 'properties')),
  };
}

/** A list of names and values, in some bodies an object. Names that begin with `_` are hidden from buyers. */
function options(properties: unknown): Record<string, string> | undefined {
  const pairs = isObject(properties)
    ? Object.entries(properties).map(([name, value]) => [name, scalar(value)] as const)
    : (Array.isArray(properties) ? properties : []).map(pair);
  return textMap(pairs.filter(([name]) => name?.startsWith('_') !== true));
}

const pair = (entry: unknown): readonly [string | undefined, string | undefined] => [
  text(entry, 'name'),
  scalar(at(entry, 'value')),
];

const scalar = (value: unknown): string | undefined =>
  typeof value === 'boolean' ? String(value) : asText(value);
