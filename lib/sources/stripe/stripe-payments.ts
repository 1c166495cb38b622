import type { EventType } from '../../events/event.ts';
import { itemsAt } from '../payload/draft.ts';
import { at, type JsonObject, text } from '../payload/json.ts';
import { type Meaning, order, person } from './stripe-fields.ts';
import { planAt } from './stripe-plan.ts';

/** A session is placed when completed and paid when its status says so: bank debits take days. */
export function completedSession(object: JsonObject): Meaning {
  if (text(object, 'mode') === 'setup') {
    return {
      ...session(object),
      types: [],
      hint: 'a session in setup mode saves a card: nothing was bought',
    };
  }
  const status = text(object, 'payment_status');
  const isPaid = status === 'paid' || status === 'no_payment_required';
  return sessionAs(isPaid ? 'order.paid' : 'order.created')(object);
}

export const sessionAs =
  (type: EventType) =>
  (object: JsonObject): Meaning => ({ ...session(object), types: [type] });

/** Nobody paid in time. It names somebody where the shop knew the e-mail, or it was filled in. */
export function expiredSession(object: JsonObject): Meaning {
  const hint = 'the session that expired names nobody, or was to save a card alone';
  const isSetup = text(object, 'mode') === 'setup';
  return { ...session(object), types: isSetup ? [] : ['checkout.abandoned'], hint };
}

function session(object: JsonObject): Omit<Meaning, 'types'> {
  // Stripe leaves line_items out of webhooks: they are there for those who send sessions on themselves.
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

/** The charge knows its payment intent and not the session: so that is the id of the order here. */
export const refundedCharge = (object: JsonObject): Meaning => ({
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
 * A charge or a payment intent, for shops that have neither sessions nor invoices. That of an invoice is told with
 * more of it by the invoice. Which belong to a session cannot be told.
 */
export const payment =
  (type: EventType, invoiceTopic: string) =>
  (object: JsonObject): Meaning => {
    const isCharge = text(object, 'object') === 'charge';
    const paid = isCharge ? object.amount_captured : object.amount_received;
    const total = type === 'order.paid' ? (paid ?? object.amount) : object.amount;
    const found = {
      contact: person(object),
      order: order(object, text(object, ...(isCharge ? ['payment_intent'] : []), 'id'), total),
    };
    if (
      text(object, 'invoice', 'invoice.id') ||
      OF_AN_INVOICE.test(text(object, 'description') ?? '')
    ) {
      return { ...found, types: [], hint: `it pays an invoice: subscribe to ${invoiceTopic}` };
    }
    if (type === 'order.paid' && object.captured === false) {
      return {
        ...found,
        types: [],
        hint: 'it is authorized, not paid: subscribe to charge.captured',
      };
    }
    const hint =
      'the payment names nobody: put the address into receipt_email or metadata.email, or subscribe to ' +
      `checkout.session.completed or ${invoiceTopic}`;
    return { ...found, types: [type], hint };
  };
