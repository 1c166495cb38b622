import fc from 'fast-check';
import {
  CODE_SOURCES,
  type ContactReference,
  type CustomerEvent,
  EVENT_TYPES,
  type Item,
  type Order,
} from '../../lib/events/event.ts';

/** Text as people and programs send it: plain, any script, emoji, controls, lone surrogates. */
export const anyText = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  // Any UTF-16 units, so halves of pairs too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(' ', '\u00a0\u2003', '\ufeff', '\u0000', 'constructor', '__proto__', 'toString'),
);
const text = anyText.filter((value) => value !== '');
const money = fc.double({ min: -1e6, max: 1e6, noNaN: true });

const contactReference: fc.Arbitrary<ContactReference> = fc.record(
  {
    contactId: fc.uuid(),
    memberId: fc.uuid(),
    email: fc.emailAddress(),
    phone: text,
    firstName: text,
    lastName: text,
  },
  { requiredKeys: [] },
);

const item: fc.Arbitrary<Item> = fc.record(
  { title: text, sku: text, productId: text, variantId: text, quantity: money, price: money },
  { requiredKeys: [] },
);

const order: fc.Arbitrary<Order> = fc.record(
  {
    id: text,
    number: text,
    total: money,
    currency: fc.constantFrom('USD', 'EUR', 'JPY'),
    items: fc.array(item, { maxLength: 5 }),
    tags: fc.array(text, { maxLength: 3 }),
  },
  { requiredKeys: ['id', 'items', 'tags'] },
);

const subscription = fc.record(
  { id: text, planId: text, planName: text, status: text },
  { requiredKeys: ['id'] },
);

const form = fc.record(
  { id: text, name: text, fields: fc.dictionary(anyText, anyText, { maxKeys: 4 }) },
  { requiredKeys: ['fields'] },
);

const payload = fc.dictionary(anyText, fc.jsonValue({ stringUnit: 'binary' }), { maxKeys: 5 });

/** Any event that CustomerEvent allows, mostly with its optional parts. */
export const customerEvent: fc.Arbitrary<CustomerEvent> = fc.record(
  {
    source: fc.constantFrom(...CODE_SOURCES),
    id: text,
    type: fc.constantFrom(...EVENT_TYPES),
    topic: text,
    occurredAt: fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    site: fc.uuid(),
    test: fc.boolean(),
    contact: contactReference,
    tags: fc.array(text, { maxLength: 3 }),
    order,
    subscription,
    form,
    data: payload,
  },
  {
    requiredKeys: [
      'source',
      'id',
      'type',
      'topic',
      'occurredAt',
      'test',
      'contact',
      'tags',
      'data',
    ],
  },
);
