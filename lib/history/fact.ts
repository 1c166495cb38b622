import * as z from 'zod/mini';
import { EVENT_TYPES, SourceName } from '../events/event.ts';

/** What a customer can have a history of. */
export const FACT_KINDS = ['order', 'subscription', 'form', 'event'] as const;
export type FactKind = (typeof FACT_KINDS)[number];

const text = z.string().check(z.minLength(1));
const texts = z.optional(z.array(text));

/** An item of an order, without what the buyer wrote: it holds nothing of the person. */
const FactItem = z.object({
  title: z.optional(text),
  sku: z.optional(text),
  productId: z.optional(text),
  variantId: z.optional(text),
  quantity: z.optional(z.number()),
  price: z.optional(z.number()),
  vendor: z.optional(text),
  variant: z.optional(text),
});
export type FactItem = z.infer<typeof FactItem>;

/** What one event said of an order. What it did not say is absent. Amounts are in major units of `currency`. */
const OrderState = z.object({
  /** Other ids by which the sender calls the same order, or parts of it: facts that share one are about one order. */
  also: texts,
  /** When it was placed, where the sender says so. Epoch milliseconds. */
  placedAt: z.optional(z.number()),
  number: z.optional(text),
  total: z.optional(z.number()),
  currency: z.optional(text),
  items: z.optional(z.array(FactItem)),
  tags: texts,
  discountCodes: texts,
  channel: z.optional(text),
  refundedTotal: z.optional(z.number()),
  refundedItems: z.optional(z.array(FactItem)),
  /** Whether it is canceled, of senders that say all of an order each time; elsewhere the type of the event says it. */
  canceled: z.optional(z.boolean()),
  test: z.boolean(),
});

const SubscriptionState = z.object({
  planId: z.optional(text),
  planName: z.optional(text),
  status: z.optional(text),
  interval: z.optional(text),
  price: z.optional(z.number()),
  test: z.boolean(),
});

/** A form's own id and name, and nothing that was filled in. */
const FormState = z.object({ formId: z.optional(text), name: z.optional(text), test: z.boolean() });

/** `name`: the event's type; of an event of type `custom` the sender's topic. */
const EventState = z.object({ name: text, test: z.boolean() });

const FACT_STATES = {
  order: OrderState,
  subscription: SubscriptionState,
  form: FormState,
  event: EventState,
} as const satisfies Record<FactKind, unknown>;
export type FactState<K extends FactKind = FactKind> = z.infer<(typeof FACT_STATES)[K]>;

const factOf = <K extends FactKind>(kind: K) =>
  z.object({
    kind: z.literal(kind),
    source: SourceName,
    /** The sender's id of the order, refund or subscription; of a form or event the id of the event itself. */
    id: z.string().check(z.minLength(1), z.maxLength(600)),
    type: z.enum(EVENT_TYPES),
    /** When it happened, never later than it came in. Epoch milliseconds. */
    at: z.number(),
    state: FACT_STATES[kind],
  });

/** What one event says that a customer did. It holds ids, amounts, titles and times, and no name or address. */
export const Fact = z.discriminatedUnion('kind', [
  factOf('order'),
  factOf('subscription'),
  factOf('form'),
  factOf('event'),
]);
export type Fact = z.infer<typeof Fact>;

/** What is known of one thing that a customer did: of each type of event what the latest one said. */
export interface KeptFact {
  readonly kind: FactKind;
  readonly source: SourceName;
  readonly id: string;
  /** By event type. `at`: epoch milliseconds. */
  readonly states: Readonly<Record<string, { readonly at: number; readonly state: FactState }>>;
}

/** What is equal for all facts about one thing that a contact did. */
export const factKey = ({ kind, source, id }: Pick<KeptFact, 'kind' | 'source' | 'id'>): string =>
  `${kind} ${source} ${id}`;
