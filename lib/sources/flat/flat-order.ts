import { isObject, type JsonObject } from '../payload/access.ts';
import {
  type EntityDraft,
  type ItemDraft,
  type OrderDraft,
  type SubscriptionDraft,
  upToTooMany,
} from '../payload/draft.ts';
import { currencyCode, decimal, textMap } from '../payload/fields.ts';
import {
  FlatFields,
  fromJson,
  isBlank,
  isBrokenJson,
  type Picker,
  plain,
  shown,
} from './flat-keys.ts';

/** Order and subscription of the flat schema. A text says what is wrong. */
export function readBought(
  pick: Picker,
  isKnown: boolean,
): Pick<EntityDraft, 'order' | 'subscription'> | string {
  const currency = pick.text('currency');
  // In a currency that nobody knows, no amount counts.
  const hasMoney = currency === undefined || currencyCode(currency) !== undefined;
  const order = readOrder(pick, isKnown, hasMoney);
  if (typeof order === 'string') return order;
  return { order, subscription: readSubscription(pick, hasMoney) };
}

/**
 * What stands for the total. `amount` does beside a person of the flat schema, but not beside an `id`: the schema has
 * no `id`, and platforms with a vocabulary of their own write cents.
 */
const writtenTotal = (pick: Picker, isKnown: boolean): string | undefined =>
  pick.text('total') ??
  (isKnown && pick.text('id') === undefined ? pick.text('amount') : undefined);

/** There is an order where anything of one is given; without `order_id` the event stands for it. */
function readOrder(
  pick: Picker,
  isKnown: boolean,
  hasMoney: boolean,
): OrderDraft | string | undefined {
  const written = writtenTotal(pick, isKnown);
  const amount = decimal(written);
  if (written !== undefined && amount === undefined) {
    return 'total is not a plain number: send it like 19.99, without currency sign or thousands separators';
  }
  const items = readItems(pick, hasMoney);
  if (typeof items === 'string') return items;
  const id = pick.text('order_id');
  const total = hasMoney ? amount : undefined;
  if (id === undefined && total === undefined && items.length === 0) return undefined;
  const codes = readTexts(
    'discount_codes',
    pick.any('discount_codes', 'discount_code', 'coupon_code', 'coupon'),
  );
  if (typeof codes === 'string') return codes;
  return {
    id,
    number: pick.text('order_number'),
    total,
    currency: pick.text('currency'),
    items,
    discountCodes: codes.length > 0 ? codes : undefined,
    shippingCountry: pick.text('shipping_country'),
    paymentMethod: pick.text('payment_method'),
    channel: pick.text('channel'),
    refundedTotal: hasMoney ? decimal(pick.text('refunded_total')) : undefined,
    attributes: textsIn(pick.any('attributes')),
  };
}

function readSubscription(pick: Picker, hasMoney: boolean): SubscriptionDraft | undefined {
  const id = pick.text('subscription_id');
  const planName = shown(pick.text('plan'));
  const planId = pick.text('plan_id');
  if ((id ?? planName ?? planId) === undefined) return undefined;
  return {
    id: id ?? planId ?? planName,
    planId,
    planName,
    status: pick.text('subscription_status'),
    interval: pick.text('interval'),
    price: hasMoney ? decimal(pick.text('plan_price')) : undefined,
  };
}

const brokenJson = (name: string): string =>
  `${name} begins like a list in JSON and is none: send a list, or text with commas`;

/** `products` can be a list of objects, also one written as text. A text says what is wrong. */
function readItems(pick: Picker, hasPrices: boolean): readonly ItemDraft[] | string {
  const products = pick.any('products');
  const objects = (Array.isArray(products) ? products : [products]).filter(isObject);
  const items = objects.length > 0 ? upToTooMany(objects).map(item) : readColumns(pick, products);
  if (hasPrices || typeof items === 'string') return items;
  return items.map(({ price: _, ...rest }) => rest);
}

function item(product: JsonObject): ItemDraft {
  const fields = new FlatFields(product);
  return {
    title: shown(fields.text('title', 'name')),
    sku: fields.text('sku'),
    productId: fields.text('product_id', 'id'),
    variantId: fields.text('variant_id'),
    quantity: decimal(fields.text('quantity')),
    price: decimal(fields.text('price')),
    vendor: shown(fields.text('vendor')),
    variant: shown(fields.text('variant')),
    options: textsIn(fields.get('options')),
  };
}

/** A column: a list, or text with commas. Blanks stay, so that the values after them keep their place. */
const column = (value: unknown): (string | undefined)[] =>
  (Array.isArray(value) ? value : (plain(value)?.split(',') ?? [])).map(plain);

const COLUMNS = {
  products: ['products'],
  product_ids: ['product_ids'],
  skus: ['skus'],
  quantities: ['quantities', 'quantity'],
  prices: ['prices', 'price'],
} as const;

/**
 * Items from columns, as Zapier lays out line items: the first of `products` goes with the first of `product_ids`
 * and so on. A column that is longer than the first cannot be matched with it: `9,99` is no price of 9.
 */
function readColumns(pick: Picker, products: unknown): readonly ItemDraft[] | string {
  const written = Object.entries(COLUMNS).map(
    ([name, keys]) => [name, name === 'products' ? products : pick.any(...keys)] as const,
  );
  const broken = written.find(([, value]) => isBrokenJson(value))?.[0];
  if (broken !== undefined) return brokenJson(broken);
  const columns = Object.fromEntries(
    written.map(([name, value]) => [name, isBlank(value) ? [] : column(value)]),
  );
  const { products: titles, product_ids: ids, skus, quantities, prices } = columns;
  const leading = ['products', 'product_ids', 'skus'].find((name) => columns[name]?.length);
  if (leading === undefined) return [];
  const count = columns[leading]?.length ?? 0;
  const long = Object.entries(columns).find(
    ([, values]) => values.findLastIndex((value) => value !== undefined) >= count,
  )?.[0];
  if (long !== undefined) {
    return `${long} has more entries than ${leading}: write numbers like 9.99, or send a list`;
  }
  const rows = Array.from({ length: count }, (_, row) => row).filter(
    (row) => (titles?.[row] ?? skus?.[row] ?? ids?.[row]) !== undefined,
  );
  return upToTooMany(rows).map((row) => ({
    title: shown(titles?.[row]),
    sku: skus?.[row],
    productId: ids?.[row],
    quantity: decimal(quantities?.[row]),
    price: decimal(prices?.[row]),
  }));
}

/** A list of texts, also one written as JSON or with commas; a text says what is wrong. */
export function readTexts(name: string, value: unknown): readonly string[] | string {
  if (isBrokenJson(value)) return brokenJson(name);
  return column(value)
    .map(shown)
    .filter((one) => one !== undefined);
}

/** Texts by the sender's own names; what cannot be a text is left out. */
function textsIn(value: unknown): Record<string, string> | undefined {
  const object = fromJson(value);
  if (!isObject(object)) return undefined;
  return textMap(
    Object.entries(object).map(([name, one]) => [
      name,
      typeof one === 'boolean' ? String(one) : plain(one),
    ]),
  );
}
