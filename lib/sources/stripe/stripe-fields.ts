import { asText, at, isObject, type JsonObject, list, text } from '../payload/access.ts';
import type { ContactDraft, ItemDraft, OrderDraft } from '../payload/draft.ts';
import {
  codes,
  currencyCode,
  decimal,
  fromMinorUnits,
  lastTexts,
  splitName,
} from '../payload/fields.ts';

// Paths in this folder: docs.stripe.com/api, checked 2026-11-28.

/** The second is of a payment intent before 2022-11-15, the third of one that failed. */
const BILLING = [
  'billing_details',
  'charges.data.0.billing_details',
  'last_payment_error.payment_method.billing_details',
];

/** The person that an object of Stripe's is about, whatever its kind. An account's own e-mail is no customer's. */
export function person(object: JsonObject): ContactDraft {
  const isCustomer = text(object, 'object') === 'customer' || !('object' in object);
  const all = (field: string) => [
    ...[`customer_details.${field}`, `customer_${field}`],
    ...BILLING.map((path) => `${path}.${field}`),
    ...(isCustomer ? [field] : []),
  ];
  return {
    email: text(
      object,
      ...all('email'),
      'receipt_email',
      ...METADATA.map((path) => `${path}.email`),
    ),
    phone: text(object, ...all('phone')),
    ...splitName(text(object, ...all('name'))),
    country: text(object, ...all('address').map((path) => `${path}.country`)),
    language: text(object, 'locale', 'preferred_locales.0'),
    acceptsMarketing: CONSENT.get(text(object, 'consent.promotions') ?? ''),
  };
}

const CONSENT = new Map([
  ['opt_in', true],
  ['opt_out', false],
]);

/** Where an invoice has a copy of its subscription's metadata; the second is of versions before 2025-03-31. */
const COPIES = ['parent.subscription_details.metadata', 'subscription_details.metadata'];
const METADATA = ['metadata', ...COPIES];

/** The metadata of an invoice's subscription. */
export const subscriptionMetadata = (invoice: JsonObject): readonly unknown[] =>
  COPIES.map((path) => at(invoice, path));

/** What is sold for how much. `lines` are those that count as bought. */
export function order(
  object: JsonObject,
  id: string | undefined,
  total: unknown,
  lines: readonly unknown[] = [],
): OrderDraft {
  const currency = currencyCode(object.currency);
  const found = ['discounts', 'total_details.breakdown.discounts'].flatMap((path) =>
    list(object, path).map((one) =>
      text(one, 'promotion_code.code', 'discount.promotion_code.code'),
    ),
  );
  return {
    id,
    total: fromMinorUnits(total, currency),
    currency,
    items: lines.map((line) => item(line, currency)),
    discountCodes: codes([...found, text(object, 'discount.promotion_code.code')]),
    shippingCountry: text(object, ...SHIPPING),
    paymentMethod: paymentMethod(object),
    refundedTotal: fromMinorUnits(object.amount_refunded, currency),
    attributes: metadataOf([...subscriptionMetadata(object), object.metadata]),
  };
}

const SHIPPING = [
  'collected_information.shipping_details.address.country',
  'shipping_details.address.country',
  'shipping.address.country',
  'customer_shipping.address.country',
];

/** How it was paid, or the only way in which it can be paid. */
function paymentMethod(object: JsonObject): string | undefined {
  const paid = text(object, 'payment_method_details.type');
  const [only, ...others] = list(object, 'payment_method_types');
  return paid ?? (others.length === 0 ? asText(only) : undefined);
}

/** Metadata as text to text; of two with one key the later counts. */
function metadataOf(holders: readonly unknown[]): Record<string, string> | undefined {
  return lastTexts(
    holders
      .flatMap((holder) => Object.entries(isObject(holder) ? holder : {}))
      .map(([key, value]) => [key, asText(value)]),
  );
}

/** A line of a session or an invoice. Newer API versions have `pricing` in place of `price`. */
function item(line: unknown, currency: string | undefined): ItemDraft {
  const quantity = decimal(at(line, 'quantity'));
  return {
    title: text(line, 'description'),
    productId: text(line, 'pricing.price_details.product', 'price.product'),
    variantId: text(line, 'pricing.price_details.price', 'price.id'),
    quantity,
    price: fromMinorUnits(charged(line, quantity), currency),
    options: metadataOf([at(line, 'metadata')]),
  };
}

/** What is charged for one item: during a trial nothing, whatever the list price is. */
function charged(line: unknown, quantity: number | undefined): unknown {
  const listed = at(line, 'pricing.unit_amount_decimal') ?? at(line, 'price.unit_amount');
  const amount = decimal(at(line, 'amount') ?? at(line, 'amount_subtotal'));
  const count = quantity ?? 1;
  const unit = decimal(listed);
  if (amount === undefined || count === 0 || amount === (unit ?? Number.NaN) * count) return listed;
  return amount / count;
}
