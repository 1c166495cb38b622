import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CustomerEvent, EVENT_TYPES } from '../../lib/events/event.ts';
import { custom } from '../../lib/sources/custom.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { standardWebhooks } from '../../lib/sources/standard-webhooks.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, NOW, only } from './fixtures.ts';

type Tree = string | readonly Tree[] | { readonly [key: string]: Tree };
type Entry = readonly [key: string, value: Tree];

const BOUNDARY = 'xxBOUNDARYxx';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

// What a person writes: it neither begins nor ends with blanks, and is neither JSON nor a placeholder.
const words = fc
  .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => `a${parts.join(' ').replace(/[[\]{}$\ufffd]/g, '')}z`);
const name = fc.constantFrom('Kim', 'José', 'Ng', '李', "O'Neil");
const amount = fc.integer({ min: 0, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
const object = (...keys: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...keys), words, { noNullPrototype: true });

const person = fc.record(
  {
    email: fc.constantFrom('kim@b.example', 'kim+news@b.example', 'KIM@B.example'),
    phone: fc.constantFrom('+1 555 0100', '0611-22'),
    first_name: name,
    last_name: name,
    country_code: fc.constantFrom('PT', 'de'),
    accepts_marketing: fc.constantFrom('yes', 'false'),
  },
  { noNullPrototype: true, requiredKeys: ['email'] },
);
const product = fc.record(
  {
    title: words,
    sku: fc.constantFrom('A-1', 'B'),
    product_id: fc.constantFrom('7', '8'),
    quantity: fc.constantFrom('1', '2'),
    price: amount,
    options: object('size', 'Color', '__proto__', 'constructor'),
  },
  { noNullPrototype: true, requiredKeys: ['title'] },
);
const answer = fc.record(
  {
    label: fc.constantFrom('Size', 'How was it?', 'Your name', "Friend's email", 'constructor'),
    value: fc.oneof(words, fc.array(words, { minLength: 2, maxLength: 3 })),
  },
  { noNullPrototype: true },
);
const rest = fc.record(
  {
    event: fc.constantFrom(...EVENT_TYPES, 'lead.won'),
    event_id: fc.constantFrom('e-1', 'e-2'),
    occurred_at: fc.constant('2026-01-01T12:02:00.000Z'),
    order_id: fc.constantFrom('o-1', 'o-2'),
    total: amount,
    currency: fc.constantFrom('EUR', 'usd'),
    payment_method: words,
    products: fc.array(product, { maxLength: 3 }),
    tags: fc.array(words, { maxLength: 3 }),
    discount_codes: fc.array(words, { maxLength: 3 }),
    attributes: object('gift', 'Note', '__proto__', 'toString'),
    plan: words,
    form_id: fc.constant('f-1'),
    answers: fc.array(answer, { maxLength: 3 }),
    'field:Topic': words,
  },
  { noNullPrototype: true, requiredKeys: [] },
);

/** Where the fields stand. */
const PLACES: readonly ((person: object, rest: object) => object)[] = [
  (who, what) => ({ ...who, ...what }),
  (who, what) => ({ contact: who, ...what }),
  (who, what) => ({ data: { ...who, ...what } }),
  (who, what) => ({ payload: { contact: who, ...what } }),
];

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const SPELLINGS: readonly ((words: readonly string[]) => string)[] = [
  (parts) => parts.join('_'),
  ([first = '', ...more]) => first + more.map(capital).join(''),
  (parts) => parts.map(capital).join(' '),
  (parts) => parts.join('-').toUpperCase(),
  (parts) => ` ${parts.join('_')} `,
];
/** Whose keys are the sender's own words. */
const OWN_WORDS = /^(?:options|attributes)$/;

function spelt(value: Tree, spell: (key: string) => string): Tree {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((one: Tree) => spelt(one, spell));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key.startsWith('field:') ? key : spell(key),
      OWN_WORDS.test(key) ? one : spelt(one, spell),
    ]),
  );
}

type Brackets = '[]' | '[0]' | '[9]';

/** The pairs of a form, in groups whose order is the content's. */
function pairsOf(key: string, value: Tree, brackets: Brackets): [string, string][] {
  if (typeof value === 'string') return [[key, value]];
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([part, one]) =>
      pairsOf(`${key}[${part}]`, one, brackets),
    );
  }
  return value.flatMap((one: Tree, index) => {
    // `a[][b][]` says of no entry which it is of.
    const isOpen = brackets === '[]' && (typeof one === 'string' || isFlat(one));
    const step = isOpen ? '' : brackets === '[9]' ? String(index * 7 + 2) : String(index);
    return pairsOf(`${key}[${step}]`, one, brackets);
  });
}
const isFlat = (value: Tree): boolean =>
  Object.values(value).every((one) => typeof one === 'string');

/** Lists and objects of the top as JSON text. */
const asJsonText = (entries: readonly Entry[]): Entry[] =>
  entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);

const urlencoded = (pairs: readonly (readonly [string, string])[]): Delivery =>
  deliver(
    new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, value])).toString(),
    FORM,
  );

const multipart = (pairs: readonly (readonly [string, string])[], newline: string): Delivery =>
  deliver(
    [
      ...pairs.flatMap(([key, value]) => [
        `--${BOUNDARY}`,
        `Content-Disposition: form-data; name="${key}"`,
        '',
        value,
      ]),
      `--${BOUNDARY}--`,
      '',
    ].join(newline),
    MULTIPART,
  );

/** All that may be different where nothing else is. */
const how = fc.record({
  place: fc.constantFrom(...PLACES),
  spelling: fc.constantFrom(...SPELLINGS),
  brackets: fc.constantFrom<Brackets>('[]', '[0]', '[9]'),
  isText: fc.boolean(),
  isReversed: fc.boolean(),
  body: fc.constantFrom('json', 'list of one', 'JSON in JSON', 'form', 'CRLF parts', 'LF parts'),
});
type How = typeof how extends fc.Arbitrary<infer T> ? T : never;

function written(who: object, what: object, how: How): Delivery {
  const spell = (key: string) => how.spelling(key.split('_'));
  const tree = spelt(how.place(who, what) as Tree, spell);
  const inOrder: Entry[] = Object.entries(tree);
  const all = how.isReversed ? inOrder.toReversed() : inOrder;
  const entries = how.isText ? asJsonText(all) : all;
  if (how.body === 'json') return deliver(Object.fromEntries(entries));
  if (how.body === 'list of one') return deliver([Object.fromEntries(entries)]);
  if (how.body === 'JSON in JSON') {
    return deliver(JSON.stringify(JSON.stringify(Object.fromEntries(entries))));
  }
  const pairs = entries.flatMap(([key, value]) => pairsOf(key, value, how.brackets));
  if (how.body === 'form') return urlencoded(pairs);
  return multipart(pairs, how.body === 'CRLF parts' ? '\r\n' : '\n');
}

/** The event without what is the body's own: its data, and an id that is its hash. */
function said(delivery: Delivery): Omit<CustomerEvent, 'data'> {
  const { data: _data, ...event } = only(readOurs(custom, delivery));
  const isHash = /^[\da-f]{64}$/.test(event.id);
  const order = event.order && { ...event.order };
  if (isHash && order?.id === event.id) order.id = 'the id';
  return { ...event, ...(order && { order }), id: isHash ? 'the id' : event.id };
}

describe('one content', () => {
  test('is the same event, however it is written', () => {
    fc.assert(
      fc.property(person, rest, how, (who, what, how) => {
        const plain = said(deliver({ ...who, ...what }));
        expect(plain.contact).toMatchObject({ email: who.email });
        expect(plain.tags).toEqual(what.tags ?? []);
        expect(plain.order?.items.map(({ title }) => title) ?? []).toEqual(
          (what.products ?? []).map(({ title }) => title),
        );
        expect(said(written(who, what, how))).toEqual(plain);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is the same event of Standard Webhooks, whatever the spelling and the order', () => {
    const read = (who: object, what: object, how: How) => {
      const data: unknown = JSON.parse(
        written(who, what, {
          ...how,
          place: PLACES[0] as How['place'],
          body: 'json',
        }).body.toString(),
      );
      const headers = { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,AAAA' };
      const event = only(
        readOurs(standardWebhooks, deliver({ type: 'order.paid', data }, headers)),
      );
      return { ...event, data: {} };
    };
    const simple: How = {
      place: PLACES[0] as How['place'],
      spelling: SPELLINGS[0] as How['spelling'],
      brackets: '[]',
      isText: false,
      isReversed: false,
      body: 'json',
    };
    fc.assert(
      fc.property(person, rest, how, (who, { event: _event, ...what }, how) => {
        expect(read(who, what, how)).toEqual(read(who, what, simple));
      }),
    );
  });
});

describe('on any form at all', () => {
  const key = fc.oneof(
    fc.constantFrom('email', 'tags', 'products', 'data', 'answers', '__proto__', 'constructor'),
    fc.string({ unit: 'binary', maxLength: 10 }),
  );
  const step = fc.oneof(
    fc.constantFrom('', '0', '1', '999999999', '99999999999999', '-1', '__proto__', 'prototype'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const bracketed = fc
    .tuple(key, fc.array(step, { maxLength: 14 }), fc.constantFrom('', '[', ']', ']['))
    .map(([first, steps, end]) => first + steps.map((one) => `[${one}]`).join('') + end);
  const jsonText = fc.oneof(
    fc.json(),
    fc.nat(200).map((deep) => '['.repeat(deep)),
    fc.nat(200).map((deep) => `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`),
    fc.constantFrom('{"__proto__":{"email":"a@b.example"}}', '[{"toString":1}]', '[,]', '{{a}}'),
  );
  const pairs = fc.array(
    fc.tuple(bracketed, fc.oneof(jsonText, fc.string({ unit: 'binary', maxLength: 20 }))),
    { maxLength: 12 },
  );
  const raw = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 10 }),
        fc.constantFrom(
          ...['\r\n', '\n', `--${BOUNDARY}`, '--', 'Content-Disposition: form-data; name=', '"a"'],
          ...['a[', ']', '=', '&', '%', '%5B', '[]', ';', 'filename="x"', '\r\n\r\n', '+'],
        ),
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join(''));
  const delivery = fc.oneof(
    pairs.map(urlencoded),
    fc.tuple(pairs, fc.constantFrom('\r\n', '\n')).map(([all, line]) => multipart(all, line)),
    fc.tuple(raw, fc.constantFrom(FORM, MULTIPART, {})).map(([text, type]) => deliver(text, type)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => deliver(Buffer.from(bytes), MULTIPART)),
  );

  test('the reader does not throw, and what it reads is an event', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(delivery, (given) => {
        const reading = readOurs(custom, given);
        kinds.add(reading.kind);
        if (reading.kind !== 'events') return;
        for (const event of reading.events)
          expect(CustomerEvent.safeParse(event).success).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect([...kinds].toSorted()).toEqual(['events', 'unreadable']);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}).not.toHaveProperty('email');
  });

  test('what it reads is no larger than what was sent', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const sent = all.reduce((sum, [key, value]) => sum + key.length + value.length + 8, 0);
        const reading = readOurs(custom, urlencoded(all));
        const data = reading.kind === 'events' ? reading.events[0].data : {};
        // A character may be written with six, and each step of a key has brackets and quotes.
        expect(JSON.stringify(data).length).toBeLessThanOrEqual(sent * 6 + 2);
      }),
      { numRuns: 1_000 },
    );
    const huge = readOurs(
      custom,
      deliver('email=a%40b.example&a[99999999]=1&a[999999999]=2', FORM),
    );
    expect(only(huge).data).toEqual({ email: 'a@b.example', a: ['1', '2'] });
    expect(only(huge).occurredAt).toBe(new Date(NOW).toISOString());
  });
});
