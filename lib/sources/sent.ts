import { EVENT_TYPES, type EventType, type SourceName } from '../events/event.ts';

const ORDERS = [
  'order.created',
  'order.paid',
  'order.fulfilled',
  'order.canceled',
  'order.refunded',
  'order.partially_refunded',
] as const;
const CUSTOMERS = ['customer.created', 'customer.updated'] as const;
const SUBSCRIPTIONS = [
  'subscription.started',
  'subscription.renewed',
  'subscription.paused',
  'subscription.resumed',
  'subscription.will_end',
  'subscription.canceled',
] as const;

/** Which events the readers of this folder make of a source's deliveries. Held by test/sources/sent.test.ts. */
export const SENT: Readonly<Record<SourceName, readonly EventType[]>> = {
  shopify: [...ORDERS, ...CUSTOMERS, 'consent.given', 'consent.withdrawn'],
  woocommerce: [
    ...ORDERS,
    'payment.failed',
    ...CUSTOMERS,
    'subscription.started',
    'subscription.renewed',
    'subscription.paused',
    'subscription.will_end',
    'subscription.canceled',
  ],
  stripe: [
    'order.created',
    'order.paid',
    'order.refunded',
    'order.partially_refunded',
    'checkout.abandoned',
    'payment.failed',
    ...CUSTOMERS,
    ...SUBSCRIPTIONS,
    'subscription.changed',
  ],
  wix: [
    ...ORDERS,
    'checkout.abandoned',
    'payment.failed',
    ...CUSTOMERS,
    'consent.given',
    'consent.withdrawn',
    ...SUBSCRIPTIONS,
    'booking.created',
    'booking.canceled',
    'form.submitted',
  ],
  // The flat schema carries the type in a field: whoever fills it in can send any.
  'standard-webhooks': EVENT_TYPES,
  custom: EVENT_TYPES,
};
