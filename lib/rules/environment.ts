import { Environment } from '@marcbachmann/cel-js';
import type * as events from '../events/event.ts';
import { celValue, stepsOfJson } from './cel-value.ts';
import { registerFunctions } from './functions.ts';
import type { TakeSteps } from './steps.ts';

/**
 * What a rule can read: the fields of each type, by their CEL types. Where a sender leaves a text out, it is
 * mostly '', as in protobuf. Where '' would make a condition quietly wrong (a total, a currency, a title, a plan;
 * the whole order of an event without one), the field is missing, and reading it fails the rule. docs/rules.md
 * has the table.
 */
export const FIELDS = {
  Contact: {
    email: 'string',
    phone: 'string',
    firstName: 'string',
    lastName: 'string',
    contactId: 'string',
    memberId: 'string',
    country: 'string',
    language: 'string',
    acceptsMarketing: 'bool',
  },
  Item: {
    title: 'string',
    sku: 'string',
    productId: 'string',
    variantId: 'string',
    // A double: senders sell 0.5 kg, and CEL multiplies only numbers of one type (quantity * price).
    quantity: 'double',
    price: 'double',
    vendor: 'string',
    variant: 'string',
    options: 'map<string, string>',
  },
  Order: {
    id: 'string',
    number: 'string',
    total: 'double',
    currency: 'string',
    items: 'list<Item>',
    tags: 'list<string>',
    discountCodes: 'list<string>',
    shippingCountry: 'string',
    paymentMethod: 'string',
    channel: 'string',
    refundedTotal: 'double',
    refundedItems: 'list<Item>',
    attributes: 'map<string, string>',
  },
  Subscription: {
    id: 'string',
    planId: 'string',
    planName: 'string',
    status: 'string',
    interval: 'string',
    price: 'double',
  },
  Form: { id: 'string', name: 'string', fields: 'map<string, string>' },
  Event: {
    source: 'string',
    type: 'string',
    topic: 'string',
    id: 'string',
    occurredAt: 'google.protobuf.Timestamp',
    test: 'bool',
    contact: 'Contact',
    tags: 'list<string>',
    order: 'Order',
    subscription: 'Subscription',
    form: 'Form',
    data: 'map<string, dyn>',
  },
} as const;
export type TypeName = keyof typeof FIELDS;

/** The texts that are '' where the sender left them out. The others are always there, or missing. */
export const DEFAULT_TEXTS = {
  Contact: Object.keys(FIELDS.Contact).filter((field) => field !== 'acceptsMarketing'),
  Item: ['sku', 'productId', 'variantId', 'vendor', 'variant'],
  Order: ['number', 'shippingCountry', 'paymentMethod', 'channel'],
  Form: ['id', 'name'],
} as const satisfies Partial<Record<TypeName, readonly string[]>>;

// cel-js finds the type of a value by its constructor, so each type needs one of its own.
class Contact {}
class Subscription {}

/** A type with one field of the sender's JSON, which becomes CEL values when a rule reads it: most rules never do. */
const withLazy = (field: string) =>
  class {
    readonly #json: unknown;
    readonly #take: TakeSteps;
    #steps: number | undefined;
    #value: unknown;

    constructor(json: unknown, take: TakeSteps) {
      this.#json = json;
      this.#take = take;
    }

    get [field](): unknown {
      if (this.#value !== undefined) return this.#value;
      // Kept, for the other rules that ask and have too few steps left.
      this.#steps ??= stepsOfJson(this.#json);
      this.#take(this.#steps);
      this.#value = celValue(this.#json);
      return this.#value;
    }
  };
const Item = withLazy('options');
const Order = withLazy('attributes');
const Form = withLazy('fields');
const Event = withLazy('data');

/** The CEL environment in which every expression of rules.yml is checked and run. */
export function rulesEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: 1000, maxDepth: 50, maxListElements: 500, maxMapEntries: 100 },
  });
  const constructors = { Contact, Item, Order, Subscription, Form, Event };
  for (const name of Object.keys(FIELDS) as TypeName[]) {
    environment.registerType(name, { ctor: constructors[name], fields: FIELDS[name] });
  }
  return registerFunctions(environment).registerVariable('event', 'Event');
}

const free: TakeSteps = () => {};

/** What the expressions see of an event; `take` counts what it costs to read the sender's own data. */
export function ruleContext(event: events.CustomerEvent, take = free): { event: object } {
  const { contact, order, subscription, form, data, occurredAt, ...rest } = event;
  return {
    event: Object.assign(new Event(data, take), rest, {
      occurredAt: new Date(occurredAt),
      contact: withTexts(new Contact(), DEFAULT_TEXTS.Contact, contact),
      order: order && orderValue(order, take),
      subscription: subscription && Object.assign(new Subscription(), subscription),
      form: form && formValue(form, take),
    }),
  };
}

function formValue(form: NonNullable<events.CustomerEvent['form']>, take: TakeSteps): object {
  const { fields, ...rest } = form;
  return withTexts(new Form(fields, take), DEFAULT_TEXTS.Form, rest);
}

function orderValue({ attributes = {}, ...order }: events.Order, take: TakeSteps): object {
  const { items, refundedItems = [], discountCodes = [] } = order;
  const itemValue = ({ options = {}, ...item }: events.Item): object =>
    withTexts(new Item(options, take), DEFAULT_TEXTS.Item, item);
  return withTexts(new Order(attributes, take), DEFAULT_TEXTS.Order, {
    ...order,
    items: items.map(itemValue),
    refundedItems: refundedItems.map(itemValue),
    discountCodes,
  });
}

/** Fills `target`; the named texts are '' where `fields` has none. */
function withTexts<T extends object>(target: T, names: readonly string[], fields: object): T {
  const filled = target as Record<string, unknown>;
  const given = fields as Readonly<Record<string, unknown>>;
  for (const name of names) filled[name] = '';
  for (const name of Object.keys(given)) if (given[name] !== undefined) filled[name] = given[name];
  return target;
}
