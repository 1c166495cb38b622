import type { EventType } from '../../events/event.ts';
import { at, type JsonObject, text } from '../payload/access.ts';
import { type EntityDraft, type EntityReader, itemsAt } from '../payload/draft.ts';
import { order, person } from './stripe-fields.ts';
import { planAt } from './stripe-plan.ts';

/** A session is placed when completed, and paid when its status says so: bank debits take days. */
export function completedSession(object: JsonObject): EntityDraft {
  if (text(object, 'mode') === 'setup') {
    const hint = 'a session in setup mode saves a card: nothing was bought';
    return { ...session(object), types: [], hint };
  }
  const isPaid = /^(?:paid|no_payment_required)$/.test(text(object, 'payment_status') ?? '');
  return { ...session(object), types: [isPaid ? 'order.paid' : 'order.created'] };
}

export const sessionAs =
  (type: EventType): EntityReader =>
  (object) => ({ ...session(object), types: [type] });

/** Nobody paid in time. It names somebody where the shop knew the e-mail, or it was filled in. */
export function expiredSession(object: JsonObject): EntityDraft {
  const hint = 'the session that expired names nobody, or was to save a card alone';
  const isSetup = text(object, 'mode') === 'setup';
  return { ...session(object), types: isSetup ? [] : ['checkout.abandoned'], hint };
}

function session(object: JsonObject): Omit<EntityDraft, 'types'> {
  // Stripe leaves line_items out of webhooks; shops that forward sessions themselves may add them.
  const lines = itemsAt(object, 'line_items.data');
  const id = text(object, 'subscription', 'subscription.id');
  const plan = planAt({
    item: lines.find((line) => at(line, 'price.recurring')),
    metadata: [object.metadata],
    currency: object.currency,
  });
  return {
    contact: person(object),
    order: order(object, text(object, 'id'), object.amount_total, lines),
    subscription: id === undefined ? undefined : { id, ...plan },
  };
}

/** The order's id is the payment intent: a charge does not know its session. */
export const refundedCharge = (object: JsonObject): EntityDraft => ({
  types: [object.refunded === true ? 'order.refunded' : 'order.partially_refunded'],
  contact: person(object),
  order: order(object, text(object, 'payment_intent', 'id'), object.amount),
});

/**
 * What Stripe writes on the payment of an invoice, seen in public fixtures (2026-11-28). API versions from
 * 2025-03-31 on have no `invoice` on a payment.
 */
const OF_AN_INVOICE = /^(?:Subscription (?:creation|update)|Payment for Invoice)$/;

/**
 * A charge or a payment intent, for shops that have neither sessions nor invoices. Where it pays an invoice, the
 * invoice says more. Whether it belongs to a session cannot be known.
 */
export const payment =
  (type: EventType, invoiceTopic: string): EntityReader =>
  (object) => {
    const isCharge = text(object, 'object') === 'charge';
    const paid = isCharge ? object.amount_captured : object.amount_received;
    const total = type === 'order.paid' ? (paid ?? object.amount) : object.amount;
    const id = text(object, ...(isCharge ? ['payment_intent'] : []), 'id');
    const found = { contact: person(object), order: order(object, id, total) };
    const isInvoice = OF_AN_INVOICE.test(text(object, 'description') ?? '');
    if (isInvoice || text(object, 'invoice', 'invoice.id')) {
      return { ...found, types: [], hint: `it pays an invoice: subscribe to ${invoiceTopic}` };
    }
    if (type === 'order.paid' && object.captured === false) {
      const hint = 'it is authorized, not paid: subscribe to charge.captured';
      return { ...found, types: [], hint };
    }
    const hint =
      'the payment names nobody: put the address into receipt_email or metadata.email, or subscribe to ' +
      `checkout.session.completed or ${invoiceTopic}`;
    return { ...found, types: [type], hint };
  };
