import { isObject } from '../../../../lib/sources/payload/access.ts';
import { itemsIn } from './items.ts';
import {
  defined,
  isId,
  isInList,
  isOutside,
  type Leaf,
  leavesOf,
  named,
  parentOf,
  type Section,
  shared,
} from './leaves.ts';
import type { Money } from './money.ts';

/** The order: what has a total or items. */
export function orderIn(
  leaves: readonly Leaf[],
  money: Money,
  { isRefund, eventId }: { readonly isRefund: boolean; readonly eventId: string | undefined },
): Section | undefined {
  const { total, currency, isMinor } = money;
  const items = itemsIn(leaves, money);
  const amountAt = ({ place }: Leaf): unknown => {
    if (!isMinor) return place;
    return currency ? { minor: place } : { hundredths: place };
  };
  if (total === undefined && items === undefined) return undefined;
  const near = total?.place ?? items?.each ?? '';
  const id = orderId(leaves, near, eventId);
  if (id === undefined) return undefined;
  const refunded = named(
    leaves,
    'refundedtotal|totalrefunded|amountrefunded|refundedamount|refundamount|refundedmoney',
    isId,
  );
  return defined({
    ...{
      id,
      number: named(leaves, 'ordernumber|orderno|invoicenumber|receiptnumber|number', isId)?.place,
    },
    ...{ total: total && amountAt(total), currency, items, discountCodes: codesIn(leaves) },
    paymentMethod: named(leaves, 'paymentmethod|paymentmethodtype|paymenttype|gateway', isOutside)
      ?.place,
    ...(isRefund && refunded && { refundedTotal: amountAt(refunded) }),
  });
}

/** The id of the nearest object around the total, or one that is called the order's beside it. */
function orderId(
  leaves: readonly Leaf[],
  near: string,
  eventId: string | undefined,
): string | undefined {
  const isOwn = ({ place }: Leaf): boolean =>
    !/(?:price|plan|product|customer|user)\.id$/.test(place) && place !== eventId;
  const nearest = (keys: readonly string[]): Leaf | undefined =>
    leaves
      .filter((leaf) => isId(leaf) && keys.includes(leaf.key) && isOwn(leaf))
      .filter((leaf) => near.startsWith(parentOf(leaf.place)))
      .sort((a, b) => shared(b.place, near) - shared(a.place, near))[0];
  const around = nearest(['id']);
  const ofOrder = leaves.find((leaf) => isId(leaf) && /(?:^|\.)order\.id$/.test(leaf.place));
  const isBeside = (leaf: Leaf): boolean =>
    isId(leaf) && (around === undefined || parentOf(leaf.place) === parentOf(around.place));
  const byName = named(leaves, 'orderid|saleid|purchaseid', isBeside);
  const others =
    'orderid|saleid|purchaseid transactionid|paymentid|invoiceid|checkoutid|chargeid ordernumber|number|reference id|uuid|uid|uri';
  const found = ofOrder ?? byName ?? around ?? named(leaves, others, isId);
  return (found ?? nearest(['ref', 'orderref', 'code']))?.place;
}

function codesIn(leaves: readonly Leaf[]): unknown {
  const list = leaves.find(
    (leaf) =>
      /^(?:discountcodes|coupons|couponlines|discounts|couponcodes|promocodes)$/.test(leaf.key) &&
      Array.isArray(leaf.value) &&
      !isInList(leaf),
  );
  if (list) {
    const [first] = list.value as readonly unknown[];
    if (!isObject(first)) return list.place;
    const code = named(leavesOf(first), 'code|couponcode|name');
    return code && { each: list.place, take: code.place };
  }
  const one = named(
    leaves,
    'couponcode|discountcode|promocode|vouchercode|coupon|offercode',
    isOutside,
  );
  return (
    one?.place ??
    leaves.find(
      (leaf) => isOutside(leaf) && /(?:coupon|discount|promotion)\.code$/.test(leaf.place),
    )?.place
  );
}
