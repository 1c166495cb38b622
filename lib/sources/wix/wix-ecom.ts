import type { EventType } from '../../events/event.ts';
import type { Draft } from '../payload/draft.ts';
import {
  codes,
  countryCode,
  currencyCode,
  decimal,
  languageTag,
  namesOf,
  texts,
} from '../payload/fields.ts';
import { at, type JsonObject, list, text } from '../payload/json.ts';
import { contactIn, ecomItems, type Found, refundedItems, textsBy } from './wix-fields.ts';

/** An eCommerce order (@wix/auto_sdk_ecom_orders 1.0.300, checked 2026-11-28). */
export function order(type: EventType | undefined, value: unknown, hint?: string): Found {
  const types = type === undefined ? [] : [type];
  const found = { types, contact: buyer(value), order: orderSummary(value) };
  return hint === undefined ? found : { ...found, hint };
}

function buyer(value: unknown): Draft['contact'] {
  const blocks = ['billingInfo', 'recipientInfo', 'shippingInfo.logistics.shippingDestination'];
  return {
    contactId: text(value, 'buyerInfo.contactId'),
    memberId: text(value, 'buyerInfo.memberId'),
    email: text(value, 'buyerInfo.email'),
    // Only the buyer's: the recipient of a gift is somebody else.
    phone: text(value, 'billingInfo.contactDetails.phone'),
    ...namesOf(
      blocks.map((block) => at(value, block)),
      'contactDetails.firstName',
      'contactDetails.lastName',
    ),
    country: countryCode(text(value, 'billingInfo.address.country')),
    language: languageTag(text(value, 'buyerLanguage')),
  };
}

function orderSummary(value: unknown): NonNullable<Draft['order']> {
  return {
    id: text(value, 'id'),
    number: text(value, 'number'),
    total: decimal(text(value, 'priceSummary.total.amount', 'priceSummary.totalPrice.amount')),
    currency: currencyCode(at(value, 'currency')),
    items: ecomItems(value),
    tags: [
      ...texts(list(value, 'tags.privateTags.tagIds')),
      ...texts(list(value, 'tags.tags.tagIds')),
    ],
    discountCodes: codes(
      list(value, 'appliedDiscounts').map((discount) => text(discount, 'coupon.code')),
    ),
    shippingCountry: countryCode(
      text(
        value,
        'shippingInfo.logistics.shippingDestination.address.country',
        'shippingInfo.shipmentDetails.address.country',
      ),
    ),
    channel: text(value, 'channelInfo.type'),
    refundedTotal: decimal(text(value, 'balanceSummary.refunded.amount')),
    refundedItems: refundedItems(value),
    attributes: textsBy(list(value, 'customFields'), ['title', 'translatedTitle'], ['value']),
  };
}

const PAYMENTS = new Map<string, EventType>([
  ['PAID', 'order.paid'],
  ['FULLY_REFUNDED', 'order.refunded'],
  ['PARTIALLY_REFUNDED', 'order.partially_refunded'],
  ['DECLINED', 'payment.failed'],
]);

/** An approved order can still be NOT_PAID (offline payments). */
export function approvedOrder({ order: approved }: JsonObject): Found {
  return order(
    text(approved, 'paymentStatus') === 'PAID' ? 'order.paid' : 'order.created',
    approved,
  );
}

export function orderPayment({ order: changed }: JsonObject): Found {
  return order(
    PAYMENTS.get(text(changed, 'paymentStatus') ?? ''),
    changed,
    'the payment status is not one that an event comes of',
  );
}

/** The topic comes of each change of the status, so of parts as well, and of what is taken back. */
export function orderFulfilled(body: JsonObject): Found {
  const changed = at(body, 'order') ?? body;
  const status =
    text(body, 'newFulfillmentStatus') ?? text(changed, 'fulfillmentStatus') ?? 'FULFILLED';
  const isNew = status === 'FULFILLED' && body.previousFulfillmentStatus !== 'FULFILLED';
  return order(
    isNew ? 'order.fulfilled' : undefined,
    changed,
    'the order has not become fulfilled as a whole',
  );
}

/** Notes, archiving, refunds: an update says that something changed, and not what. */
export const orderUpdated = (value: JsonObject): Found =>
  order(undefined, value, 'an update does not say what changed: subscribe to order_fulfilled');

/** A checkout that was left (@wix/auto_sdk_ecom_abandoned-checkouts 1.0.86, checked 2026-11-28). */
export function abandonedCheckout(checkout: JsonObject): Found {
  const isLeft = (text(checkout, 'status') ?? 'ABANDONED') === 'ABANDONED';
  return {
    types: isLeft ? ['checkout.abandoned'] : [],
    contact: contactIn(checkout),
    order: {
      id: text(checkout, 'id'),
      total: decimal(text(checkout, 'totalPrice.amount')),
      currency: currencyCode(at(checkout, 'currency')),
      items: ecomItems(checkout),
      tags: [],
      discountCodes: codes(
        list(checkout, 'appliedDiscounts').map((discount) => text(discount, 'coupon.code')),
      ),
    },
  };
}
