import { textIn, valueAt } from '../../../../lib/sources/described/values.ts';
import { asText, type JsonObject } from '../../../../lib/sources/payload/access.ts';
import type { Delivery } from '../../../../lib/sources/source.ts';
import { type AroundDraft, aroundIn, typeFor } from './around.ts';
import { answersIn, formIn } from './form.ts';
import { invented } from './invented.ts';
import { defined, leavesOf, named, type Section } from './leaves.ts';
import { type Money, moneyIn } from './money.ts';
import { orderIn } from './order.ts';
import { type Person, personIn } from './person.ts';
import { subscriptionIn } from './subscription.ts';

/** What one body says. */
export interface Part {
  readonly around: AroundDraft;
  readonly topic: string;
  readonly contact: Readonly<Record<string, string>>;
  readonly meaning: Readonly<Record<string, unknown>>;
  readonly sample: Readonly<Record<string, unknown>>;
  readonly remarks: readonly string[];
}

const NO_ORDER = /^(?:form|customer|consent|subscription\.(?!renewed))/;

const isPaid = (leaves: ReturnType<typeof leavesOf>): boolean =>
  named(leaves, 'status|orderstatus|paymentstatus', ({ value }) => value === 'paid') !== undefined;

/** What a body says, drafted by itself. */
export function partOf(body: JsonObject, delivery: Delivery): Part {
  const leaves = leavesOf(body);
  const around = aroundIn(leaves, delivery.headers, 'event');
  const scope = { body, here: body, headers: delivery.headers };
  const said = typeof around.topic === 'string' ? textIn(scope, around.topic) : undefined;
  const answers = answersIn(leaves, body, said === undefined || /^form/.test(typeFor(said)));
  const money = moneyIn(leaves);
  const isRefund = /refund/i.test(said ?? '');
  const found = orderIn(leaves, money, { isRefund, eventId: around.id });
  const worded = typeFor(said, { order: found !== undefined, answers: answers.length > 0 });
  const type = worded === 'order.created' && isPaid(leaves) ? 'order.paid' : worded;
  const order = NO_ORDER.test(type) ? undefined : found;
  const subscription = subscriptionIn(leaves, type.startsWith('subscription.'));
  const form = type.startsWith('customer.') ? undefined : formIn(leaves, answers);
  const person = personIn(leaves, answers);
  const email = asText(valueAt(scope, person.fields.email ?? ''));
  // An order of which nothing is known would match every rule.
  const is = type.startsWith('order.') && order === undefined ? 'custom' : type;
  const topic = said ?? 'event';
  return {
    ...{ around, topic, contact: person.fields },
    meaning: { is, ...defined({ order, subscription, form }) },
    sample: sampleOf(delivery, topic, around, invented(body, answers, email)),
    remarks: [
      ...(said === undefined ? [`No topic is found: every body is taken for ${is}.`] : []),
      ...remarksOnPerson(person, form !== undefined),
      ...(order ? remarksOnOrder(order, money) : []),
      ...(is === 'custom' ? [`What ${topic} means is not known: say it in \`is\`.`] : []),
    ],
  };
}

function remarksOnPerson({ fields, doubts }: Person, hasForm: boolean): readonly string[] {
  if (doubts.length > 0) {
    return [`The e-mail may also be ${doubts.join(' or ')}, which are as likely the customer's.`];
  }
  return fields.email === undefined && !hasForm ? ['No e-mail of a customer is found.'] : [];
}

function remarksOnOrder(order: Section, { total, isGuess, isMinor }: Money): readonly string[] {
  const unit = isMinor ? 'minor units (cents)' : 'whole units';
  return [
    ...(total && isGuess
      ? [`${total.place} is taken for ${unit}: nothing in the body proves it.`]
      : []),
    ...(order.items ? [] : ['No items are found.']),
  ];
}

function sampleOf(
  { headers, body: bytes }: Delivery,
  topic: string,
  around: AroundDraft,
  body: unknown,
): Record<string, unknown> {
  const isForm = !/^\s*[[{"]/.test(bytes.toString('latin1', 0, 200));
  const used = Object.entries(headers).filter(([name]) =>
    [around.topic, around.id].includes(`header ${name}`),
  );
  return {
    topic,
    ...(used.length > 0 && { headers: Object.fromEntries(used) }),
    [isForm ? 'form' : 'body']: body,
  };
}
