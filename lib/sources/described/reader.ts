import type { EventType } from '../../events/event.ts';
import { answeringContact } from '../flat/flat-contact.ts';
import { readBody } from '../flat/form-body.ts';
import { bodyDigest, NO_EVENT, toReading, unreadable } from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import type { Delivery, Reading, Verified } from '../source.ts';
import type { Description } from './description.ts';
import { contactIn, formIn, orderIn, subscriptionIn } from './sections.ts';
import { asList, holds, type Scope, textIn, textsIn } from './values.ts';

export type Meaning = Exclude<Description['events'][string], readonly unknown[]>;

/** Reads a delivery as the sender's file describes it. */
export function readDescribed(description: Description, delivery: Verified): Reading {
  const scope = scopeOf(delivery);
  if (typeof scope === 'string') return unreadable(scope);
  const { event } = description;
  const topic = textIn(scope, event.topic);
  if (topic === undefined) {
    return unreadable(
      `it has no topic, which ${description.title} sends in ${placesOf(event.topic)}`,
    );
  }
  const meaning = meaningFor(description, topic, scope);
  const id = textIn(scope, event.id) ?? delivery.messageId ?? bodyDigest(delivery);
  return toReading(description.name, delivery, {
    ...thingsIn(scope, description, meaning ?? {}),
    id: `${topic}:${id}`,
    topic,
    occurredAt: isoTime(textIn(scope, event.time)),
    test: event.test !== undefined && holds(scope, event.test),
    hint: meaning?.pass ?? hintFor(description, topic),
    incomplete: meaning?.incomplete,
    data: scope.body,
  });
}

/** Where the places of a file begin in a delivery, or why it cannot be read. */
export function scopeOf(delivery: Delivery): Scope | string {
  const body = readBody(delivery);
  return typeof body === 'string' ? body : { body, here: body, headers: delivery.headers };
}

const placesOf = (topic: Description['event']['topic']): string =>
  asList(topic)
    .map((one) => (typeof one === 'string' ? `\`${one}\`` : 'a value that the file describes'))
    .join(' or ');

/** The first meaning of the topic whose conditions hold. */
export function meaningFor(
  { events }: Description,
  topic: string,
  scope: Scope,
): Partial<Meaning> | undefined {
  const meanings: readonly Meaning[] = Object.hasOwn(events, topic) ? asList(events[topic]) : [];
  return meanings.find(
    ({ when, unless }) => holds(scope, when) && !(unless && holds(scope, unless)),
  );
}

const hintFor = ({ events, title }: Description, topic: string): string =>
  Object.hasOwn(events, topic)
    ? `${title} sends this topic for several things, and Earmark has no event type for this one`
    : NO_EVENT;

/** The order, the person and so on; a section of the event comes in place of the whole one at the top of the file. */
function thingsIn(scope: Scope, description: Description, meaning: Partial<Meaning>) {
  const at = <K extends 'contact' | 'order' | 'subscription' | 'form' | 'tags'>(section: K) =>
    meaning[section] ?? description[section];
  const filled = formIn(scope, at('form'));
  const order = orderIn(scope, at('order'));
  return {
    types: typesOf(meaning.is, order),
    contact: contactIn(scope, at('contact') ?? {}, filled && answeringContact(filled.answers)),
    order,
    subscription: subscriptionIn(scope, at('subscription'), order?.currency),
    form: filled && { id: filled.id, name: filled.name, fields: filled.fields },
    tags: textsIn(scope, at('tags')),
  };
}

/** What was paid back in part is no full refund, whatever the sender calls it. */
function typesOf(
  is: Meaning['is'],
  order: { readonly total?: number | undefined; readonly refundedTotal?: number | undefined } = {},
): readonly EventType[] {
  const { total, refundedTotal } = order;
  const isPart =
    total !== undefined &&
    refundedTotal !== undefined &&
    0 < refundedTotal &&
    refundedTotal < total;
  return asList(is).map((type) =>
    type === 'order.refunded' && isPart ? 'order.partially_refunded' : type,
  );
}
