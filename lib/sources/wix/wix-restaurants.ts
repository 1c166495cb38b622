import type { EventType } from '../../events/event.ts';
import { itemsAt, withTitle } from '../payload/draft.ts';
import { codes, countryCode, currencyCode, decimal } from '../payload/fields.ts';
import { at, type JsonObject, list, text } from '../payload/json.ts';
import { contactIn, type Found } from './wix-fields.ts';

/**
 * An order of Wix Restaurants' older API, which Wix calls deprecated and which sites still send
 * (@wix/auto_sdk_restaurants_orders 1.0.60, checked 2026-11-28).
 */
export const restaurantOrder =
  (...types: readonly EventType[]) =>
  (payload: JsonObject): Found => {
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
        currency: currencyCode(at(value, 'currency')),
        items: itemsAt(value, 'lineItems').map((item) =>
          withTitle({
            title: text(item, 'catalogReference.catalogItemName'),
            productId: text(item, 'catalogReference.catalogItemId'),
            quantity: decimal(at(item, 'quantity')),
            price: decimal(text(item, 'price')),
            options: chosen(item),
          }),
        ),
        tags: [],
        discountCodes: codes([text(value, 'coupon.code')]),
        shippingCountry: countryCode(
          text(value, 'fulfillment.deliveryDetails.address.countryCode'),
        ),
        paymentMethod: payments.length === 1 ? text(payments[0], 'type') : undefined,
        channel: text(value, 'channelInfo.type'),
      },
    };
  };

/** The options of a dish with what was chosen of each. */
function chosen(item: unknown): Record<string, string> | undefined {
  const options = list(item, 'dishOptions').flatMap((option) => {
    const name = text(option, 'name');
    const choices = list(option, 'selectedChoices')
      .map((choice) => text(choice, 'catalogReference.catalogItemName'))
      .filter((choice) => choice !== undefined);
    return name === undefined || choices.length === 0 ? [] : [[name, choices.join(', ')] as const];
  });
  return options.length === 0 ? undefined : Object.fromEntries(options);
}
