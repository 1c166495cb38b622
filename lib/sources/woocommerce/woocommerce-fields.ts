import { type Draft, itemsAt, withTitle } from '../payload/draft.ts';
import { countryCode, currencyCode, decimal, textMap } from '../payload/fields.ts';
import { plainText } from '../payload/html.ts';
import { asText, at, type JsonObject, list, text } from '../payload/json.ts';

type OrderFacts = Pick<Draft, 'contact' | 'order' | 'subscription' | 'test'> &
  Required<Pick<Draft, 'order'>>;

/** WordPress writes names with tags and HTML entities (`&ndash;`). */
const name = (value: unknown, ...paths: readonly string[]): string | undefined => {
  const written = text(value, ...paths);
  return written === undefined ? undefined : plainText(written) || undefined;
};

/** 0 stands for none: a guest, a product without variations. */
const id = (value: unknown, path: string): string | undefined => {
  const written = text(value, path);
  return written === '0' ? undefined : written;
};

/** The text of the first entry of `meta_data` that has the key. */
function metaText(body: JsonObject, key: string): string | undefined {
  const entry = list(body, 'meta_data').find((meta) => at(meta, 'key') === key);
  return text(entry, 'value');
}

/**
 * The id of the subscription that an order renews. WooCommerce Subscriptions writes it to the order's meta
 * (woocommerce.com/document/subscriptions/develop/data-structure, read 2026-11-28).
 */
export function renewedSubscription(order: JsonObject): string | undefined {
  const id = metaText(order, '_subscription_renewal');
  return id === '0' ? undefined : id;
}

/**
 * What was paid back, in the order's currency. Undefined where it is not known: an amount is missing, or
 * all are zero, as some stores have written them (woocommerce/woocommerce#39215).
 */
export function refundedTotal(order: JsonObject): number | undefined {
  if (!Array.isArray(order.refunds)) return undefined;
  if (order.refunds.length === 0) return text(order, 'status') === 'refunded' ? undefined : 0;
  let sum = 0;
  for (const refund of order.refunds) {
    const amount = decimal(at(refund, 'total'));
    if (amount === undefined) return undefined;
    sum += Math.abs(amount);
  }
  return sum === 0 ? undefined : Math.round(sum * 1000) / 1000;
}

/** An order, or a subscription, which extends one. */
export function orderFacts(body: JsonObject): OrderFacts {
  const order = {
    id: text(body, 'id'),
    number: text(body, 'number'),
    total: decimal(body.total),
    currency: currencyCode(body.currency),
    items: itemsAt(body, 'line_items').map(item),
    tags: [],
    discountCodes: couponCodes(body),
    shippingCountry: countryCode(at(body, 'shipping.country')),
    paymentMethod: text(body, 'payment_method'),
    channel: text(body, 'created_via'),
    refundedTotal: refundedTotal(body),
    attributes: attributes(body),
  };
  const renewed = renewedSubscription(body);
  const [first] = order.items;
  return {
    test: isTest(body),
    contact: {
      email: text(body, 'billing.email'),
      phone: text(body, 'billing.phone'),
      firstName: name(body, 'billing.first_name'),
      lastName: name(body, 'billing.last_name'),
      country: countryCode(at(body, 'billing.country')),
    },
    order,
    ...(renewed === undefined
      ? {}
      : {
          subscription: {
            id: renewed,
            planId: first?.productId,
            planName: first?.title,
            price: order.total,
          },
        }),
  };
}

function item(line: unknown) {
  const title = name(line, 'name');
  const parent = name(line, 'parent_name');
  const prefix = `${parent} - `;
  return withTitle({
    title,
    sku: text(line, 'sku'),
    productId: id(line, 'product_id'),
    variantId: id(line, 'variation_id'),
    quantity: decimal(at(line, 'quantity')),
    price: decimal(at(line, 'price')),
    // A variation is named `Hoodie - Blue, Large`, after its parent.
    variant: title?.startsWith(prefix) === true ? title.slice(prefix.length) : undefined,
    options: textMap(list(line, 'meta_data').map(option)),
  });
}

const couponCodes = (body: JsonObject): readonly string[] | undefined =>
  Array.isArray(body.coupon_lines)
    ? body.coupon_lines.map((line) => text(line, 'code')).filter((code) => code !== undefined)
    : undefined;

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
  metaText(body, '_wcpay_mode') === 'test' ||
  metaText(body, '_ppcp_paypal_payment_mode') === 'sandbox';

export function customerFacts(body: JsonObject): Pick<Draft, 'contact'> {
  return {
    contact: {
      email: text(body, 'email', 'billing.email'),
      phone: text(body, 'billing.phone'),
      firstName: name(body, 'first_name', 'billing.first_name'),
      lastName: name(body, 'last_name', 'billing.last_name'),
      country: countryCode(at(body, 'billing.country')),
    },
  };
}
