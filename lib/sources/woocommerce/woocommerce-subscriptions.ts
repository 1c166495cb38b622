import type { EventType } from '../../events/event.ts';
import type { Draft } from '../payload/draft.ts';
import { decimal, isoTime } from '../payload/fields.ts';
import { at, type JsonObject, list, text } from '../payload/json.ts';
import { orderFacts } from './woocommerce-fields.ts';
import type { Change } from './woocommerce-orders.ts';

const HOUR = 3_600_000;

/**
 * What the state of a subscription says (the WooCommerce Subscriptions extension; a real delivery of
 * WooCommerce 9.8.5 and the extension's wcs-functions.php were read 2026-11-28). A cancellation by the
 * customer is `pending-cancel` until the paid term is over, and `cancelled` then. `on-hold` is suspended, by
 * hand or because a payment is due; before the first payment it is no pause.
 */
export function subscriptionType(change: Change, body: JsonObject): EventType[] {
  const status = text(body, 'status');
  if (status === 'cancelled' || status === 'expired') return ['subscription.canceled'];
  if (status === 'pending-cancel') return ['subscription.will_end'];
  if (status === 'on-hold') return wasPaid(body) ? ['subscription.paused'] : [];
  if (status !== 'active') return [];
  if (change === 'created') return ['subscription.started'];
  if (isLaterChange(body)) return [];
  return [isRenewed(body) ? 'subscription.renewed' : 'subscription.started'];
}

/** A `date_paid_gmt` that is there and empty says that nobody has paid; a body without it says nothing. */
const wasPaid = (body: JsonObject): boolean =>
  !Object.hasOwn(body, 'date_paid_gmt') || text(body, 'date_paid_gmt') !== undefined;

/**
 * Whether a payment came after the one that it began with: renewal orders are listed in the subscription's
 * meta; where the list is not there, by the time of the last payment, which stands at the begin otherwise.
 */
function isRenewed(body: JsonObject): boolean {
  const meta = list(body, 'meta_data').find(
    (entry) => at(entry, 'key') === '_subscription_renewal_order_ids_cache',
  );
  const renewals = at(meta, 'value');
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

export function subscriptionFacts(
  body: JsonObject,
): Pick<Draft, 'contact' | 'subscription' | 'test'> {
  const { contact, order, test } = orderFacts(body);
  const [first] = order?.items ?? [];
  return {
    contact,
    test,
    subscription: {
      id: text(body, 'id'),
      planId: first?.productId,
      planName: first?.title,
      status: text(body, 'status'),
      interval: interval(body),
      price: decimal(body.total),
    },
  };
}

function interval(body: JsonObject): string | undefined {
  const period = text(body, 'billing_period');
  if (period === undefined || !/^(day|week|month|year)$/.test(period)) return undefined;
  const count = decimal(body.billing_interval) ?? 1;
  return count === 1 ? period : `${count} ${period}`;
}
