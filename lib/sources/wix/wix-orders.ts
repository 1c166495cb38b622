import type { EventType } from '../../events/event.ts';
import { asText, at, isObject, type JsonObject, list, text } from '../payload/access.ts';
import {
  type ContactDraft,
  type EntityDraft,
  type EntityReader,
  type ItemDraft,
  itemsAt,
  type OrderDraft,
} from '../payload/draft.ts';
import { codes, decimal, lastTexts, namesOf, texts } from '../payload/fields.ts';
import { contactIn } from './wix-contacts.ts';

/** An eCommerce order (@wix/auto_sdk_ecom_orders 1.0.300, checked 2026-11-28). */
export const order = (type: EventType | undefined, value: unknown, hint?: string): EntityDraft => ({
  types: type === undefined ? [] : [type],
  contact: buyer(value),
  order: orderSummary(value),
  hint,
});

function buyer(value: unknown): ContactDraft {
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
    country: text(value, 'billingInfo.address.country'),
    language: text(value, 'buyerLanguage'),
  };
}

function orderSummary(value: unknown): OrderDraft {
  return {
    id: text(value, 'id'),
    number: text(value, 'number'),
    total: decimal(text(value, 'priceSummary.total.amount', 'priceSummary.totalPrice.amount')),
    currency: text(value, 'currency'),
    items: ecomItems(value),
    tags: [
      ...texts(list(value, 'tags.privateTags.tagIds')),
      ...texts(list(value, 'tags.tags.tagIds')),
    ],
    discountCodes: couponCodes(value),
    shippingCountry: text(
      value,
      'shippingInfo.logistics.shippingDestination.address.country',
      'shippingInfo.shipmentDetails.address.country',
    ),
    channel: text(value, 'channelInfo.type'),
    refundedTotal: decimal(text(value, 'balanceSummary.refunded.amount')),
    refundedItems: refundedItems(value),
    attributes: lastTexts(
      list(value, 'customFields').map((field) => [
        text(field, 'title', 'translatedTitle'),
        text(field, 'value'),
      ]),
    ),
  };
}

const couponCodes = (value: unknown): OrderDraft['discountCodes'] =>
  codes(list(value, 'appliedDiscounts').map((discount) => text(discount, 'coupon.code')));

/** The items of an order or a checkout of Wix eCommerce. */
const ecomItems = (value: unknown): readonly ItemDraft[] =>
  itemsAt(value, 'lineItems').map(ecomItem);

function ecomItem(line: unknown): ItemDraft {
  const chosen = at(line, 'catalogReference.options.options');
  const variant = isObject(chosen) ? Object.values(chosen).map(asText).filter(Boolean) : [];
  return {
    title: text(line, 'productName.original', 'productName.translated'),
    sku: text(line, 'physicalProperties.sku'),
    productId: text(line, 'catalogReference.catalogItemId'),
    variantId: text(line, 'catalogReference.options.variantId'),
    quantity: decimal(at(line, 'quantity')),
    price: decimal(text(line, 'price.amount')),
    variant: variant.join(' / ') || undefined,
    options: lastTexts(
      list(line, 'descriptionLines').map((option) => [
        text(option, 'name.original', 'name.translated'),
        text(option, 'plainText.original', 'plainTextValue.original', 'colorInfo.original'),
      ]),
    ),
  };
}

/** What was given back: `refundQuantity` of each (@wix/auto_sdk_ecom_orders 1.0.300, checked 2026-11-28). */
function refundedItems(value: unknown): OrderDraft['refundedItems'] {
  const refunded = itemsAt(value, 'lineItems').flatMap((line) => {
    const quantity = decimal(at(line, 'refundQuantity')) ?? 0;
    return quantity > 0 ? [{ ...ecomItem(line), quantity }] : [];
  });
  return refunded.length === 0 ? undefined : refunded;
}

const PAYMENTS = new Map<string, EventType>([
  ['PAID', 'order.paid'],
  ['FULLY_REFUNDED', 'order.refunded'],
  ['PARTIALLY_REFUNDED', 'order.partially_refunded'],
  ['DECLINED', 'payment.failed'],
]);

/** An approved order can still be NOT_PAID (offline payments). */
export function approvedOrder({ order: approved }: JsonObject): EntityDraft {
  const isPaid = text(approved, 'paymentStatus') === 'PAID';
  return order(isPaid ? 'order.paid' : 'order.created', approved);
}

export function orderPayment({ order: changed }: JsonObject): EntityDraft {
  const hint = 'Earmark has no event type for this payment status';
  return order(PAYMENTS.get(text(changed, 'paymentStatus') ?? ''), changed, hint);
}

/** The topic comes with each change of the status, also when a part is fulfilled or a fulfilment is undone. */
export function orderFulfilled(body: JsonObject): EntityDraft {
  const changed = at(body, 'order') ?? body;
  const status =
    text(body, 'newFulfillmentStatus') ?? text(changed, 'fulfillmentStatus') ?? 'FULFILLED';
  const isNew = status === 'FULFILLED' && body.previousFulfillmentStatus !== 'FULFILLED';
  const hint = 'the order has not become fulfilled as a whole';
  return order(isNew ? 'order.fulfilled' : undefined, changed, hint);
}

/** Notes, archiving, refunds: an update says that something changed, and not what. */
export const orderUpdated = (value: JsonObject): EntityDraft =>
  order(undefined, value, 'an update does not say what changed: subscribe to order_fulfilled');

/** A checkout that was left (@wix/auto_sdk_ecom_abandoned-checkouts 1.0.86, checked 2026-11-28). */
export function abandonedCheckout(checkout: JsonObject): EntityDraft {
  const isLeft = (text(checkout, 'status') ?? 'ABANDONED') === 'ABANDONED';
  return {
    types: isLeft ? ['checkout.abandoned'] : [],
    contact: contactIn(checkout),
    order: {
      id: text(checkout, 'id'),
      total: decimal(text(checkout, 'totalPrice.amount')),
      currency: text(checkout, 'currency'),
      items: ecomItems(checkout),
      discountCodes: couponCodes(checkout),
    },
  };
}

/**
 * An order of Wix Restaurants' older API, which is deprecated and still in use
 * (@wix/auto_sdk_restaurants_orders 1.0.60, checked 2026-11-28).
 */
export const restaurantOrder =
  (...types: readonly EventType[]): EntityReader =>
  (payload) => {
    const value = at(payload, 'order') ?? payload;
    const isPending = text(value, 'status') === 'PENDING';
    const payments = list(value, 'payments');
    return {
      types: isPending ? [] : types,
      ...(isPending && { hint: 'the payment of the order is pending' }),
      contact: contactIn(payload),
      order: {
        id: text(value, 'id'),
        total: decimal(text(value, 'totals.total')),
        currency: text(value, 'currency'),
        items: itemsAt(value, 'lineItems').map((item) => ({
          title: text(item, 'catalogReference.catalogItemName'),
          productId: text(item, 'catalogReference.catalogItemId'),
          quantity: decimal(at(item, 'quantity')),
          price: decimal(text(item, 'price')),
          options: chosen(item),
        })),
        discountCodes: codes([text(value, 'coupon.code')]),
        shippingCountry: text(value, 'fulfillment.deliveryDetails.address.countryCode'),
        paymentMethod: payments.length === 1 ? text(payments[0], 'type') : undefined,
        channel: text(value, 'channelInfo.type'),
      },
    };
  };

/** The options of a dish, with the choices of each. */
const chosen = (item: unknown): ItemDraft['options'] =>
  lastTexts(
    list(item, 'dishOptions').map((option) => {
      const choices = list(option, 'selectedChoices')
        .map((choice) => text(choice, 'catalogReference.catalogItemName'))
        .filter((choice) => choice !== undefined);
      return [text(option, 'name'), choices.join(', ') || undefined];
    }),
  );
