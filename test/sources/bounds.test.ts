import { describe, expect, test } from '@jest/globals';
import type { CodeSourceName } from '../../lib/events/event.ts';
import { FlatFields } from '../../lib/sources/flat/flat-keys.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { readOurs } from '../support/read-ours.ts';
import { CONTACT_ID, deliver, jwt, only } from './fixtures.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SHOPIFY = { 'x-shopify-topic': 'orders/paid' };
const WOOCOMMERCE = { 'x-wc-webhook-topic': 'order.updated' };
const STANDARD = {
  'webhook-signature': 'v1,AAAA',
  'webhook-id': 'msg_1',
};
const read = (source: CodeSourceName, body: unknown, headers: Record<string, string> = {}) =>
  readOurs(codeSources[source], deliver(body, headers));
const many = <T>(count: number, one: T): T[] => new Array<T>(count).fill(one);
const numbered = (count: number, key: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${key}${n}`, 'yes']));
const wix = (eventType: string, entity: object) =>
  jwt({ data: JSON.stringify({ eventType, data: { id: 'e', createdEvent: { entity } } }) });

describe('a value that cannot be made a text', () => {
  const odd = [
    '{"toString":1}',
    '{"toString":null,"valueOf":"x"}',
    '[{"toString":1}]',
    '[[{"valueOf":{}}]]',
    '{"__proto__":null}',
  ];
  const fields = ['test', 'total', 'tags', 'name', 'email', 'products', 'currency', 'event_id'];
  test.each(odd.flatMap((value) => fields.map((field) => [field, value])))(
    'is no value of %s: %s',
    (field, written) => {
      const flat = `{"event":"order.paid","email":"a@b.example","${field}":${written}}`;
      const expected = expect.stringMatching(/^(events|unreadable)$/);
      expect(read('custom', flat)).toMatchObject({ kind: expected });
      expect(read('custom', `{"data":${flat}}`)).toMatchObject({ kind: expected });
      expect(read('standard-webhooks', `{"type":"a","data":${flat}}`, STANDARD)).toMatchObject({
        kind: expected,
      });
    },
  );

  test.each([
    [true, true],
    ['Yes', true],
    [1, true],
    ['', false],
    [false, false],
    [[true], false],
  ])('test: %j is %s', (value, expected) => {
    const event = only(read('custom', { event: 'order.paid', email: 'a@b.example', test: value }));
    expect(event.test).toBe(expected);
  });
});

describe('2,000 of each are read, and of one more the delivery says so', () => {
  type Make = (count: number) => readonly [CodeSourceName, unknown, Record<string, string>?];
  const line = { title: 'A', name: 'A' };
  const order = { id: 1, total_price: '1.00', financial_status: 'paid' };
  const contactId = CONTACT_ID;
  const cases: readonly (readonly [string, 'items' | 'tags' | 'fields', Make])[] = [
    ['products of a list', 'items', (n) => ['custom', { products: many(n, line) }]],
    ['products with commas', 'items', (n) => ['custom', { products: many(n, 'A').join(',') }]],
    [
      'products between blanks',
      'items',
      (n) => ['custom', { products: many(n, 'A').join(',,'), prices: '1' }],
    ],
    ['tags with commas', 'tags', (n) => ['custom', { tags: many(n, 'A').join(' , ,') }]],
    ['keyed fields', 'fields', (n) => ['custom', numbered(n, 'field:')]],
    [
      'answers',
      'fields',
      (n) => [
        'custom',
        { submissions: Object.keys(numbered(n, 'q')).map((label) => ({ label, value: 1 })) },
      ],
    ],
    [
      'products in data',
      'items',
      (n) => ['standard-webhooks', { type: 'a', data: { products: many(n, line) } }, STANDARD],
    ],
    ['line_items', 'items', (n) => ['shopify', { ...order, line_items: many(n, line) }, SHOPIFY]],
    [
      'tags of an order',
      'tags',
      (n) => ['shopify', { ...order, tags: many(n, 'A').join(', ') }, SHOPIFY],
    ],
    [
      'line_items of WooCommerce',
      'items',
      (n) => [
        'woocommerce',
        { id: 1, total: '1', status: 'processing', line_items: many(n, line) },
        WOOCOMMERCE,
      ],
    ],
    [
      'lines of an invoice',
      'items',
      (n) => [
        'stripe',
        {
          id: 'evt_1',
          type: 'invoice.paid',
          data: { object: { id: 'in_1', lines: { data: many(n, { description: 'A' }) } } },
        },
      ],
    ],
    [
      'lineItems of Wix',
      'items',
      (n) => [
        'wix',
        wix('wix.ecom.v1.order_created', {
          id: 'o',
          lineItems: many(n, { productName: { original: 'A' } }),
        }),
      ],
    ],
    [
      'submissions of Wix',
      'fields',
      (n) => [
        'wix',
        wix('wix.forms.v4.submission_created', { contactId, submissions: numbered(n, 'q') }),
      ],
    ],
  ];
  test.each(cases)('%s', (_name, what, make) => {
    const [source, body, headers] = make(2_000);
    const { order: bought, tags, form } = only(read(source, body, headers));
    const found = {
      items: bought?.items.length,
      tags: Math.max(tags.length, bought?.tags.length ?? 0),
      fields: Object.keys(form?.fields ?? {}).length,
    };
    expect(found[what]).toBe(2_000);

    expect(read(...make(2_001))).toEqual({
      kind: 'unreadable',
      reason: expect.stringMatching(`more than 2000 ${what}: send it in parts`),
    });
  });
});

test('a form of 10,000 fields is read, be they all one, and a longer one says so', () => {
  const pairs = (count: number) => `event=order.paid&email=a%40b.example${'&a='.repeat(count - 2)}`;
  expect(read('custom', pairs(10_000), FORM)).toMatchObject({ kind: 'events' });
  expect(read('custom', pairs(10_001), FORM)).toEqual({
    kind: 'unreadable',
    reason: 'the form has more than 10000 fields: send it in parts',
  });
});

test('so is an object of 10,000 fields, also within another', () => {
  const order = (count: number) => ({
    event: 'order.paid',
    email: 'a@b.example',
    a: 1,
    ...numbered(count - 3, 'id'),
  });
  const inside = (count: number) => ({ event: 'order.paid', data: { data: order(count) } });
  const tooMany = {
    kind: 'unreadable',
    reason: 'the body has an object of more than 10000 fields: send it in parts',
  };
  for (const make of [order, inside]) {
    expect(read('custom', make(10_000))).toMatchObject({ kind: 'events' });
    expect(read('custom', make(10_001))).toEqual(tooMany);
  }
  const within = (data: object) => read('standard-webhooks', { type: 'a', data }, STANDARD);
  expect(within(order(10_000))).toMatchObject({ kind: 'events' });
  expect(within(order(10_001))).toEqual(tooMany);
});

test('an object that many fields are looked for in is gone through once', () => {
  const fields = new FlatFields({ form_response: { email: 'a@b.example' } });
  const found = fields.object('form_response');
  expect(found?.text('email')).toBe('a@b.example');
  expect(fields.object('Form Response')).toBe(found);
});

test.each([
  ['stripe', { type: 'x'.repeat(100_000) }, {}],
  ['shopify', {}, { 'x-shopify-topic': `${'x'.repeat(199)}\u{1f381}` }],
] as const)('%s: a topic that nobody knows is cut', (source, body, headers) => {
  const reading = read(source, body, headers);
  expect(reading).toMatchObject({ kind: 'ignored', topic: expect.stringMatching(/^x{199}.$/su) });
});

test('a topic of WooCommerce is two words', () => {
  const body = { id: 1, status: 'processing', line_items: [] };
  const topic = { 'x-wc-webhook-topic': `order.updated.${'x'.repeat(5_000)}` };
  expect(read('woocommerce', body, topic)).toMatchObject({ kind: 'ignored' });
});
