import type { EventType } from '../../events/event.ts';
import { at, type JsonObject, list, text } from '../payload/access.ts';
import { decimal, isoTime } from '../payload/fields.ts';
import { metaValue, refundedTotal, renewedSubscription } from './woocommerce-fields.ts';

/** The end of a topic: what happened to the resource. */
export type Verb = 'created' | 'updated';

/** Whether nobody has placed the order: a draft of the checkout, or one that is written by hand. */
export const isDraft = (order: JsonObject): boolean =>
  /^(?:checkout-draft|auto-draft|draft|trash)$/.test(text(order, 'status') ?? '');

/**
 * What an order's state says, in the order in which it came about; the rules decide which of it wins. Nobody
 * places a renewal, and its payment is `subscription.renewed` in place of `order.paid`, as with Stripe's invoices.
 */
export function orderTypes(verb: Verb, order: JsonObject): EventType[] {
  const status = text(order, 'status');
  const isRenewal = renewedSubscription(order) !== undefined;
  const refund = refundType(order);
  const types: EventType[] = verb === 'created' && !isRenewal ? ['order.created'] : [];
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
 * `processing` is paid, unless the order says that no payment was made: cash on delivery goes to `processing` at the
 * checkout and leaves `date_paid` null ("payment won't be taken until delivery", class-wc-gateway-cod.php), while
 * every other way sets it. With that gateway `completed` is the status of a made payment
 * (change_payment_complete_order_status, and WC_Order::maybe_set_date_paid; both of woocommerce/woocommerce, read
 * 2026-11-28). A body without the field contradicts nothing.
 */
function isPaid(order: JsonObject): boolean {
  const status = text(order, 'status');
  if (status !== 'processing') return status === 'completed';
  const hasDate = Object.hasOwn(order, 'date_paid_gmt') || Object.hasOwn(order, 'date_paid');
  return !hasDate || text(order, 'date_paid_gmt', 'date_paid') !== undefined;
}

/** Whether all was paid back, or a part. The amounts decide, not the status (mollie/WooCommerce#1252). */
function refundType(order: JsonObject): EventType | undefined {
  const total = decimal(order.total) ?? 0;
  // Half a cent: totals are decimals, and sums of them are not exact.
  const isWhole = total > 0 && (refundedTotal(order) ?? 0) > total - 0.005;
  if (text(order, 'status') === 'refunded' || isWhole) return 'order.refunded';
  return list(order, 'refunds').length > 0 ? 'order.partially_refunded' : undefined;
}

const HOUR = 3_600_000;

/**
 * What the state of a subscription says (the WooCommerce Subscriptions extension; a real delivery of WooCommerce 9.8.5
 * and the extension's wcs-functions.php were read 2026-11-28). A customer's cancellation is `pending-cancel` until the
 * paid term is over. `on-hold` is suspended, by hand or because a payment is due; before the first payment it is no
 * pause.
 */
export function subscriptionTypes(verb: Verb, body: JsonObject): EventType[] {
  const status = text(body, 'status');
  if (status === 'cancelled' || status === 'expired') return ['subscription.canceled'];
  if (status === 'pending-cancel') return ['subscription.will_end'];
  if (status === 'on-hold') return wasPaid(body) ? ['subscription.paused'] : [];
  if (status !== 'active') return [];
  if (verb === 'created') return ['subscription.started'];
  if (isLaterChange(body)) return [];
  return [isRenewed(body) ? 'subscription.renewed' : 'subscription.started'];
}

/** A `date_paid_gmt` that is there and empty says that nobody has paid; a body without it says nothing. */
const wasPaid = (body: JsonObject): boolean =>
  !Object.hasOwn(body, 'date_paid_gmt') || text(body, 'date_paid_gmt') !== undefined;

/**
 * Whether a payment came after the first one. The subscription's meta lists the renewal orders; where it does not,
 * the time of the last payment is compared with the start.
 */
function isRenewed(body: JsonObject): boolean {
  const renewals = metaValue(body, '_subscription_renewal_order_ids_cache');
  // PHP writes a list with a gap in its keys as an object.
  if (typeof renewals === 'object' && renewals !== null) return Object.keys(renewals).length > 0;
  return milliseconds(body, 'last_payment_date_gmt') - milliseconds(body, 'start_date_gmt') > HOUR;
}

/**
 * Whether it was last changed more than an hour after it began and was last paid: an edited address starts
 * and renews nothing. Without the times nobody knows.
 */
function isLaterChange(body: JsonObject): boolean {
  const paid = Object.hasOwn(body, 'date_paid_gmt') ? 'date_paid_gmt' : 'last_payment_date_gmt';
  const start = milliseconds(body, 'start_date_gmt');
  const last = Math.max(milliseconds(body, paid), Number.isNaN(start) ? 0 : start);
  return milliseconds(body, 'date_modified_gmt') - last > HOUR;
}

/** NaN where there is no time: no comparison with it is true. */
const milliseconds = (body: JsonObject, field: string): number =>
  Date.parse(isoTime(at(body, field)) ?? '');
