import type { CustomerEvent, EventType, Item } from '../events/event.ts';
import { at, list } from '../sources/payload/access.ts';
import { decimal } from '../sources/payload/fields.ts';
import type { Fact, FactItem, FactState } from './fact.ts';
import { defined, factId, factText } from './fact-texts.ts';
import { orderIds } from './order-ids.ts';
import { happenedAt, placedAt } from './times.ts';

type Order = NonNullable<CustomerEvent['order']>;

/** More items of one order, or tags or codes, are left out: a fact has to fit into a message and an item of a table. */
const MOST_ITEMS = 200;

/** Events without a type of Earmark's that are about the order itself: it changed, or is called by another id. */
const CHANGED: Readonly<Record<string, RegExp>> = {
  shopify: /^orders\//,
  stripe: /^(?:charge|payment_intent)\.(?:succeeded|captured)$/,
  woocommerce: /^order\./,
  wix: /^wix\.ecom\.v1\.order_/,
};

/** Events of a subscription that say that it was paid where they come with an order: Stripe's paid invoices. */
const PAYMENTS: ReadonlySet<EventType> = new Set([
  'subscription.started',
  'subscription.renewed',
  'subscription.changed',
]);

/** What the event says of an order: nothing where it has none, or is about a booking, a checkout or a failed payment. */
export function orderFacts(event: CustomerEvent, receivedAt: number): readonly Fact[] {
  const { type, source, topic, order } = event;
  const isChange = type === 'custom' && CHANGED[source]?.test(topic) === true;
  if (order === undefined) return [];
  if (!(type.startsWith('order.') || PAYMENTS.has(type) || isChange)) return [];
  const fact = orderFact(event, order, receivedAt);
  // Its payment has a time of its own, and what else it says is true as of now.
  const isRestated = source === 'woocommerce' && type !== 'custom';
  return isRestated
    ? [fact, { ...fact, type: 'custom', at: reportedAt(event, receivedAt) }]
    : [fact];
}

const reportedAt = (event: CustomerEvent, receivedAt: number): number =>
  Math.min(Date.parse(event.occurredAt), receivedAt);

function orderFact(
  event: CustomerEvent,
  order: Order,
  receivedAt: number,
): Fact & { kind: 'order' } {
  const { source, type, test } = event;
  const { id, also } = orderIds(event, order.id);
  const state = {
    also: also.length > 0 ? also.map(factId).sort() : undefined,
    placedAt: placedAt(event, receivedAt),
    number: factText(order.number),
    currency: order.currency,
    tags: textsOf(order.tags),
    discountCodes: textsOf(order.discountCodes),
    channel: factText(order.channel),
    ...amounts(event, order),
    ...items(event, order),
    canceled: isCanceled(event),
    test,
  };
  const time = happenedAt(event, receivedAt);
  return { kind: 'order', source, id: factId(id), type, at: time, state: defined(state) };
}

/** What the whole order says, also where the event is about something else. */
function isCanceled({ source, data }: CustomerEvent): boolean | undefined {
  if (source === 'woocommerce') return at(data, 'status') === 'cancelled';
  if (source === 'shopify') {
    const time = at(data, 'cancelled_at');
    return time === undefined ? undefined : time !== null;
  }
  return undefined;
}

type OrderState = FactState<'order'>;

/**
 * Shopify's total is, but for refunds and cancellations, what is still owed after edits and returns: with what was paid
 * back it is the whole again.
 */
function amounts({ source, data }: CustomerEvent, order: Order): Partial<OrderState> {
  const { total } = order;
  // Some senders write what they paid back below zero.
  const refundedTotal = order.refundedTotal && Math.abs(order.refundedTotal);
  const current = source === 'shopify' ? decimal(at(data, 'current_total_price')) : undefined;
  if (current === undefined) return { total, refundedTotal };
  const paidBack = refundedTotal ?? 0;
  return { total: Math.round((current + paidBack) * 1000) / 1000, refundedTotal: paidBack };
}

const WHOLE: ReadonlySet<EventType> = new Set([
  'order.refunded',
  'order.partially_refunded',
  'order.canceled',
]);

/** Shopify's items are, but for refunds and cancellations, those that were not given back (`current_quantity`). */
function items({ source, type, data }: CustomerEvent, order: Order): Partial<OrderState> {
  const lines = source === 'shopify' ? list(data, 'line_items') : [];
  const isNet =
    !WHOLE.has(type) &&
    lines.length > 0 &&
    lines.every((line) => at(line, 'current_quantity') !== undefined);
  if (isNet) return { items: order.items.slice(0, MOST_ITEMS).map(factItem), refundedItems: [] };
  return { items: itemsOf(order.items), refundedItems: itemsOf(order.refundedItems) };
}

const itemsOf = (found: readonly Item[] | undefined): FactItem[] | undefined =>
  found === undefined || found.length === 0 ? undefined : found.slice(0, MOST_ITEMS).map(factItem);

/** Without its options, in which buyers write names. */
const factItem = (item: Item): FactItem =>
  defined({
    title: factText(item.title),
    sku: factText(item.sku),
    productId: factText(item.productId),
    variantId: factText(item.variantId),
    quantity: item.quantity,
    price: item.price,
    vendor: factText(item.vendor),
    variant: factText(item.variant),
  });

function textsOf(found: readonly string[] | undefined): string[] | undefined {
  if (found === undefined || found.length === 0) return undefined;
  return found.slice(0, MOST_ITEMS).map((one) => factText(one) ?? one);
}
