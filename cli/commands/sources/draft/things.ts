import { answersAt } from '../../../../lib/sources/flat/form-answers.ts';
import { isObject, type JsonObject } from '../../../../lib/sources/payload/access.ts';
import { itemsIn } from './items.ts';
import { isInList, isScalar, type Leaf, named, parentOf, shared } from './leaves.ts';
import type { Money } from './money.ts';

type Draft = Readonly<Record<string, unknown>>;

const defined = (draft: Draft): Draft =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));

const isOutside = (leaf: Leaf): boolean => isScalar(leaf) && !isInList(leaf);
const isId = (leaf: Leaf): boolean => isOutside(leaf) && typeof leaf.value !== 'boolean';

/** The order: what has a total or items. */
export function orderIn(
  leaves: readonly Leaf[],
  money: Money,
  { isRefund, eventId }: { readonly isRefund: boolean; readonly eventId: string | undefined },
): Draft | undefined {
  const { total, currency, isMinor } = money;
  const items = itemsIn(leaves, money);
  if (total === undefined && items === undefined) return undefined;
  const near = total?.place ?? items?.each ?? '';
  const id = orderId(leaves, near, eventId);
  if (id === undefined) return undefined;
  const amount =
    total &&
    (isMinor ? (currency ? { minor: total.place } : { hundredths: total.place }) : total.place);
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
    ...{ total: amount, currency, items, discountCodes: codesIn(leaves) },
    paymentMethod: named(leaves, 'paymentmethod|paymentmethodtype|paymenttype|gateway', isOutside)
      ?.place,
    ...(isRefund &&
      refunded && { refundedTotal: isMinor ? { minor: refunded.place } : refunded.place }),
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
  const around = leaves
    .filter(
      (leaf) =>
        isId(leaf) && leaf.key === 'id' && isOwn(leaf) && near.startsWith(parentOf(leaf.place)),
    )
    .sort((a, b) => shared(b.place, near) - shared(a.place, near))[0];
  const ofOrder = leaves.find((leaf) => isId(leaf) && /(?:^|\.)order\.id$/.test(leaf.place));
  const isBeside = (leaf: Leaf): boolean =>
    isId(leaf) && (around === undefined || parentOf(leaf.place) === parentOf(around.place));
  const byName = named(leaves, 'orderid|saleid|purchaseid', isBeside);
  const others =
    'orderid|saleid|purchaseid transactionid|paymentid|invoiceid|checkoutid|chargeid ordernumber|number|reference id|uuid|uid|uri';
  return (ofOrder ?? byName ?? around ?? named(leaves, others, isId))?.place;
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
    const code = named(leavesOfOne(first), 'code|couponcode|name');
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

const leavesOfOne = (value: JsonObject): readonly Leaf[] =>
  Object.keys(value).map((key) => ({
    place: key,
    keys: [key],
    key: key.toLowerCase().replace(/[^a-z]/g, ''),
    value: value[key],
  }));

/** The subscription, where the topic or the body speaks of one. */
export function subscriptionIn(leaves: readonly Leaf[], isAbout: boolean): Draft | undefined {
  const isOf = ({ keys }: Leaf): boolean =>
    isAbout || keys.some((key) => /subscription|membership|plan|recurring/i.test(key));
  const own = leaves.filter((leaf) => isOutside(leaf) && isOf(leaf));
  const named_ =
    named(own, 'subscriptionid|membershipid|subscriptioncode', isId) ??
    own.find((leaf) => /(?:subscription|membership)\.id$/i.test(leaf.place));
  const isEntity = (leaf: Leaf): boolean => leaf.key === 'id' && isId(leaf);
  const deepest = isAbout
    ? own
        .filter(isEntity)
        .find(
          (leaf) =>
            /^(?:data|payload|object|data\.object|resource)?\.?id$/.test(leaf.place) &&
            (leaf.keys.length > 1 ||
              !leaves.some(({ place }) =>
                /^(?:data|payload|resource)\.id$|^data\.object\.id$/.test(place),
              )),
        )
    : undefined;
  const id = (named_ ?? deepest)?.place;
  if (id === undefined) return undefined;
  const inItems = leaves.filter(
    (leaf) => isScalar(leaf) && /items(?:\.data)?\.0\./.test(leaf.place),
  );
  const planNames = [...own, ...inItems];
  const nearest = [...own].sort((a, b) => shared(b.place, id) - shared(a.place, id));
  const interval = named(
    [...nearest, ...inItems],
    'interval|billinginterval|recurringinterval|billingperiod|planinterval|intervalunit|period',
  );
  const count = leaves.find(
    (leaf) =>
      interval &&
      parentOf(leaf.place) === parentOf(interval.place) &&
      /^(?:intervalcount|frequency|recurringintervalcount|billinginterval|intervalfrequency)$/.test(
        leaf.key,
      ) &&
      leaf !== interval &&
      /^\d+$/.test(String(leaf.value)),
  );
  return defined({
    id,
    planId: (
      named(planNames, 'planid|priceid|productid') ??
      planNames.find(({ place }) => /plan\.id$|product\.id$|price\.id$/.test(place))
    )?.place,
    planName: (
      named(planNames, 'planname|productname|plantitle') ??
      planNames.find(({ place }) =>
        /(?:plan|product|price)\.(?:name|title|nickname)$/.test(place),
      ) ??
      named(planNames, 'plan', (leaf) => typeof leaf.value === 'string')
    )?.place,
    status: named(own, 'subscriptionstatus|status')?.place,
    interval: interval && (count ? { unit: interval.place, count: count.place } : interval.place),
  });
}

/** The places with the answers of a form. */
export function answersIn(
  leaves: readonly Leaf[],
  body: JsonObject,
  isForm: boolean,
): readonly string[] {
  const isAnswers = (leaf: Leaf): boolean => {
    if (Array.isArray(leaf.value)) {
      return leaf.value.some(isAnswer) && answersAt(body, leaf.value).length > 0;
    }
    const isNamed =
      /^(?:answers|fields|responses|formfields|formdata|submission|data|formresponse|questions|values)$/.test(
        leaf.key,
      );
    return (
      isForm &&
      isNamed &&
      isObject(leaf.value) &&
      !Object.values(leaf.value).some(isLarge) &&
      Object.values(leaf.value).filter((one) => typeof one !== 'object').length > 1
    );
  };
  const found = leaves.filter(
    (leaf) =>
      !isScalar(leaf) &&
      !isInList(leaf) &&
      !/definition|hidden/.test(leaf.place) &&
      isAnswers(leaf),
  );
  const lists = found.filter(({ value }) => Array.isArray(value));
  return (lists.length > 0 ? lists : found.slice(-1)).map(({ place }) => place);
}

const isLarge = (value: unknown): boolean => isObject(value) && Object.keys(value).length > 2;

/** A question and what was answered. */
const isAnswer = (one: unknown): boolean => {
  if (!isObject(one)) return false;
  const keys = Object.keys(one).map((key) => key.toLowerCase());
  if (keys.includes('questions')) return true;
  const asks = keys.some((key) =>
    /^(?:question|label|field|title|key|ref|slug|heading|question_?id|name)$/.test(key),
  );
  const answers = keys.some((key) =>
    /^(?:answers?|values?|response|text|choices?|email|number|boolean)$/.test(key),
  );
  return asks && answers && !keys.some((key) => /price|quantity|sku|amount/.test(key));
};

/** The form around answers. */
export function formIn(leaves: readonly Leaf[], answers: readonly string[]): Draft | undefined {
  if (answers.length === 0) return undefined;
  const ofForm = (key: string) =>
    leaves.find(
      (leaf) =>
        isOutside(leaf) && new RegExp(`(?:form|survey|definition)\\.${key}$`, 'i').test(leaf.place),
    );
  return defined({
    id: (named(leaves, 'formid|surveyid', isOutside) ?? ofForm('id'))?.place,
    name: (
      named(leaves, 'formname|formtitle|surveytitle|surveyname', isOutside) ??
      ofForm('(?:title|name)')
    )?.place,
    answers: answers.length === 1 ? answers[0] : answers,
  });
}
