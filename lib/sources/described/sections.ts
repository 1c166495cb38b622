import type { Contact, Form, Items, Order, Subscription } from '../authoring/schema.ts';
import { yesOrNo } from '../flat/flat-keys.ts';
import { answersAt, type FormAnswer } from '../flat/form-answers.ts';
import {
  type ContactDraft,
  type ItemDraft,
  type OrderDraft,
  type SubscriptionDraft,
  upToTooMany,
} from '../payload/draft.ts';
import { currencyCode, hasName, intervalOf, splitName } from '../payload/fields.ts';
import {
  amountIn,
  asList,
  elementsAt,
  emailIn,
  holds,
  type Scope,
  shownIn,
  textIn,
  textMapIn,
  textsIn,
  valueAt,
} from './values.ts';

/** The person, with what only the answers of a form have; both names come from one of the two. */
export function contactIn(scope: Scope, form: Contact, answering: ContactDraft = {}): ContactDraft {
  const split = splitName(shownIn(scope, form.name));
  const given = {
    firstName: shownIn(scope, form.firstName) ?? split.firstName,
    lastName: shownIn(scope, form.lastName) ?? split.lastName,
  };
  const { firstName, lastName } = hasName(given) ? given : answering;
  return {
    email: emailIn(scope, form.email) ?? answering.email,
    phone: textIn(scope, form.phone) ?? answering.phone,
    firstName,
    lastName,
    country: textIn(scope, form.country),
    language: textIn(scope, form.language),
    acceptsMarketing:
      form.acceptsMarketing === undefined
        ? undefined
        : yesOrNo(valueAt(scope, form.acceptsMarketing)),
    contactId: textIn(scope, form.contactId),
    memberId: textIn(scope, form.memberId),
  };
}

/** The order; undefined where its id is not found. */
export function orderIn(scope: Scope, form: Order | undefined): OrderDraft | undefined {
  const id = textIn(scope, form?.id);
  if (form === undefined || id === undefined) return undefined;
  const currency = currencyCode(textIn(scope, form.currency));
  const refundedTotal = amountIn(scope, form.refundedTotal, currency);
  return {
    id,
    number: textIn(scope, form.number),
    total: amountIn(scope, form.total, currency),
    currency,
    items: itemsIn(scope, form.items, currency),
    tags: textsIn(scope, form.tags),
    discountCodes: textsIn(scope, form.discountCodes),
    shippingCountry: textIn(scope, form.shippingCountry),
    paymentMethod: textIn(scope, form.paymentMethod),
    channel: textIn(scope, form.channel),
    // Some senders write what they paid back below zero.
    refundedTotal: refundedTotal === undefined ? undefined : Math.abs(refundedTotal),
    refundedItems: form.refundedItems && itemsIn(scope, form.refundedItems, currency),
    attributes: textMapIn(scope, form.attributes),
  };
}

const itemsIn = (
  scope: Scope,
  form: Order['items'],
  currency: string | undefined,
): readonly ItemDraft[] =>
  upToTooMany(
    asList<Items>(form).flatMap((one) =>
      elementsAt(scope, one.each)
        .filter((element) => holds(element, one.when))
        .map((element) => itemIn(element, one, currency)),
    ),
  );

const itemIn = (element: Scope, form: Items, currency: string | undefined): ItemDraft => ({
  title: shownIn(element, form.title),
  sku: textIn(element, form.sku),
  productId: textIn(element, form.productId),
  variantId: textIn(element, form.variantId),
  quantity: amountIn(element, form.quantity),
  price: amountIn(element, form.price, currency),
  vendor: shownIn(element, form.vendor),
  variant: shownIn(element, form.variant),
  options: textMapIn(element, form.options),
});

/** The subscription; undefined where its id is not found. */
export function subscriptionIn(
  scope: Scope,
  form: Subscription | undefined,
  orderCurrency: string | undefined,
): SubscriptionDraft | undefined {
  const id = textIn(scope, form?.id);
  if (form === undefined || id === undefined) return undefined;
  const currency = currencyCode(textIn(scope, form.currency)) ?? orderCurrency;
  return {
    id,
    planId: textIn(scope, form.planId),
    planName: shownIn(scope, form.planName),
    status: textIn(scope, form.status),
    interval: intervalIn(scope, form.interval),
    price: amountIn(scope, form.price, currency),
  };
}

const intervalIn = (scope: Scope, form: Subscription['interval']): string | undefined =>
  typeof form === 'object' && 'unit' in form
    ? intervalOf(textIn(scope, form.unit), textIn(scope, form.count))
    : textIn(scope, form);

interface FilledForm {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly answers: readonly FormAnswer[];
}

/** The form that was filled in, with its answers, among which the person is found. */
export function formIn(scope: Scope, form: Form | undefined): FilledForm | undefined {
  if (form === undefined) return undefined;
  const answers = asList(form.answers).flatMap((place) =>
    answersAt(scope.body, valueAt(scope, place)),
  );
  const first = new Map<string, string>();
  for (const { label, value } of upToTooMany(answers)) {
    if (value !== '' && !first.has(label)) first.set(label, value);
  }
  return {
    id: textIn(scope, form.id),
    name: shownIn(scope, form.name),
    fields: { ...Object.fromEntries(first), ...textMapIn(scope, form.fields) },
    answers: upToTooMany(answers),
  };
}
