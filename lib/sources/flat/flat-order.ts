import type { Draft } from '../payload/draft.ts';
import { countryCode, currencyCode, decimal } from '../payload/fields.ts';
import { readItems, readTexts, textMap } from './flat-items.ts';
import type { Picker } from './flat-keys.ts';

/** What can be said of money. Of a currency that nobody knows no amount is any. */
export interface Money {
  readonly isSound: boolean;
  readonly total: number | undefined;
  readonly currency: string | undefined;
}

/**
 * A text is what is wrong. `amount` is the total beside a person of the flat schema, and not beside an `id`: the
 * schema has none, and platforms of their own vocabulary write cents.
 */
export function readMoney(pick: Picker, isKnown: boolean): Money | string {
  const written =
    pick.text('total') ??
    (isKnown && pick.text('id') === undefined ? pick.text('amount') : undefined);
  const total = decimal(written);
  if (written !== undefined && total === undefined) {
    return 'total is not a plain number: send it like 19.99, without currency sign or thousands separators';
  }
  const given = pick.text('currency');
  const currency = currencyCode(given);
  const isSound = given === undefined || currency !== undefined;
  return { isSound, currency, total: isSound ? total : undefined };
}

type Order = NonNullable<Draft['order']> & { id: string | undefined };

/** There is an order where anything of one is given; without `order_id` the event stands for it. */
export function readOrder(
  pick: Picker,
  { isSound, total, currency }: Money,
): Order | string | undefined {
  const items = readItems(pick, isSound);
  if (typeof items === 'string') return items;
  const id = pick.text('order_id');
  if (id === undefined && total === undefined && items.length === 0) return undefined;
  const codes = readTexts(
    'discount_codes',
    pick.any('discount_codes', 'discount_code', 'coupon_code', 'coupon'),
  );
  if (typeof codes === 'string') return codes;
  return {
    id,
    number: pick.text('order_number'),
    total,
    currency,
    items,
    tags: [],
    discountCodes: codes.length > 0 ? codes : undefined,
    shippingCountry: countryCode(pick.text('shipping_country')),
    paymentMethod: pick.text('payment_method'),
    channel: pick.text('channel'),
    refundedTotal: isSound ? pick.number('refunded_total') : undefined,
    attributes: textMap(pick.any('attributes')),
  };
}

export function readSubscription(pick: Picker, isSound: boolean): Draft['subscription'] {
  const id = pick.text('subscription_id');
  const planName = pick.shown('plan');
  const planId = pick.text('plan_id');
  if ((id ?? planName ?? planId) === undefined) return undefined;
  return {
    id: id ?? planId ?? planName,
    planId,
    planName,
    status: pick.text('subscription_status'),
    interval: pick.text('interval'),
    price: isSound ? pick.number('plan_price') : undefined,
  };
}
