import { visibleAddress } from '../../../lib/events/invisible.ts';
import { yesOrNo } from '../../../lib/sources/flat/flat-keys.ts';
import {
  countryCode,
  currencyCode,
  languageTag,
  splitName,
  textMap,
  texts,
} from '../../../lib/sources/payload/fields.ts';
import { plainText } from '../../../lib/sources/payload/html.ts';
import type { BackfillSource } from './exports.ts';
import type { OrderText } from './facts.ts';
import { packedCodes, type RawItem } from './line-items.ts';
import type { Mapping } from './mapping.ts';
import type { RawOrder } from './orders.ts';
import { amount, type DateOrder } from './values.ts';
import { type Variants, variantIn, withoutVariant } from './variants.ts';

/** How to read what a file leaves open. */
export interface Reading {
  readonly source: BackfillSource;
  readonly columns: Mapping['columns'];
  readonly dates: DateOrder;
  readonly variants: Variants;
}

type Fields = Readonly<Record<string, unknown>>;

/** As people see it: WordPress writes names with tags and HTML entities. */
const shown = (name: string | undefined, source: Reading['source']): string | undefined =>
  name !== undefined && source === 'woocommerce' ? plainText(name) || undefined : name;

/** Whose order it is, as the source's webhooks tell it. */
export function contactOf({ text }: OrderText, email: string, { source }: Reading): Fields {
  const { firstName, lastName } = splitName(text('name'));
  return known({
    email,
    phone: visibleAddress(text('phone') ?? '') || undefined,
    firstName: shown(text('firstName') ?? firstName, source),
    lastName: shown(text('lastName') ?? lastName, source),
    country: countryCode(text('country')),
    language: languageTag(text('language')),
    acceptsMarketing: yesOrNo(text('acceptsMarketing')),
  });
}

/**
 * The order, as the source's webhooks tell it.
 * @param refundedTotal what was paid back by then, in major units
 */
export function orderOf(
  raw: RawOrder,
  { text, total }: OrderText,
  refundedTotal: number | undefined,
  reading: Reading,
): Fields {
  const codes = text('discountCodes');
  return known({
    id: raw.key,
    number: text('number')?.replace(/^#/, ''),
    total,
    currency: currencyCode(text('currency')),
    items: raw.items
      .filter((item) => reading.source !== 'shopify' || isProduct(item))
      .map((item) => itemOf(item, reading)),
    tags: texts(text('tags')),
    discountCodes: codes === undefined ? undefined : packedCodes(codes),
    shippingCountry: countryCode(text('shippingCountry')),
    paymentMethod: paymentMethod(text('paymentMethod'), reading),
    channel: text('channel'),
    refundedTotal,
    attributes: attributesOf(raw, text('attributes'), reading),
  });
}

/** Of nothing nothing was bought, and a tip is a line without a product: lib/sources/shopify/shopify-fields.ts. */
const isProduct = ({ title = '', sku, productId, quantity = '' }: RawItem): boolean =>
  amount(quantity) !== 0 && (!/^tip$/i.test(title) || (sku ?? productId) !== undefined);

function itemOf({ title, ...item }: RawItem, { source, variants }: Reading): Fields {
  const isCut = variants === 'cut' && source !== 'woocommerce' && title !== undefined;
  const product = isCut ? withoutVariant(title) : shown(title, source);
  return known({
    ...item,
    title: product ?? item.sku ?? item.productId,
    variantId: item.variantId === '0' ? undefined : item.variantId,
    variant: item.variant ?? (isCut ? variantIn(title) : undefined),
    quantity: amount(item.quantity ?? ''),
    price: amount(item.price ?? ''),
  });
}

/** Shopify's export has the names for people, its webhooks their own; only those that are known to differ. */
const GATEWAYS: ReadonlyMap<string, string> = new Map([
  ['Shopify Payments', 'shopify_payments'],
  ['PayPal Express Checkout', 'paypal'],
  ['Gift Card', 'gift_card'],
]);

/** Of several (`Gift Card + Shopify Payments`) the first, as of the list in a webhook (unconfirmed, 2026-11-28). */
function paymentMethod(written: string | undefined, { source }: Reading): string | undefined {
  if (source !== 'shopify' || written === undefined) return written;
  const [first = written] = written.split(' + ');
  return GATEWAYS.get(first) ?? first;
}

/** WooCommerce's own attribution is hidden, and read all the same: lib/sources/woocommerce/woocommerce-fields.ts. */
const HIDDEN = /^_(?!wc_order_attribution_)/;

/** A column of their own, or one for each: `plan (metadata)` of Stripe, `meta:plan` of WooCommerce. */
function attributesOf(
  { data }: RawOrder,
  written: string | undefined,
  { source }: Reading,
): Record<string, string> | undefined {
  const column = ATTRIBUTE_COLUMNS.get(source);
  const own = Object.entries(data).map(
    ([name, value]): [string | undefined, string | undefined] => [
      column?.exec(name)?.[1],
      shown(value.trim(), source) || undefined,
    ],
  );
  const visible = own.filter(([name]) => name !== undefined && !HIDDEN.test(name));
  return textMap([...noteAttributes(written ?? ''), ...visible]);
}

const ATTRIBUTE_COLUMNS: ReadonlyMap<string, RegExp> = new Map([
  ['stripe', /^(.+) \(metadata\)$/],
  ['woocommerce', /^meta:(.+)$/],
]);

/** `gift: yes`, a line each, as Shopify's export writes them; a value may have lines of its own. */
const noteAttributes = (written: string): [string | undefined, string | undefined][] =>
  written.split(/\r?\n(?=[^\n:]+:)/).map((line) => {
    const at = line.indexOf(':');
    const [name, value] = [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()];
    return [name || undefined, value || undefined];
  });

/**
 * What the sender marked as a test: Shopify's gateway for tests, Stripe's test mode, and the modes that
 * lib/sources/woocommerce/woocommerce-fields.ts reads (the columns of all three unconfirmed, 2026-11-28).
 */
export function isTest({ data }: RawOrder, { text }: OrderText, { source }: Reading): boolean {
  if (source === 'shopify') return /\bbogus\b/i.test(text('paymentMethod') ?? '');
  if (source === 'stripe') return text('mode')?.toLowerCase() === 'test';
  const { 'meta:_wcpay_mode': wooPayments, 'meta:_ppcp_paypal_payment_mode': paypal } = data;
  return source === 'woocommerce' && (wooPayments === 'test' || paypal === 'sandbox');
}

/** Without `undefined`: to a rule, `has(event.order.total)` must be false where nothing was found. */
const known = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
