import type { EventType } from '../../events/event.ts';
import { type JsonObject, text } from '../payload/access.ts';
import { consentState, type View } from './shopify-fields.ts';
import { isLongRefunded } from './shopify-refunds.ts';

/** What a topic and its body say together. */
export interface TopicEvent {
  /** Absent: Earmark has no type for it, for the reason in `hint`. */
  readonly type?: EventType;
  readonly hint?: string;
  /** The field that says when it happened. */
  readonly time?: string;
  readonly view?: View;
}

/** What they say, or what in the body contradicts the topic. */
export type TopicResult = TopicEvent | { readonly contradiction: string };

interface Topic {
  readonly fits: (body: JsonObject) => boolean;
  readonly result: (body: JsonObject) => TopicResult;
}

/** The topics that are events, some of them only with some bodies. */
export const TOPICS: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['orders/create', { fits: isOrder, result: as('order.created', 'created_at') }],
  ['orders/paid', { fits: isOrder, result: paid }],
  ['orders/fulfilled', { fits: isOrder, result: fulfilled }],
  ['orders/cancelled', { fits: isOrder, result: cancelled }],
  ['orders/updated', { fits: isOrder, result: updated }],
  ['customers/create', { fits: isCustomer, result: as('customer.created', 'created_at') }],
  ['customers/update', { fits: isCustomer, result: as('customer.updated', 'updated_at') }],
  ['customers_email_marketing_consent/update', consent('email_marketing_consent')],
  ['customers_marketing_consent/update', consent('sms_marketing_consent')],
]);

function as(type: EventType, time: string): Topic['result'] {
  return () => ({ type, time });
}

/** Whether the body has one of the keys, also with `null`. */
export function has(body: JsonObject, keys: readonly string[]): boolean {
  return keys.some((key) => Object.hasOwn(body, key));
}

/** An order whose fields were chosen has one of these at least. */
export const OF_ORDERS = ['total_price', 'current_total_price', 'financial_status', 'order_number'];

/**
 * Carts have items alone; fulfilments and refunds (`order_id`), checkouts and draft orders have totals as
 * well.
 */
function isOrder(body: JsonObject): boolean {
  return has(body, OF_ORDERS) && !has(body, ['order_id', 'abandoned_checkout_url', 'invoice_url']);
}

function isCustomer(body: JsonObject): boolean {
  return !Array.isArray(body.line_items) && has(body, ['email', 'first_name', 'last_name']);
}

/**
 * An order that was partially refunded has been paid. A body without the status (a subscription can
 * choose its fields) contradicts nothing.
 */
function paid(order: JsonObject): TopicResult {
  const status = text(order, 'financial_status');
  return status === undefined || status === 'paid' || status === 'partially_refunded'
    ? { type: 'order.paid', time: 'updated_at' }
    : { contradiction: 'the signed body has a financial_status that is not paid' };
}

function fulfilled(order: JsonObject): TopicResult {
  const status = text(order, 'fulfillment_status');
  return order.fulfillment_status === undefined || status === 'fulfilled'
    ? { type: 'order.fulfilled', time: 'updated_at' }
    : { contradiction: 'the signed body has a fulfillment_status that is not fulfilled' };
}

function cancelled(order: JsonObject): TopicResult {
  return text(order, 'cancelled_at') === undefined
    ? { contradiction: 'the signed body has no cancelled_at' }
    : { type: 'order.canceled', time: 'cancelled_at', view: 'whole' };
}

const REFUNDS: ReadonlyMap<string | undefined, EventType> = new Map([
  ['refunded', 'order.refunded'],
  ['partially_refunded', 'order.partially_refunded'],
]);

function updated(order: JsonObject): TopicResult {
  const type = REFUNDS.get(text(order, 'financial_status'));
  if (type === undefined) {
    return {
      hint: 'of all updates only refunds are events: other changes have topics of their own',
    };
  }
  return isLongRefunded(order)
    ? { hint: 'the refund was reported before: this is a later change of the order' }
    : { type, time: 'updated_at', view: 'whole' };
}

const CONSENTS: ReadonlyMap<string | undefined, EventType> = new Map([
  ['subscribed', 'consent.given'],
  ['unsubscribed', 'consent.withdrawn'],
]);

/**
 * `unsubscribed` was subscribed before, `not_subscribed` never was, and `pending` has not confirmed: neither
 * of those two withdraws or gives anything (shopify.dev, CustomerEmailMarketingState 2026-10, read 2026-11-28).
 */
function consent(field: 'email_marketing_consent' | 'sms_marketing_consent'): Topic {
  return {
    fits: (body) => has(body, [field]),
    result: (body) => {
      const type = CONSENTS.get(consentState(body[field]));
      return type === undefined
        ? { hint: 'the state of the consent is neither subscribed nor unsubscribed' }
        : { type, time: `${field}.consent_updated_at` };
    },
  };
}
