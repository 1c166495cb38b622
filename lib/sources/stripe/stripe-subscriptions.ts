import type { EventType } from '../../events/event.ts';
import { at, isObject, type JsonObject, text } from '../payload/access.ts';
import { type EntityDraft, type EntityReader, itemsAt } from '../payload/draft.ts';
import { person } from './stripe-fields.ts';
import { planAt } from './stripe-plan.ts';

const NOBODY =
  'the subscription names no customer: put the address into its metadata.email, or subscribe to invoice.paid';

export const subscriptionAs =
  (...types: readonly EventType[]): EntityReader =>
  (object) => ({ ...subscription(object), types });

/** Without `metadata.email` it names nobody; the paid invoice reports the same with a name. */
export function createdSubscription(object: JsonObject): EntityDraft {
  if (/^(?:active|trialing)$/.test(text(object, 'status') ?? '')) {
    return { ...subscription(object), types: ['subscription.started'], hint: NOBODY };
  }
  const hint = 'the subscription is not active yet: subscribe to invoice.paid';
  return { ...subscription(object), types: [], hint };
}

/** `previous_attributes` says what changed; a status says nothing by itself. */
export function updatedSubscription(object: JsonObject, event: JsonObject): EntityDraft {
  const before = at(event, 'data.previous_attributes');
  const types: EventType[] = [];
  if (isObject(before)) {
    if (isOtherPlan(object, before)) types.push('subscription.changed');
    if (isGivenNotice(object, before)) types.push('subscription.will_end');
    if ('pause_collection' in before) {
      types.push(object.pause_collection ? 'subscription.paused' : 'subscription.resumed');
    }
  }
  const hint =
    types.length > 0 ? NOBODY : 'of its updates only changes of plan, notice and pauses are events';
  return { ...subscription(object), types, hint };
}

function isGivenNotice(object: JsonObject, before: JsonObject): boolean {
  const atPeriodEnd = before.cancel_at_period_end === false && object.cancel_at_period_end === true;
  const atDate = before.cancel_at === null && typeof object.cancel_at === 'number';
  return (atPeriodEnd || atDate) && text(object, 'status') !== 'canceled';
}

/** Each renewal lists the items as changed, since they hold its dates (docs.stripe.com/changelog/basil, 2025-03-31). */
function isOtherPlan(object: JsonObject, before: JsonObject): boolean {
  const items = itemsAt(before, 'items.data');
  if (items.some((item) => text(item, 'price.id', 'plan.id') !== undefined)) {
    return plansOf(items) !== plansOf(itemsAt(object, 'items.data'));
  }
  const plan = text(before, 'plan.id');
  return (
    (plan !== undefined && plan !== text(object, 'plan.id', 'items.data.0.price.id')) ||
    (typeof before.quantity === 'number' && before.quantity !== object.quantity)
  );
}

const plansOf = (items: readonly unknown[]): string =>
  items
    .map((item) => `${text(item, 'price.id', 'plan.id')} × ${text(item, 'quantity') ?? 1}`)
    .sort()
    .join();

function subscription(object: JsonObject): Omit<EntityDraft, 'types'> {
  const [item] = itemsAt(object, 'items.data');
  return {
    contact: person(object),
    subscription: {
      id: text(object, 'id'),
      status: text(object, 'status'),
      ...planAt({ item: item ?? object, metadata: [object.metadata], currency: object.currency }),
    },
  };
}
