import type { EventType } from '../../events/event.ts';
import { type Draft, withTitle } from '../payload/draft.ts';
import {
  codes,
  countryCode,
  currencyCode,
  decimal,
  fromMinorUnits,
  languageTag,
  splitName,
  textMap,
} from '../payload/fields.ts';
import { asText, at, isObject, type JsonObject, list, text } from '../payload/json.ts';

/** What an event's object says. Paths: docs.stripe.com/api, checked 2026-11-28. */
export interface Meaning extends Pick<Draft, 'contact' | 'order' | 'subscription'> {
  /** None: only a rule that names the topic hears it. */
  readonly types: readonly EventType[];
  /** Why it is ignored where it has no type, or names nobody: without, an event of nobody stays one. */
  readonly hint?: string;
}

type Order = NonNullable<Draft['order']>;
type Item = NonNullable<Order['items']>[number];

/** The second is that of a payment intent before 2022-11-15, the third of one that failed. */
const BILLING = [
  'billing_details',
  'charges.data.0.billing_details',
  'last_payment_error.payment_method.billing_details',
];

/** Who an object of Stripe's is about, whatever its kind. An account's own e-mail is none of a customer's. */
export function person(object: JsonObject): Draft['contact'] {
  const isCustomer = text(object, 'object') === 'customer' || !('object' in object);
  const billed = (field: string) => BILLING.map((path) => `${path}.${field}`);
  const own = (field: string) => (isCustomer ? [field] : []);
  const all = (field: string) => [
    `customer_details.${field}`,
    `customer_${field}`,
    ...billed(field),
    ...own(field),
  ];
  return {
    email: text(
      object,
      ...all('email'),
      ...['receipt_email', 'metadata.email'],
      ...SUBSCRIPTION_METADATA.map((path) => `${path}.email`),
    ),
    phone: text(object, ...all('phone')),
    ...splitName(text(object, ...all('name'))),
    country: countryCode(text(object, ...all('address').map((path) => `${path}.country`))),
    language: languageTag(text(object, 'locale', 'preferred_locales.0')),
    acceptsMarketing: CONSENT.get(text(object, 'consent.promotions') ?? ''),
  };
}

const CONSENT = new Map([
  ['opt_in', true],
  ['opt_out', false],
]);

/** Where an invoice has a copy of its subscription's metadata; the second is that of versions before 2025-03-31. */
const SUBSCRIPTION_METADATA = [
  'parent.subscription_details.metadata',
  'subscription_details.metadata',
];

/** The metadata of an invoice's subscription, the most particular first. */
export const subscriptionMetadata = (invoice: JsonObject): readonly unknown[] =>
  SUBSCRIPTION_METADATA.map((path) => at(invoice, path));

/** What is sold for how much. `lines` are those that count as bought. */
export function order(
  object: JsonObject,
  id: string | undefined,
  total: unknown,
  lines: readonly unknown[] = [],
): Order {
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
    tags: [],
    discountCodes: codes([...found, text(object, 'discount.promotion_code.code')]),
    shippingCountry: countryCode(text(object, ...SHIPPING.map((path) => `${path}.country`))),
    paymentMethod: paymentMethod(object),
    refundedTotal: fromMinorUnits(object.amount_refunded, currency),
    attributes: metadataOf([...subscriptionMetadata(object), object.metadata]),
  };
}

const SHIPPING = [
  'collected_information.shipping_details.address',
  'shipping_details.address',
  'shipping.address',
  'customer_shipping.address',
];

/** How it was paid; what may be used is as good where there is but one. */
function paymentMethod(object: JsonObject): string | undefined {
  const paid = text(object, 'payment_method_details.type');
  const [only, ...others] = list(object, 'payment_method_types');
  return paid ?? (others.length === 0 ? asText(only) : undefined);
}

/** Metadata as text to text; of two with one key the later counts. */
function metadataOf(holders: readonly unknown[]): Record<string, string> | undefined {
  const entries = holders
    .flatMap((holder) => Object.entries(isObject(holder) ? holder : {}))
    .map(([key, value]) => [key, asText(value)] as const);
  return textMap(new Map(entries.filter(([, value]) => value !== undefined)));
}

/** A line of a session or an invoice. `pricing` is the newer API versions' name for what `price` told. */
function item(line: unknown, currency: string | undefined): Item {
  const quantity = decimal(at(line, 'quantity'));
  return withTitle({
    title: text(line, 'description'),
    productId: text(line, 'pricing.price_details.product', 'price.product'),
    variantId: text(line, 'pricing.price_details.price', 'price.id'),
    quantity,
    price: fromMinorUnits(charged(line, quantity), currency),
    options: metadataOf([at(line, 'metadata')]),
  });
}

/** What is charged for one: nothing during a trial, whatever the list price is. */
function charged(line: unknown, quantity: number | undefined): unknown {
  const listed = at(line, 'pricing.unit_amount_decimal') ?? at(line, 'price.unit_amount');
  const amount = decimal(at(line, 'amount') ?? at(line, 'amount_subtotal'));
  const count = quantity ?? 1;
  const unit = decimal(listed);
  if (amount === undefined || count === 0 || amount === (unit ?? Number.NaN) * count) return listed;
  return amount / count;
}
