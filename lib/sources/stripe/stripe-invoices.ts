import type { EventType } from '../../events/event.ts';
import { at, type JsonObject, text } from '../payload/access.ts';
import { type EntityDraft, itemsAt, MAX_PARTS, type SubscriptionDraft } from '../payload/draft.ts';
import { decimal } from '../payload/fields.ts';
import { order, person, subscriptionMetadata } from './stripe-fields.ts';
import { planAt } from './stripe-plan.ts';

const BY_REASON = new Map<string, EventType>([
  ['subscription_create', 'subscription.started'],
  ['subscription_cycle', 'subscription.renewed'],
  ['subscription_update', 'subscription.changed'],
]);

/** From then on a subscription's first invoice is a `subscription_create` (docs.stripe.com/changelog/2018-10-31). */
const KNOWS_CREATE = '2018-10-31';

/**
 * `invoice.paid`, and `invoice.payment_succeeded`, which reports the same invoice, also when only a part of it was
 * paid.
 */
export function paidInvoice(object: JsonObject, event: JsonObject): EntityDraft {
  if ((text(object, 'status') ?? 'paid') !== 'paid') {
    const hint = 'the invoice is not paid in full: invoice.paid reports when it is';
    return { ...invoice(object), types: [], hint };
  }
  const reason = text(object, 'billing_reason') ?? '';
  const isFirst =
    reason === 'subscription_update' &&
    (text(event, 'api_version') ?? KNOWS_CREATE) < KNOWS_CREATE &&
    !itemsAt(object, 'lines.data').some(isProration);
  const type = isFirst ? 'subscription.started' : (BY_REASON.get(reason) ?? 'order.paid');
  return { ...invoice(object), types: [type] };
}

export const unpaidInvoice = (object: JsonObject): EntityDraft => ({
  ...invoice(object),
  types: ['payment.failed'],
});

/** What an invoice says, whatever became of it. */
export function invoice(object: JsonObject): Omit<EntityDraft, 'types'> {
  const lines = itemsAt(object, 'lines.data');
  // With too many lines the event is refused, and they need no look.
  const isBought = (line: unknown) =>
    lines.length > MAX_PARTS || !(isProration(line) || isCredit(line));
  const bought = order(object, text(object, 'id'), object.total, lines.filter(isBought));
  return {
    contact: person(object),
    order: { ...bought, number: text(object, 'number') },
    subscription: subscriptionOf(object, lines),
  };
}

/** An invoice whose subscription has no id, as in some old versions, is read without a subscription. */
function subscriptionOf(
  object: JsonObject,
  lines: readonly unknown[],
): SubscriptionDraft | undefined {
  const line = planLine(lines);
  const id =
    text(object, 'parent.subscription_details.subscription', 'subscription', 'subscription.id') ??
    text(
      line,
      ...['parent.subscription_item_details.subscription', 'subscription'],
      'parent.invoice_item_details.subscription',
    );
  if (id === undefined) return undefined;
  return {
    id,
    ...planAt({
      item: line,
      // A line of a subscription has the subscription's metadata (docs.stripe.com/changelog/2014-11-20).
      metadata: [...subscriptionMetadata(object), at(line, 'metadata')],
      currency: object.currency,
      description: text(line, 'description'),
      isProration: isProration(line),
    }),
  };
}

/**
 * The line of the subscription's present plan. Stripe puts pending items, and prorations of an earlier plan, before
 * it (docs.stripe.com/api/invoices/object, checked 2026-11-21). Where all lines are prorations, as after a change
 * of plan, the credits are of the plan that was given up.
 */
function planLine(lines: readonly unknown[]): unknown {
  const isPlan = (line: unknown) =>
    text(line, 'parent.type') === 'subscription_item_details' ||
    text(line, 'type') === 'subscription';
  return (
    lines.find((line) => isPlan(line) && !isProration(line)) ??
    lines.find((line) => isProration(line) && !isCredit(line)) ??
    lines.find((line) => !isCredit(line))
  );
}

/** Older API versions write `proration` on the line itself. */
const isProration = (line: unknown): boolean => PRORATIONS.some((path) => at(line, path) === true);

const PRORATIONS = [
  'proration',
  'parent.subscription_item_details.proration',
  'parent.invoice_item_details.proration',
];

const isCredit = (line: unknown): boolean => (decimal(at(line, 'amount')) ?? 0) < 0;
