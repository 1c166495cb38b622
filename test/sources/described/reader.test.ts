import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { SourceFile } from '../../../lib/sources/authoring/schema.ts';
import type { Description } from '../../../lib/sources/described/description.ts';
import { readDescribed } from '../../../lib/sources/described/reader.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import { NOW } from '../fixtures.ts';

type Parts = Partial<
  Pick<Description, 'event' | 'contact' | 'order' | 'subscription' | 'form' | 'tags' | 'events'>
>;

/** A source that says only what a test asks for. */
function describing(parts: Parts): Description {
  const file = {
    title: 'Acme',
    docs: 'https://docs.example.com',
    checked: '2026-11-28',
    setup: ['None.'],
    secret: 'A text.',
    signed: { scheme: 'path' },
    event: { topic: 'type' },
    contact: { email: 'email' },
    events: { paid: { is: 'order.paid' } },
    samples: [{ topic: 'paid', body: {}, expect: { is: 'order.paid' } }],
    ...parts,
  };
  return { ...SourceFile.parse(file), name: 'acme' };
}

function read(
  parts: Parts,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  messageId?: string,
): Reading {
  const delivery = { headers, body: Buffer.from(JSON.stringify(body)), receivedAt: NOW };
  return readDescribed(
    describing(parts),
    asVerified({ signedIn: () => ({ messageId }) }, delivery),
  );
}

function eventOf(...args: Parameters<typeof read>): CustomerEvent {
  const reading = read(...args);
  if (reading.kind !== 'events') throw new Error(JSON.stringify(reading));
  return reading.events[0];
}

const BODY = { type: 'paid', email: 'kim@example.com' };

describe('a text', () => {
  const name = (form: unknown, body: object) =>
    eventOf({ contact: { email: 'email', firstName: form as never } }, { ...BODY, ...body }).contact
      .firstName;
  const people = {
    list: [
      { id: 1, kind: 'host', name: 'Ada' },
      { id: 2, kind: 'guest', name: 'Kim' },
    ],
    wanted: 2,
  };

  test.each([
    ['a path', 'a.b', { a: { b: 'Kim' } }, 'Kim'],
    ['an element by its number', 'a.1', { a: ['Ada', 'Kim'] }, 'Kim'],
    ['a key with dots in it', 'a.b', { 'a.b': 'Kim' }, 'Kim'],
    ['the first of several that is there', ['a', 'b'], { b: 'Kim' }, 'Kim'],
    ['nothing of what programs write for it', ['a', 'b'], { a: 'null', b: 'Kim' }, 'Kim'],
    ['a constant', { constant: 'Kim' }, {}, 'Kim'],
    ['the first of a list', { find: 'list', take: 'name' }, people, 'Ada'],
    ['one by its value', { find: 'list', when: { kind: 'guest' }, take: 'name' }, people, 'Kim'],
    ['one by another place', { find: 'list', same: { id: 'wanted' }, take: 'name' }, people, 'Kim'],
    ['an element itself', { find: 'list', take: '.' }, { list: ['Kim'] }, 'Kim'],
    ['several joined', { join: ['a', { constant: 'x' }, 'b'], with: '-' }, { a: 1, b: 2 }, '1-x-2'],
    ['a word of the sender', { of: 'a', table: { true: 'Kim' } }, { a: true }, 'Kim'],
  ])('is %s', (_, form, body, expected) => {
    expect(name(form, body)).toBe(expected);
  });

  test.each([
    [
      'one by a place that is not there',
      { find: 'list', same: { id: 'nowhere' }, take: 'name' },
      { list: [{ name: 'Ada' }] },
    ],
    ['a join of which a part is missing', { join: ['a', 'b'] }, { a: 1 }],
    ['a word that is not in the table', { of: 'a', table: { b: 'Kim' } }, { a: 'constructor' }],
    ['a structure', 'a', { a: { b: 'Kim' } }],
    ['what objects have by birth', 'a.constructor.name', { a: {} }],
  ])('is not %s', (_, form, body) => {
    expect(name(form, body)).toBeUndefined();
  });

  test('is a header', () => {
    const event = eventOf({ event: { topic: 'header x-topic' } }, BODY, { 'x-topic': 'paid' });
    expect(event.topic).toBe('paid');
  });
});

describe('an e-mail', () => {
  test.each([
    [
      'the first that names somebody',
      { email: ['a', 'b'] },
      { a: 'n/a', b: 'kim@example.com' },
      'kim@example.com',
    ],
    [
      'the address behind a name',
      { email: 'a' },
      { a: 'Kim <kim@example.com>' },
      'kim@example.com',
    ],
    [
      'the one of a list',
      { email: 'a' },
      { a: ['kim@example.com', 'KIM@example.com'] },
      'kim@example.com',
    ],
    ['nobody of several', { email: 'a' }, { a: ['kim@example.com', 'ada@example.com'] }, undefined],
  ])('is %s', (_, contact, body, expected) => {
    const { contact: person } = eventOf({ contact }, { type: 'paid', ...body });
    expect(person.email?.toLowerCase()).toBe(expected);
  });
});

describe('an amount', () => {
  const total = (form: unknown, body: object) =>
    eventOf(
      { order: { id: { constant: '1' }, total: form as never, currency: 'currency' } },
      { ...BODY, ...body },
    ).order?.total;

  test.each([
    ['a decimal', 'a', { a: '29.90' }, 29.9],
    ['cents', { minor: 'a' }, { a: 2990, currency: 'EUR' }, 29.9],
    ['yen, which has none', { minor: 'a' }, { a: 2990, currency: 'jpy' }, 2990],
    ['thousandths of a dinar', { minor: 'a' }, { a: 2990, currency: 'KWD' }, 2.99],
    ['hundredths, also of yen', { hundredths: 'a' }, { a: '2990', currency: 'JPY' }, 29.9],
    ['the first that is there', [{ minor: 'a' }, 'b'], { b: '5', currency: 'EUR' }, 5],
    [
      'a sum',
      { sum: 'a', of: { minor: 'n' } },
      { a: [{ n: 100 }, { n: 250 }], currency: 'EUR' },
      3.5,
    ],
    ['nothing where cents have no currency', { minor: 'a' }, { a: 2990 }, undefined],
    [
      'nothing where a part of a sum is missing',
      { sum: 'a', of: 'n' },
      { a: [{ n: 1 }, {}] },
      undefined,
    ],
    ['nothing where there is no list', { sum: 'a', of: 'n' }, {}, undefined],
    ['nothing of a text', 'a', { a: 'free' }, undefined],
  ])('is %s', (_, form, body, expected) => {
    expect(total(form, body)).toBe(expected);
  });
});

describe('an order', () => {
  test('has the items of all lists that fit, and reads what stands beside the list', () => {
    const { order } = eventOf(
      {
        order: {
          id: 'id',
          currency: 'currency',
          items: [
            {
              each: 'lines',
              when: { type: 'product' },
              title: 'name',
              price: { minor: 'cents' },
              vendor: '/shop',
            },
            { each: '.', when: { bump: { given: true } }, title: 'bump' },
            { each: 'counted', title: 'name' },
          ],
        },
      },
      {
        ...BODY,
        id: 1,
        currency: 'EUR',
        shop: 'Acme',
        bump: 'Sticker',
        lines: [
          { type: 'product', name: 'Mug', cents: 500 },
          { type: 'shipping', name: 'Post', cents: 300 },
        ],
        counted: { 1: { name: 'Pen' }, 2: { name: 'Ink' } },
      },
    );
    expect(order?.items).toEqual([
      { title: 'Mug', price: 5, vendor: 'Acme' },
      { title: 'Sticker' },
      { title: 'Pen' },
      { title: 'Ink' },
    ]);
  });

  test('is none without its id', () => {
    expect(
      eventOf({ order: { id: 'id', total: 'total' } }, { ...BODY, total: 5 }).order,
    ).toBeUndefined();
  });

  test('has its codes, tags and attributes in every form', () => {
    const { order } = eventOf(
      {
        order: {
          id: 'id',
          tags: 'tags',
          discountCodes: ['code', { each: 'coupons', take: 'code' }],
          attributes: ['meta', { each: 'custom', name: 'key', value: ['value', 'text'] }],
        },
      },
      {
        ...BODY,
        id: 1,
        tags: 'a, b',
        code: 'TEN',
        coupons: [{ code: 'TEN' }, { code: 'FREE' }],
        meta: { source: 'blog', nested: { deep: 1 }, yes: true },
        custom: [
          { key: 'gift', text: 'wrapped' },
          { key: 'sizes', value: ['S', 'M'] },
          { key: 'none' },
        ],
      },
    );
    expect(order).toMatchObject({
      tags: ['a', 'b'],
      discountCodes: ['TEN', 'FREE'],
      attributes: { source: 'blog', yes: 'true', gift: 'wrapped', sizes: 'S, M' },
    });
  });

  test.each([
    [undefined, 'order.refunded'],
    [5, 'order.partially_refunded'],
    [-5, 'order.partially_refunded'],
    [20, 'order.refunded'],
    [0, 'order.refunded'],
  ])('of 20 of which %p was paid back is %s', (back, type) => {
    const order = { id: { constant: '1' }, total: 'total', refundedTotal: 'back' };
    const events = { paid: { is: 'order.refunded' as const, order } };
    expect(eventOf({ events }, { ...BODY, total: 20, back }).type).toBe(type);
  });
});

test('a subscription has its interval and its price', () => {
  const subscription = {
    id: 'id',
    interval: { unit: 'unit', count: 'count' },
    price: { minor: 'cents' },
    currency: 'currency',
  };
  const body = { ...BODY, id: 1, unit: 'month', count: 3, cents: 900, currency: 'EUR' };
  expect(eventOf({ subscription }, body).subscription).toEqual({
    id: '1',
    interval: '3 month',
    price: 9,
  });
});

test('a form has its answers, among which the person is', () => {
  const event = eventOf(
    { contact: {}, form: { id: 'form', name: 'title', answers: 'answers', fields: 'hidden' } },
    {
      type: 'paid',
      form: 'f1',
      title: 'Newsletter',
      answers: [
        { label: 'Your e-mail', value: 'kim@example.com' },
        { label: 'Favourite', value: ['Tea', 'Cake'] },
      ],
      hidden: { utm: 'blog' },
    },
  );
  expect(event.contact.email).toBe('kim@example.com');
  expect(event.form).toEqual({
    id: 'f1',
    name: 'Newsletter',
    fields: { 'Your e-mail': 'kim@example.com', Favourite: 'Tea, Cake', utm: 'blog' },
  });
});

describe('a topic', () => {
  test('means the first of several meanings whose conditions hold', () => {
    const events: Description['events'] = {
      paid: [
        { when: { status: ['new', 'open'] }, is: 'order.created' },
        { when: { done: true }, unless: { status: 'void' }, is: 'order.paid' },
        { pass: 'nothing happened' },
      ],
    };
    const types = (body: object) => {
      const reading = read({ events }, { ...BODY, ...body });
      return reading.kind === 'events' && reading.unheard
        ? reading.unheard.reason
        : eventOf({ events }, { ...BODY, ...body }).type;
    };
    expect(types({ status: 'open' })).toBe('order.created');
    expect(types({ done: true })).toBe('order.paid');
    expect(types({ done: true, status: 'void' })).toBe('nothing happened');
    expect(types({})).toBe('nothing happened');
  });

  test('that nobody described is heard by rules that name it', () => {
    const reading = read({}, { type: 'renamed', email: 'kim@example.com' });
    expect(reading).toMatchObject({
      kind: 'events',
      events: [{ type: 'custom', topic: 'renamed', contact: { email: 'kim@example.com' } }],
      unheard: { kind: 'ignored', reason: 'Earmark has no event type for this topic' },
    });
  });

  test('like a property of all objects has no meaning', () => {
    expect(read({}, { type: 'constructor', email: 'kim@example.com' })).toMatchObject({
      events: [{ type: 'custom' }],
    });
  });

  test('that nobody described, of nobody, is ignored', () => {
    expect(read({}, { type: 'renamed' })).toMatchObject({ kind: 'ignored', topic: 'renamed' });
  });

  test('that is missing makes a delivery unreadable', () => {
    expect(read({}, { email: 'kim@example.com' })).toEqual({
      kind: 'unreadable',
      reason: 'it has no topic, which Acme sends in `type`',
    });
  });

  test('has sections of its own in place of those at the top', () => {
    const parts: Parts = {
      order: { id: 'id', total: 'total' },
      events: { paid: { is: 'order.paid', contact: { email: 'buyer' }, order: { id: 'other' } } },
    };
    const event = eventOf(parts, { ...BODY, id: 1, other: 2, total: 3, buyer: 'ada@example.com' });
    expect(event.contact.email).toBe('ada@example.com');
    expect(event.order).toEqual({ id: '2', items: [], tags: [] });
  });
});

describe('an event', () => {
  test('has the id of its delivery with the topic', () => {
    const event: Parts['event'] = {
      topic: 'type',
      id: 'header x-id',
      time: 'at',
      test: { mode: 'test' },
    };
    const body = { ...BODY, at: 1_700_000_000, mode: 'test' };
    expect(eventOf({ event }, body, { 'x-id': 'd1' })).toMatchObject({
      id: 'paid:d1',
      occurredAt: '2023-11-14T22:13:20.000Z',
      test: true,
    });
  });

  test('has the signed id of its message where the file names none', () => {
    expect(eventOf({}, BODY, {}, 'msg_1').id).toBe('paid:msg_1');
  });

  test('has the digest of its body where there is none: another body is another event', () => {
    const [one, same, other] = [BODY, BODY, { ...BODY, more: 1 }].map(
      (body) => eventOf({}, body).id,
    );
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });

  test('with an impossible time keeps all else', () => {
    const event = { topic: 'type', time: 'at' };
    expect(eventOf({ event }, { ...BODY, at: '2026-02-31T99:00:00Z' }).contact.email).toBe(
      'kim@example.com',
    );
  });

  test('of nobody says what its sender leaves out', () => {
    const events: Description['events'] = { paid: { is: 'order.paid', incomplete: 'Ids alone.' } };
    expect(read({ contact: {}, events }, { type: 'paid' })).toMatchObject({
      incomplete: 'Ids alone.',
    });
  });

  test('may say several things', () => {
    const events: Description['events'] = { paid: { is: ['order.paid', 'subscription.started'] } };
    const reading = read({ events }, BODY);
    expect(reading.kind === 'events' && reading.events.map(({ type }) => type)).toEqual([
      'order.paid',
      'subscription.started',
    ]);
  });
});
