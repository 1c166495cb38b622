import { asText, at, type JsonObject, list, text } from '../payload/access.ts';
import { type EntityDraft, type ItemDraft, itemsAt, type OrderDraft } from '../payload/draft.ts';
import { codesIn, decimal, intervalOf, sumOf, textMap } from '../payload/fields.ts';
import { plainText } from '../payload/html.ts';

/** What a resource says, whatever happened to it. */
export type ResourceDraft = Omit<EntityDraft, 'types' | 'hint'>;

/** WordPress writes names with tags and HTML entities (`&ndash;`). */
function name(value: unknown, ...paths: readonly string[]): string | undefined {
  const written = text(value, ...paths);
  return written === undefined ? undefined : plainText(written) || undefined;
}

/** 0 stands for none: a guest, a product without variations. */
function idIn(value: unknown): string | undefined {
  const id = asText(value);
  return id === '0' ? undefined : id;
}

/** The value of the first entry of `meta_data` that has the key. */
export const metaValue = (body: JsonObject, key: string): unknown =>
  at(
    list(body, 'meta_data').find((meta) => at(meta, 'key') === key),
    'value',
  );

/**
 * The id of the subscription that an order renews. WooCommerce Subscriptions writes it to the order's meta
 * (woocommerce.com/document/subscriptions/develop/data-structure, read 2026-11-28).
 */
export const renewedSubscription = (order: JsonObject): string | undefined =>
  idIn(metaValue(order, '_subscription_renewal'));

/**
 * What was paid back, in the order's currency. Undefined where it is not known: an amount is missing, or
 * all are zero, as some stores have written them (woocommerce/woocommerce#39215).
 */
export function refundedTotal(order: JsonObject): number | undefined {
  if (!Array.isArray(order.refunds)) return undefined;
  if (order.refunds.length === 0) return text(order, 'status') === 'refunded' ? undefined : 0;
  return sumOf(order.refunds.map((refund) => decimal(at(refund, 'total')))) || undefined;
}

/** An order, or a subscription, which extends one. */
export function orderDraft(body: JsonObject): ResourceDraft & { readonly order: OrderDraft } {
  const items = itemsAt(body, 'line_items').map(item);
  const total = decimal(body.total);
  const renewed = renewedSubscription(body);
  return {
    test: isTest(body),
    contact: person(body, ['billing.']),
    order: {
      id: text(body, 'id'),
      number: text(body, 'number'),
      total,
      currency: text(body, 'currency'),
      items,
      discountCodes: codesIn(body.coupon_lines),
      shippingCountry: text(body, 'shipping.country'),
      paymentMethod: text(body, 'payment_method'),
      channel: text(body, 'created_via'),
      refundedTotal: refundedTotal(body),
      attributes: attributes(body),
    },
    subscription:
      renewed === undefined ? undefined : { id: renewed, ...planOf(items), price: total },
  };
}

export function subscriptionDraft(body: JsonObject): ResourceDraft {
  const { contact, order, test } = orderDraft(body);
  const period = text(body, 'billing_period') ?? '';
  const unit = /^(?:day|week|month|year)$/.test(period) ? period : undefined;
  return {
    contact,
    test,
    subscription: {
      id: text(body, 'id'),
      ...planOf(order.items),
      status: text(body, 'status'),
      interval: intervalOf(unit, body.billing_interval),
      price: order.total,
    },
  };
}

/** The plan of a subscription is the product that it sells. */
function planOf([first]: readonly ItemDraft[] = []) {
  const planId = first?.productId;
  return { planId, planName: first?.title ?? first?.sku ?? planId };
}

function item(line: unknown): ItemDraft {
  const title = name(line, 'name');
  const prefix = `${name(line, 'parent_name')} - `;
  return {
    title,
    sku: text(line, 'sku'),
    productId: idIn(at(line, 'product_id')),
    variantId: idIn(at(line, 'variation_id')),
    quantity: decimal(at(line, 'quantity')),
    price: decimal(at(line, 'price')),
    // A variation is named `Hoodie - Blue, Large`, after its parent.
    variant: title?.startsWith(prefix) ? title.slice(prefix.length) : undefined,
    options: textMap(list(line, 'meta_data').map(option)),
  };
}

/** As the buyer sees it. Keys that begin with `_` are WooCommerce's and its plugins' own, and hidden. */
function option(meta: unknown): [string | undefined, string | undefined] {
  const isHidden = text(meta, 'key')?.startsWith('_') === true;
  return [
    isHidden ? undefined : name(meta, 'display_key', 'key'),
    name(meta, 'display_value', 'value'),
  ];
}

/** Where the buyer came from (WooCommerce 8.5 and later), under hidden keys like `…utm_source`. */
const ATTRIBUTION = '_wc_order_attribution_';

/** Texts of `meta_data` by the sender's own keys; of the hidden ones only those of the attribution. */
const attributes = (body: JsonObject): Record<string, string> | undefined =>
  textMap(
    list(body, 'meta_data').map((meta) => {
      const key = asText(at(meta, 'key'));
      const isHidden = key?.startsWith('_') === true && !key.startsWith(ATTRIBUTION);
      return [isHidden ? undefined : key, name(meta, 'value')];
    }),
  );

/**
 * What the payment gateways write of their test modes: WooPayments, PayPal Payments (class PayPalGateway;
 * both read 2026-11-28).
 */
const isTest = (body: JsonObject): boolean =>
  asText(metaValue(body, '_wcpay_mode')) === 'test' ||
  asText(metaValue(body, '_ppcp_paypal_payment_mode')) === 'sandbox';

export const customerDraft = (body: JsonObject): ResourceDraft => ({
  contact: person(body, ['', 'billing.']),
});

/** The person, from the first of the places that has each field. */
function person(body: JsonObject, places: readonly string[]): EntityDraft['contact'] {
  const all = (field: string) => places.map((place) => `${place}${field}`);
  return {
    email: text(body, ...all('email')),
    phone: text(body, 'billing.phone'),
    firstName: name(body, ...all('first_name')),
    lastName: name(body, ...all('last_name')),
    country: text(body, 'billing.country'),
  };
}
