import type { CustomerEvent } from '../events/event.ts';
import { firstOf, text } from '../sources/payload/access.ts';

/**
 * Senders whose refunds each say what they paid back by themselves, with the place of the refund's own id. Where there
 * is none, the id of the event stands for it. All others say with each refund what was paid back until then.
 */
const REFUNDS_BY_THEMSELVES: ReadonlyMap<string, string | undefined> = new Map([
  ['chargebee', 'content.transaction.id'],
  ['paddle', 'data.id'],
  ['paddle-classic', undefined],
  ['paypal', 'resource.id'],
  ['paystack', 'data.refund_reference'],
  ['thrivecart', undefined],
  ['whop', 'data.id'],
]);

/** What a fact about an order goes by: an id of its own, and others that are about the same order. */
export interface OrderIds {
  readonly id: string;
  readonly also: readonly string[];
}

/** The ids of the order of an event, as its sender writes them. */
export function orderIds(event: CustomerEvent, orderId: string): OrderIds {
  const { source, type, order } = event;
  // ThriveCart calls all payments of a subscription by the id of the first order.
  if (source === 'thrivecart' && type === 'subscription.renewed') {
    return { id: `${orderId}/${order?.number ?? event.id}`, also: [] };
  }
  const id = refundId(event) ?? orderId;
  const others = OTHER_IDS.get(source)?.(event) ?? [];
  const also = new Set([orderId, ...others.filter((one) => one !== undefined)]);
  also.delete(id);
  return { id, also: [...also] };
}

function refundId({ source, type, id, data }: CustomerEvent): string | undefined {
  const isRefund = type === 'order.refunded' || type === 'order.partially_refunded';
  if (!isRefund || !REFUNDS_BY_THEMSELVES.has(source)) return undefined;
  const path = REFUNDS_BY_THEMSELVES.get(source);
  return (path && text(data, path)) ?? id;
}

type Others = (event: CustomerEvent) => readonly (string | undefined)[];

const OTHER_IDS: ReadonlyMap<string, Others> = new Map<string, Others>([
  ['stripe', ({ data }) => STRIPE.map((path) => text(data, `data.object.${path}`))],
  ['chargebee', ({ data }) => CHARGEBEE.map((path) => text(data, `content.transaction.${path}`))],
  ['paypal', ({ data }) => [text(data, 'resource.sale_id'), capture(data)]],
  // A customized body may have the number alone.
  ['wix-automations', ({ order }) => [order?.number]],
]);

/** A payment's own id, and of a refund that of the payment (types of chargebee 3.11.0, read 2026-11-28). */
const CHARGEBEE = ['id', 'refunded_txn_id'];

/**
 * A session, its invoice, their payment and its charge are one order. API versions from 2025-03-31 on name no invoice on
 * a charge and no payment on an invoice: there only the payment intent names its invoice, as a reference (seen in public
 * fixtures, 2026-11-28).
 */
const STRIPE = [
  'id',
  'payment_intent',
  'payment_intent.id',
  'invoice',
  'invoice.id',
  'charge',
  'latest_charge',
  'payments.data.0.payment.payment_intent',
  'payment_details.order_reference',
];

/** The capture: of a capture its own id, of its refund the end of the link to what it is a refund of. */
function capture(data: unknown): string | undefined {
  if (/^PAYMENT\.CAPTURE\.(?:REFUNDED|REVERSED)$/.test(text(data, 'event_type') ?? '')) {
    return firstOf([0, 1, 2, 3], (i) =>
      text(data, `resource.links.${i}.rel`) === 'up'
        ? text(data, `resource.links.${i}.href`)?.split('/').at(-1)
        : undefined,
    );
  }
  return text(data, 'resource.id');
}
