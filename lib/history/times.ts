import type { CustomerEvent, EventType } from '../events/event.ts';
import { firstOf, text } from '../sources/payload/access.ts';
import { isoTime } from '../sources/payload/fields.ts';

/**
 * WooCommerce reports that an order is paid again with each change of it, for years: what it says of the payment's own
 * time is when it happened. Another change is not to make a canceled subscription a renewed one.
 */
const OWN_TIMES: Readonly<Record<string, Partial<Record<EventType, string>>>> = {
  woocommerce: {
    'order.paid': 'date_paid_gmt',
    'order.fulfilled': 'date_completed_gmt',
    'subscription.renewed': 'date_paid_gmt',
  },
};

/** Where an order says when it was placed. */
const PLACED: Readonly<Record<string, readonly string[]>> = {
  shopify: ['created_at'],
  woocommerce: ['date_created_gmt'],
  wix: [
    'createdEvent.entity.createdDate',
    'updatedEvent.currentEntity.createdDate',
    'actionEvent.body.order.createdDate',
  ],
};

const millisecondsAt = (data: unknown, paths: readonly string[]): number | undefined =>
  firstOf(paths, (path) => {
    const time = isoTime(text(data, path));
    return time === undefined ? undefined : Date.parse(time);
  });

/** When it happened, in epoch milliseconds; a sender's clock may be ahead. */
export function happenedAt(event: CustomerEvent, receivedAt: number): number {
  const reported = Math.min(Date.parse(event.occurredAt), receivedAt);
  const path = OWN_TIMES[event.source]?.[event.type];
  const own = path === undefined ? undefined : millisecondsAt(event.data, [path]);
  return own === undefined ? reported : Math.min(own, reported);
}

/** When the order of an event was placed, where the sender says so. Epoch milliseconds. */
export function placedAt(event: CustomerEvent, receivedAt: number): number | undefined {
  const placed = millisecondsAt(event.data, PLACED[event.source] ?? []);
  return placed === undefined ? undefined : Math.min(placed, receivedAt);
}
