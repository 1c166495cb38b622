import { EVENT_TYPES, type EventType, type SourceName } from '../events/event.ts';

const allBut = (...others: readonly EventType[]): readonly EventType[] =>
  EVENT_TYPES.filter((type) => !others.includes(type));

const SUBSCRIPTION = [
  'subscription.started',
  'subscription.renewed',
  'subscription.canceled',
] as const;

/** Which events the readers of this folder make of a source's deliveries. Held by test/sources/sent.test.ts. */
export const SENT: Readonly<Record<SourceName, readonly EventType[]>> = {
  shopify: allBut(...SUBSCRIPTION, 'form.submitted', 'custom'),
  woocommerce: allBut('subscription.renewed', 'form.submitted', 'custom'),
  stripe: allBut('order.fulfilled', 'order.canceled', 'form.submitted', 'custom'),
  wix: allBut('custom'),
  // The flat schema carries the type in a field: whoever fills it in can send any.
  'standard-webhooks': EVENT_TYPES,
  custom: EVENT_TYPES,
};
