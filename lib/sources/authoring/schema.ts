// The schema of a source's file, sources/<name>.yml. Build-time only: the bundle holds what the reader needs of it.
import * as z from 'zod';
import { EVENT_TYPES } from '../../events/event.ts';
import { Amount, Condition, place, Text, TextMap, Texts } from './forms.ts';
import { header, Proof } from './proofs.ts';

export const Contact = z.strictObject({
  email: Text.optional(),
  phone: Text.optional(),
  name: Text.describe('First and last name in one.').optional(),
  firstName: Text.optional(),
  lastName: Text.optional(),
  country: Text.describe('Two letters, ISO 3166-1.').optional(),
  language: Text.optional(),
  acceptsMarketing: place.describe('True or false, yes or no.').optional(),
  contactId: Text.describe(
    "The id of the Wix contact, where the sender knows Wix's contacts.",
  ).optional(),
  memberId: Text.describe('The id of the Wix member.').optional(),
});
export type Contact = z.infer<typeof Contact>;

export const Items = z.strictObject({
  each: place.describe('A list, or one object. `.` is the body itself: one item.'),
  when: Condition.describe('What must hold of the element; paths begin at it.').optional(),
  title: Text.optional(),
  sku: Text.optional(),
  productId: Text.optional(),
  variantId: Text.optional(),
  quantity: Amount.optional(),
  price: Amount.describe('Of one.').optional(),
  vendor: Text.optional(),
  variant: Text.optional(),
  options: TextMap.optional(),
});
export type Items = z.infer<typeof Items>;
const ItemLists = z
  .union([Items, z.array(Items).min(1)])
  .describe('The items; of several lists all.');

export const Order = z
  .strictObject({
    id: Text,
    number: Text.optional(),
    total: Amount.optional(),
    currency: Text.optional(),
    items: ItemLists.optional(),
    tags: Texts.optional(),
    discountCodes: Texts.optional(),
    shippingCountry: Text.optional(),
    paymentMethod: Text.optional(),
    channel: Text.optional(),
    refundedTotal: Amount.optional(),
    refundedItems: ItemLists.optional(),
    attributes: TextMap.optional(),
  })
  .describe('The order. There is none where its `id` is not found.');
export type Order = z.infer<typeof Order>;

export const Subscription = z
  .strictObject({
    id: Text,
    planId: Text.optional(),
    planName: Text.optional(),
    status: Text.optional(),
    interval: z
      .union([Text, z.strictObject({ unit: Text, count: Text })])
      .describe('`day`, `week`, `month` or `year`; with `unit` and `count` several of one.')
      .optional(),
    price: Amount.optional(),
    currency: Text.describe('Of the price, where that is in minor units.').optional(),
  })
  .describe('The subscription. There is none where its `id` is not found.');
export type Subscription = z.infer<typeof Subscription>;

export const Form = z
  .strictObject({
    id: Text.optional(),
    name: Text.optional(),
    answers: z
      .union([place, z.array(place).min(1)])
      .describe(
        'A list of questions and answers, or an object of them. The person is found among them, too.',
      )
      .optional(),
    fields: TextMap.describe('What was filled in, by name.').optional(),
  })
  .describe('The form that was filled in.');
export type Form = z.infer<typeof Form>;

const type = z.enum(EVENT_TYPES);
const types = z.union([type, z.array(type).min(1)]);

export const Event = z
  .strictObject({
    when: Condition.describe('When this is what the topic means.').optional(),
    unless: Condition.describe('When it is not.').optional(),
    is: types
      .describe("Earmark's type of the event; several where it says several things.")
      .optional(),
    pass: z
      .string()
      .min(1)
      .describe('Why it is passed over. A rule that names the topic hears it all the same.')
      .optional(),
    incomplete: z
      .string()
      .min(1)
      .describe('What the sender leaves out, where it names nobody: the dead letter says this.')
      .optional(),
    contact: Contact.partial().optional(),
    order: Order.optional(),
    subscription: Subscription.optional(),
    form: Form.optional(),
    tags: Texts.optional(),
  })
  .refine((event) => (event.is === undefined) !== (event.pass === undefined), {
    error: 'say what it is: `is` with a type, or `pass` with the reason, and not both',
  });

/** What stands around the data. */
export const Around = z
  .strictObject({
    topic: Text,
    id: Text.describe(
      'The id of the delivery, the same when it is sent again. Without one the body itself is it.',
    ).optional(),
    time: Text.describe('When it happened.').optional(),
    test: Condition.describe('When the sender only tries things out.').optional(),
  })
  .describe('What stands around the data.');

export const SampleEvent = z.strictObject({
  is: z.union([types, z.literal('ignored')]),
  incomplete: z.boolean().optional(),
  id: z.string().optional(),
  occurredAt: z.string().optional(),
  test: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  contact: z.record(z.string(), z.unknown()).optional(),
  order: z.record(z.string(), z.unknown()).optional(),
  subscription: z.record(z.string(), z.unknown()).optional(),
  form: z.record(z.string(), z.unknown()).optional(),
});

export const Sample = z
  .strictObject({
    topic: z.string().min(1),
    headers: z.record(header, z.string()).optional(),
    body: z.record(z.string(), z.unknown()).describe('As JSON.').optional(),
    form: z
      .record(z.string(), z.unknown())
      .describe('As a form: nested keys in brackets.')
      .optional(),
    expect: SampleEvent.describe('What Earmark must read in it: each key that stands here.'),
  })
  .refine(({ body, form }) => (body === undefined) !== (form === undefined), {
    error: 'a sample has a `body` (JSON) or a `form`, and not both',
  });

export const SourceFile = z
  .strictObject({
    title: z.string().min(1).describe("The sender's name."),
    docs: z.union([z.url(), z.array(z.url()).min(1)]).describe('Where this was read.'),
    checked: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d$/, 'must be a day, as in 2026-11-28')
      .describe('The day on which it was read.'),
    unconfirmed: z.array(z.string()).describe('What no documentation says.').default([]),
    setup: z.array(z.string()).min(1).describe("The steps in the sender's own pages."),
    silent: z.array(z.string()).describe('What the sender does not say.').default([]),
    secret: z
      .string()
      .min(1)
      .describe('What the setting with the secret holds, and where it is found.'),
    signed: z
      .union([Proof, z.array(Proof).min(1)])
      .describe('Of several proofs the first that is there decides.'),
    event: Around,
    contact: Contact.describe('The person.').default({}),
    order: Order.optional(),
    subscription: Subscription.optional(),
    form: Form.optional(),
    tags: Texts.optional(),
    events: z
      .record(z.string().min(1), z.union([Event, z.array(Event).min(1)]))
      .refine((events) => Object.keys(events).length > 0, 'name one topic at least')
      .describe(
        'What each topic means; of several meanings the first whose conditions hold. A section in an event comes whole in place of the same at the top.',
      ),
    samples: z.array(Sample).min(1).describe('One for each event at least: each is a test.'),
  })
  .describe('Earmark: how one sender signs and speaks.');

export type SourceFile = z.infer<typeof SourceFile>;

/** The JSON Schema of a source's file, for editors. Draft 7 is what the YAML language server knows best. */
export function sourceJsonSchema(): object {
  return z.toJSONSchema(SourceFile, { target: 'draft-7', io: 'input', reused: 'ref' });
}
