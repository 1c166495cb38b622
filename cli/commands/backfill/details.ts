import { yesOrNo } from '../../../lib/sources/flat/flat-keys.ts';
import type { EventDraft } from '../../../lib/sources/payload/draft.ts';
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
import type { ColumnMapping } from './mapping.ts';
import { packedCodes, type RawItem, type RawOrder } from './orders.ts';
import { amount, type DateOrder } from './values.ts';

/** What becomes of the variant in `Mug - Red`. */
export type Variants = 'cut' | 'keep';

/**
 * Shopify's export writes product and variant into one cell (`Classic Tee - Black / M`), its webhooks have the
 * product as `title`. A title can have such a dash of its own, so only the shop knows.
 */
export const VARIANT = / - (?:(?! - ).)+$/;

/** How to read what a file leaves open. */
export interface FileReading {
  readonly source: BackfillSource;
  readonly columns: ColumnMapping['columns'];
  readonly dates: DateOrder;
  readonly variants: Variants;
  /** Of amounts beside which the file names none. */
  readonly currency?: string | undefined;
}

/** As people see it: WordPress writes names with tags and HTML entities. */
const shown = (name: string | undefined, source: FileReading['source']): string | undefined =>
  name !== undefined && source === 'woocommerce' ? plainText(name) || undefined : name;

/** Whose order it is, as the source's webhooks say it. */
export function contactOf(
  { text }: OrderText,
  email: string,
  { source }: FileReading,
): EventDraft['contact'] {
  const { firstName, lastName } = splitName(text('name'));
  return {
    email,
    phone: text('phone'),
    firstName: shown(text('firstName') ?? firstName, source),
    lastName: shown(text('lastName') ?? lastName, source),
    country: countryCode(text('country')),
    language: languageTag(text('language')),
    acceptsMarketing: yesOrNo(text('acceptsMarketing')),
  };
}

/**
 * The order, as the source's webhooks say it.
 * @param refundedTotal what was paid back by then, in major units
 */
export function orderOf(
  raw: RawOrder,
  { text, total }: OrderText,
  refundedTotal: number | undefined,
  reading: FileReading,
): EventDraft['order'] {
  const codes = text('discountCodes');
  return {
    id: orderId(raw, reading),
    number: text('number')?.replace(/^#/, ''),
    total,
    currency: currencyCode(text('currency')) ?? reading.currency,
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
  };
}

/** As webhooks call the order: a history would else hold it twice. Shopify's own number is for people. */
const orderId = ({ key, data }: RawOrder, { source }: FileReading): string =>
  (source === 'shopify' && data.Id?.trim()) || key;

/** Of nothing nothing was bought, and a tip is a line without a product: lib/sources/shopify/shopify-fields.ts. */
const isProduct = ({ title = '', sku, productId, quantity = '' }: RawItem): boolean =>
  amount(quantity) !== 0 && (!/^tip$/i.test(title) || (sku ?? productId) !== undefined);

function itemOf({ title, ...item }: RawItem, { source, variants }: FileReading) {
  const isCut = variants === 'cut' && source !== 'woocommerce' && title !== undefined;
  const product = isCut ? title.replace(VARIANT, '') : shown(title, source);
  return {
    ...item,
    title: product ?? item.sku ?? item.productId,
    variantId: item.variantId === '0' ? undefined : item.variantId,
    variant: item.variant ?? (isCut ? VARIANT.exec(title)?.[0].slice(3) : undefined),
    quantity: amount(item.quantity ?? ''),
    price: amount(item.price ?? ''),
  };
}

/** Shopify's export has the names for people, its webhooks their own; only those that are known to differ. */
const GATEWAYS: ReadonlyMap<string, string> = new Map([
  ['Shopify Payments', 'shopify_payments'],
  ['PayPal Express Checkout', 'paypal'],
  ['Gift Card', 'gift_card'],
]);

/** Of several (`Gift Card + Shopify Payments`) the first, as of the list in a webhook (unconfirmed, 2026-11-28). */
function paymentMethod(written: string | undefined, { source }: FileReading): string | undefined {
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
  { source }: FileReading,
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
export function isTest({ data }: RawOrder, { text }: OrderText, { source }: FileReading): boolean {
  if (source === 'shopify') return /\bbogus\b/i.test(text('paymentMethod') ?? '');
  if (source === 'stripe') return text('mode')?.toLowerCase() === 'test';
  const { 'meta:_wcpay_mode': wooPayments, 'meta:_ppcp_paypal_payment_mode': paypal } = data;
  return source === 'woocommerce' && (wooPayments === 'test' || paypal === 'sandbox');
}
