import type { EventType } from '../../../lib/events/event.ts';
import type { BackfillSource, Field } from './exports.ts';

/** An order as the file has it. Amounts in major units. */
export interface OrderText {
  text(field: Field): string | undefined;
  /** Whether the file has a column for it, even if it is empty in this order. */
  hasColumn(field: Field): boolean;
  readonly total: number | undefined;
  readonly refunded: number | undefined;
}

/** What happened to an order, in the words of events. */
export interface OrderFacts {
  readonly created: boolean;
  /** The type of the event that its payment was; undefined: not paid. */
  readonly paid: EventType | undefined;
  readonly failed: boolean;
  readonly fulfilled: boolean;
  readonly canceled: boolean;
  readonly refund: 'full' | 'part' | undefined;
}

const NOTHING: OrderFacts = {
  created: false,
  paid: undefined,
  failed: false,
  fulfilled: false,
  canceled: false,
  refund: undefined,
};

const statusOf = (order: OrderText, field: Field = 'status'): string =>
  (order.text(field) ?? '')
    .toLowerCase()
    .replace(/^wc-/, '')
    .replaceAll(/[\s-]+/g, '_');

/** Other words than those that FACTS looks for, of orders that nobody has paid for (or not yet). */
const UNPAID: Readonly<Record<BackfillSource, string>> = {
  shopify: 'pending authorized partially_paid unpaid voided expired',
  woocommerce: 'pending on_hold processing failed cancelled draft auto_draft checkout_draft trash',
  stripe:
    'failed pending processing uncaptured canceled cancelled blocked disputed expired incomplete ' +
    'requires_action requires_capture requires_confirmation requires_payment_method',
  custom:
    'pending open new draft unpaid authorized failed voided expired on_hold canceled cancelled',
};

/** A status that is not known, so that the order counts as unpaid: one in the shop's own language, say. */
export function unknownStatus(
  source: BackfillSource,
  order: OrderText,
  facts: OrderFacts,
): string | undefined {
  const { paid, refund } = facts;
  const isKnown = paid || refund || UNPAID[source].split(' ').includes(statusOf(order));
  return isKnown ? undefined : order.text('status');
}

/** What each source's webhooks would have reported of the order by now. `lib/sources` reads those. */
export const FACTS: Readonly<Record<BackfillSource, (order: OrderText) => OrderFacts>> = {
  shopify(order) {
    const status = statusOf(order);
    const isPaid = ['paid', 'partially_refunded', 'refunded'].includes(status);
    return {
      ...NOTHING,
      created: true,
      paid: isPaid || order.text('paidAt') ? 'order.paid' : undefined,
      fulfilled: statusOf(order, 'fulfillment') === 'fulfilled',
      canceled: order.text('canceledAt') !== undefined,
      refund: status === 'refunded' ? 'full' : status === 'partially_refunded' ? 'part' : undefined,
    };
  },

  woocommerce(order) {
    const status = statusOf(order);
    // Nobody has placed it: its webhooks are ignored.
    if (['draft', 'auto_draft', 'checkout_draft', 'trash'].includes(status)) return NOTHING;
    // Cash on delivery is `processing` before it is paid: lib/sources/woocommerce/woocommerce-types.ts.
    const isPaid =
      ['completed', 'refunded'].includes(status) ||
      (status === 'processing' && !order.hasColumn('paidAt'));
    const isWhole = status === 'refunded' || isAll(order);
    return {
      created: true,
      paid: isPaid || order.text('paidAt') ? 'order.paid' : undefined,
      failed: status === 'failed',
      fulfilled: status === 'completed' || order.text('fulfilledAt') !== undefined,
      canceled: status === 'cancelled',
      refund: isWhole ? 'full' : (order.refunded ?? 0) > 0 ? 'part' : undefined,
    };
  },

  stripe(order) {
    const status = statusOf(order);
    const isPaid = ['paid', 'succeeded', 'refunded', 'partially_refunded'].includes(status);
    if (!isPaid || order.text('captured')?.toLowerCase() === 'false') return NOTHING;
    const isFull = status === 'refunded' || isAll(order);
    const isRefunded =
      ['refunded', 'partially_refunded'].includes(status) || (order.refunded ?? 0) > 0;
    return {
      ...NOTHING,
      paid: SUBSCRIPTION_CHARGES.get(order.text('description') ?? '') ?? 'order.paid',
      refund: isRefunded ? (isFull ? 'full' : 'part') : undefined,
    };
  },

  custom(order) {
    const status = statusOf(order);
    const isRefunded = status === 'refunded' || order.text('refundedAt') !== undefined;
    const partly = ['partially_refunded'].includes(status) || (order.refunded ?? 0) > 0;
    const isPaid = ['paid', 'processing', 'completed', 'succeeded', 'fulfilled'].includes(status);
    const isFull = isAll(order) || (isRefunded && !isLess(order));
    return {
      ...NOTHING,
      created: order.text('createdAt') !== undefined,
      paid: isPaid || order.text('paidAt') ? 'order.paid' : undefined,
      fulfilled:
        ['fulfilled', 'completed'].includes(status) || order.text('fulfilledAt') !== undefined,
      canceled:
        ['canceled', 'cancelled'].includes(status) || order.text('canceledAt') !== undefined,
      refund: isFull ? 'full' : isRefunded || partly ? 'part' : undefined,
    };
  },
};

/** All the money came back; half a cent may be lost where parts were added up. */
const isAll = ({ total = 0, refunded = 0 }: OrderText): boolean =>
  total > 0 && refunded > total - 0.005;

/** Money came back, and less than was paid. */
const isLess = ({ total, refunded }: OrderText): boolean =>
  total !== undefined && refunded !== undefined && refunded > 0 && refunded < total;

/** How Stripe describes a charge that an invoice of a subscription made; its webhook is the invoice's. */
const SUBSCRIPTION_CHARGES: ReadonlyMap<string, EventType> = new Map([
  ['Subscription creation', 'subscription.started'],
  ['Subscription update', 'subscription.renewed'],
]);
