import type { CustomerEvent } from '../events/event.ts';
import { text } from '../sources/payload/access.ts';
import type { Fact } from './fact.ts';
import { defined, factId, factText } from './fact-texts.ts';
import { orderFacts } from './order-facts.ts';
import { happenedAt } from './times.ts';

/**
 * What the events say that a customer did.
 * @param receivedAt when they came in, in epoch milliseconds: no fact is later
 */
export const factsOf = (events: readonly CustomerEvent[], receivedAt: number): Fact[] =>
  events.flatMap((event) => {
    const facts = [...orderFacts(event, receivedAt), ...otherFacts(event, receivedAt)];
    return facts.length > 0 ? facts : [eventFact(event, receivedAt)];
  });

function otherFacts(event: CustomerEvent, receivedAt: number): readonly Fact[] {
  const { type, subscription } = event;
  if (type.startsWith('subscription.') && subscription) {
    return [subscriptionFact(event, subscription, receivedAt)];
  }
  if (type === 'form.submitted') return [formFact(event, receivedAt)];
  // Rules hear it by its topic, also where it says something of an order.
  return type === 'custom' ? [eventFact(event, receivedAt)] : [];
}

function subscriptionFact(
  event: CustomerEvent,
  { id, planId, planName, status, interval, price }: NonNullable<CustomerEvent['subscription']>,
  receivedAt: number,
): Fact {
  const { source, type, test } = event;
  const state = {
    planId: factText(planId),
    planName: factText(planName),
    status: factText(status),
    interval: factText(interval),
    price,
    test,
  };
  const at = happenedAt(event, receivedAt);
  return { kind: 'subscription', source, id: factId(id), type, at, state: defined(state) };
}

function formFact(event: CustomerEvent, receivedAt: number): Fact {
  const { source, id, type, form, test, data } = event;
  // Wix reports one submission twice: as it comes in, and when its contact is known.
  const submission = source === 'wix' ? text(data, 'entityId') : undefined;
  const state = { formId: factText(form?.id), name: factText(form?.name), test };
  const at = happenedAt(event, receivedAt);
  return { kind: 'form', source, id: factId(submission ?? id), type, at, state: defined(state) };
}

function eventFact(event: CustomerEvent, receivedAt: number): Fact {
  const { source, id, type, topic, test } = event;
  const name = factText(type === 'custom' ? topic : type) ?? type;
  const at = happenedAt(event, receivedAt);
  return { kind: 'event', source, id: factId(id), type, at, state: { name, test } };
}
