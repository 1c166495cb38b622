import type { EventType } from '../../events/event.ts';
import { decimal } from '../payload/fields.ts';
import { type JsonObject, list, text } from '../payload/json.ts';
import { refundedTotal, renewedSubscription } from './woocommerce-fields.ts';

export type Change = 'created' | 'updated';

// What nobody has placed: the checkout's own draft, and those of an order that is written by hand.
const DRAFTS: ReadonlySet<string | undefined> = new Set([
  'checkout-draft',
  'auto-draft',
  'draft',
  'trash',
]);
export const isDraft = (order: JsonObject): boolean => DRAFTS.has(text(order, 'status'));

/**
 * What an order's state says, in the order in which it came about. Which of it wins is the rules' affair.
 * A renewal is placed by no one, and its money is `subscription.renewed` in place of `order.paid`, as an
 * invoice of Stripe's is.
 */
export function orderTypes(change: Change, order: JsonObject): EventType[] {
  const status = text(order, 'status');
  const isRenewal = renewedSubscription(order) !== undefined;
  const refund = refundType(order);
  const types: EventType[] = change === 'created' && !isRenewal ? ['order.created'] : [];
  if (refund !== 'order.refunded') {
    if (isPaid(order)) types.push(isRenewal ? 'subscription.renewed' : 'order.paid');
    if (status === 'completed') types.push('order.fulfilled');
  }
  if (status === 'failed') types.push('payment.failed');
  if (refund !== undefined) types.push(refund);
  if (status === 'cancelled') types.push('order.canceled');
  return types;
}

/**
 * `processing` is paid, except where the order says that no payment was made: cash on delivery goes to
 * `processing` at the checkout and leaves `date_paid` null ("payment won't be taken until delivery",
 * class-wc-gateway-cod.php), while every other way there sets it. With that gateway `completed` is the status of
 * a made payment (change_payment_complete_order_status, and WC_Order::maybe_set_date_paid; both of
 * woocommerce/woocommerce, read 2026-11-28). A body without the field contradicts nothing.
 */
function isPaid(order: JsonObject): boolean {
  const status = text(order, 'status');
  if (status !== 'processing') return status === 'completed';
  const tells = Object.hasOwn(order, 'date_paid_gmt') || Object.hasOwn(order, 'date_paid');
  return !tells || text(order, 'date_paid_gmt', 'date_paid') !== undefined;
}

/** Whether all was paid back, or a part: what was counts, whatever the status (mollie/WooCommerce#1252). */
function refundType(order: JsonObject): EventType | undefined {
  const total = decimal(order.total) ?? 0;
  // Half a cent: totals are decimals, and sums of them are not exact.
  const isWhole = total > 0 && (refundedTotal(order) ?? 0) > total - 0.005;
  if (text(order, 'status') === 'refunded' || isWhole) return 'order.refunded';
  return list(order, 'refunds').length > 0 ? 'order.partially_refunded' : undefined;
}
