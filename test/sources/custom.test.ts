import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../lib/events/event.ts';
import { custom } from '../../lib/sources/custom.ts';
import { readOurs } from '../support/read-ours.ts';
import { CONTACT_ID, deliver, MEMBER_ID, NOW, only } from './fixtures.ts';

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const read = (body: unknown, headers: Record<string, string> = json) =>
  readOurs(custom, deliver(body, headers));

const flat = {
  event: 'order.paid',
  event_id: 'zap-77',
  email: ' kim@example.com ',
  phone: '+82 10',
  contact_id: CONTACT_ID,
  member_id: MEMBER_ID,
  first_name: 'Kim',
  last_name: 'Park',
  order_id: 'A-1',
  order_number: '1001',
  total: '120.50',
  currency: 'usd',
  products: 'Lamp, Rug',
  product_ids: '11,12',
  skus: 'L,R',
  quantities: '1,2',
  prices: '20.50,50',
  tags: 'vip, eu',
  occurred_at: '2026-11-21T10:00:00+02:00',
  test: 'true',
};

const event = {
  source: 'custom',
  id: 'order.paid:zap-77',
  type: 'order.paid',
  topic: 'order.paid',
  occurredAt: '2026-11-21T08:00:00.000Z',
  test: true,
  contact: {
    contactId: CONTACT_ID,
    memberId: MEMBER_ID,
    email: 'kim@example.com',
    phone: '+82 10',
    firstName: 'Kim',
    lastName: 'Park',
  },
  tags: ['vip', 'eu'],
  order: {
    id: 'A-1',
    number: '1001',
    total: 120.5,
    currency: 'USD',
    items: [
      { title: 'Lamp', sku: 'L', productId: '11', quantity: 1, price: 20.5 },
      { title: 'Rug', sku: 'R', productId: '12', quantity: 2, price: 50 },
    ],
    tags: [],
  },
};

describe('the flat schema', () => {
  test('as JSON, whole', () => {
    expect(only(read(flat))).toEqual({ ...event, data: flat });
  });

  test('as a form', () => {
    expect(only(read(new URLSearchParams(flat).toString(), form))).toEqual({
      ...event,
      data: flat,
    });
  });

  test('as JSON that curl calls a form', () => {
    expect(only(read(flat, form))).toEqual({ ...event, data: flat });
  });

  test('under data', () => {
    const { event: name, ...data } = flat;
    expect(only(read({ event: name, data }))).toMatchObject(event);
    expect(only(read({ data: flat }))).toMatchObject(event);
    expect(only(read({ event: 'order.created', data: flat })).type).toBe('order.created');
    expect(only(read({ event: ' ', data: { ...data, type: name } }))).toMatchObject(event);
  });

  test('lists as lists, repeated form fields too', () => {
    const lists = {
      ...flat,
      products: ['Lamp', 'Rug'],
      product_ids: [11, 12],
      tags: ['vip', 'eu'],
    };
    expect(only(read(lists))).toMatchObject(event);
    expect(only(read('email=a@b.example&tags=vip&tags=eu', form)).tags).toEqual(['vip', 'eu']);
  });

  test('products as objects', () => {
    const products = [
      { title: 'Lamp', product_id: 11, quantity: 1, price: '20.50' },
      { sku: 'R' },
      'x',
    ];
    expect(only(read({ ...flat, products })).order?.items).toEqual([
      { title: 'Lamp', productId: '11', quantity: 1, price: 20.5 },
      { title: 'R', sku: 'R' },
    ]);
  });

  test('products by their ids alone', () => {
    expect(only(read({ email: 'a@b.example', product_ids: '11' })).order?.items).toEqual([
      { title: '11', productId: '11' },
    ]);
  });

  test('one name for both', () => {
    expect(only(read({ name: 'Kim Min Park' })).contact).toEqual({
      firstName: 'Kim',
      lastName: 'Min Park',
    });
  });

  test('a plan', () => {
    expect(
      only(read({ event: 'subscription.started', plan: 'Gold', email: 'a@b.example' }))
        .subscription,
    ).toEqual({
      id: 'Gold',
      planName: 'Gold',
    });
  });

  test('nothing but an e-mail', () => {
    const { id: _, data: __, ...rest } = only(read({ email: 'a@b.example' }));
    expect(rest).toEqual({
      source: 'custom',
      type: 'custom',
      topic: 'custom',
      occurredAt: new Date(NOW).toISOString(),
      test: false,
      contact: { email: 'a@b.example' },
      tags: [],
    });
  });

  test('an order without an order id goes by the id of the event', () => {
    expect(only(read({ event_id: 'e-1', total: 5 })).order).toMatchObject({ id: 'e-1', total: 5 });
  });
});

describe('the type', () => {
  test.each(EVENT_TYPES)('%s', (type) => {
    expect(only(read({ event: type }))).toMatchObject({ type, topic: type });
    expect(only(read({ type }))).toMatchObject({ type, topic: type });
  });

  test('is custom for any other event, which stays its topic', () => {
    expect(only(read({ event: 'lead.won' }))).toMatchObject({ type: 'custom', topic: 'lead.won' });
  });
});

describe('the id of the event', () => {
  const id = (body: object) => only(read(body)).id;
  test('is what the sender gave, else what it is about, else the hash of the body', () => {
    expect(id({ event_id: 'e', submissionId: 's', order_id: 'o' })).toBe('form.submitted:e');
    expect(id({ submissionId: 's', order_id: 'o' })).toBe('form.submitted:s');
    const order = { event: 'order.paid', order_id: 'o' };
    expect(id({ ...order, plan: 'gold' })).not.toBe(id({ ...order, plan: 'silver' }));
    const body = JSON.stringify({ email: 'a@b.example' });
    expect(id(JSON.parse(body))).toBe(createHash('sha256').update(body).digest('hex'));
  });
});

test('two events of one id are two', () => {
  const ids = ['order.paid', 'order.fulfilled', 'a', 'b'].map(
    (name) => only(read({ event: name, event_id: 'e' })).id,
  );
  expect(ids).toEqual(['order.paid:e', 'order.fulfilled:e', 'a:e', 'b:e']);
});

describe('columns', () => {
  const items = (body: object) => only(read(body)).order?.items;

  test('a blank keeps its place, so that nothing shifts', () => {
    expect(
      items({ products: 'Lamp,Rug', skus: ',R', quantities: ['', 2], prices: ' ,50' }),
    ).toEqual([{ title: 'Lamp' }, { title: 'Rug', sku: 'R', quantity: 2, price: 50 }]);
    expect(items({ products: 'Lamp,,Rug', skus: 'L,,R' })).toEqual([
      { title: 'Lamp', sku: 'L' },
      { title: 'Rug', sku: 'R' },
    ]);
    expect(items({ products: ['Lamp', null], product_ids: '1,2', prices: '1,2' })).toEqual([
      { title: 'Lamp', productId: '1', price: 1 },
      { title: '2', productId: '2', price: 2 },
    ]);
  });

  test('a comma at the end is no entry', () => {
    expect(items({ products: 'Lamp', prices: '5,', skus: 'L, ' })).toEqual([
      { title: 'Lamp', sku: 'L', price: 5 },
    ]);
  });

  test('a blank field does not hide the next place of it', () => {
    expect(items({ products: 'Lamp', quantities: '', quantity: '2' })).toMatchObject([
      { quantity: 2 },
    ]);
    expect(items({ products: ' ', data: { products: 'Lamp' } })).toEqual([{ title: 'Lamp' }]);
    expect(items({ products: [], data: { products: [{ title: 'Lamp' }] } })).toMatchObject([
      { title: 'Lamp' },
    ]);
    expect(only(read({ tags: '', test: '', data: { tags: 'vip', test: 'yes' } }))).toMatchObject({
      tags: ['vip'],
      test: true,
    });
  });

  test.each([
    ['prices', 'products', { products: 'Lamp', price: '9,99' }],
    ['prices', 'products', { products: 'Lamp', prices: '9,99' }],
    ['prices', 'products', { data: { products: ['Lamp', 'Rug'], prices: '9,99,50' } }],
    ['quantities', 'products', { products: 'Lamp', quantities: [1, 2] }],
    ['skus', 'products', { products: 'Lamp', skus: 'L,R' }],
    ['product_ids', 'products', { products: 'Lamp', product_ids: ',12' }],
    ['prices', 'product_ids', { product_ids: '11', prices: '9,99' }],
    ['prices', 'skus', { skus: 'L', prices: '9,99' }],
  ])(
    '%s longer than %s is unreadable, says what to send, and quotes nothing (%#)',
    (long, leading, body) => {
      expect(read(body)).toEqual({
        kind: 'unreadable',
        reason: `${long} has more entries than ${leading}: write numbers like 9.99, or send a list`,
      });
    },
  );

  test('a price beside no product is nobody\u2019s price', () => {
    expect(only(read({ email: 'a@b.example', price: '9,99' })).order).toBeUndefined();
  });
});

test.each([
  ['2,000 items are an order', 2_000, 'events'],
  ['one more is unreadable', 2_001, 'unreadable'],
])('%s', (_name, length, kind) => {
  const products = Array.from({ length }, (_, index) => ({ title: `Item ${index}` }));
  const reading = read({ products });
  expect(reading).toMatchObject({ kind });
  if (reading.kind === 'unreadable') expect(reading.reason).toContain('more than 2000 items');
});

test.each(['n/a', 'ada', '-', 'none', [], ['n/a'], { address: null }])(
  'the e-mail %j is none',
  (email) => {
    expect(only(read({ email, phone: '+1' })).contact).toEqual({ phone: '+1' });
  },
);

test.each([
  ...['@example.com', 'ada@', 'ada @example.com', 'a@b@c', 'ada@＠example.com', '<a@b.example'],
  ...[
    'a@b.example, c@d.example',
    'a@b.example;c@d.example',
    '"a b"@c.example',
    'Ada <a b@c.example>',
  ],
  ...[
    'a\u00a0@b.example',
    'a\u2028@b.example',
    'a%40b.example',
    'a (at) b.example',
    'a&#64;b.example',
  ],
  ...[['a@b.example', 'c@d.example'], [{ address: 'a@b.example' }], { address: 'a@b.example' }],
])('the e-mail %j names somebody who need not be the one with the phone', (email) => {
  const given = { email, phone: '+4915112345670', contact_id: CONTACT_ID };
  expect(only(read(given)).contact).toEqual({ contactId: CONTACT_ID });
  expect(only(read({ ...given, contact_id: undefined, first_name: 'A' })).contact).toEqual({
    firstName: 'A',
  });
});

test.each([
  ...['Ada Lee <a@b.example>', '"Lee, Ada" < a@b.example >', '<a@b.example>', 'a＠b.example'],
  ...['a﹫b.example', ['a@b.example'], ['a@b.example', 'a@b.example\u200b']],
])('the e-mail %j is read', (email) => {
  const { contact } = only(read({ email, phone: '+4915112345670' }));
  expect(contact).toEqual({
    email: expect.stringMatching(/^a@b\.example$/),
    phone: '+4915112345670',
  });
});

test.each([
  'email=a%40b.example&email=c%40d.example',
  'field:email=a%40b.example&field:email=c%40d.example',
  'field:email=a%40b.example&field:email_2=c%40d.example',
])('the form %s names somebody who need not be the one with the phone', (fields) => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(only(read(`${fields}&phone=%2B4915112345670`, form)).contact).toEqual({});
});

test('an e-mail of a form that says nothing leaves the phone', () => {
  const given = { 'field:email': 'none', 'field:emailing': 'yes', phone: '+1' };
  expect(only(read(given)).contact).toEqual({ phone: '+1' });
});

test.each([
  '\u200b',
  '\u200d',
  '\u200e',
  '\u202e',
  '\u2066',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u0000',
])('nothing invisible is part of an address: %j', (one) => {
  const email = `${one}kim@exam${one}ple.com${one}`;
  const phone = `+1 202${one} 555 0102${one}`;
  expect(only(read({ email, phone })).contact).toEqual({
    email: 'kim@example.com',
    phone: '+1 202 555 0102',
  });
  expect(only(read({ email: one, phone: '+1' })).contact).toEqual({ phone: '+1' });
});

describe('Wix Automations', () => {
  test('a form, as it was seen', () => {
    const data = {
      formName: 'Contact us',
      formId: 'f-1',
      submissionId: 's-1',
      submissionTime: '2026-11-21T11:00:00.000Z',
      contactId: CONTACT_ID,
      contact: {
        name: { first: 'Ana', last: 'Ruiz' },
        email: 'ana@example.com',
        phone: '+34',
        contactId: CONTACT_ID,
      },
      submissions: [
        { label: 'Size', value: 'M' },
        { label: 'News', value: true },
        { label: 'Days', value: ['mon', 'tue'] },
      ],
      'field:city': 'Vigo',
    };
    expect(only(read({ data }))).toEqual({
      source: 'custom',
      id: 'form.submitted:s-1',
      type: 'form.submitted',
      topic: 'form.submitted',
      occurredAt: '2026-11-21T11:00:00.000Z',
      test: false,
      contact: {
        contactId: CONTACT_ID,
        email: 'ana@example.com',
        phone: '+34',
        firstName: 'Ana',
        lastName: 'Ruiz',
      },
      tags: [],
      form: {
        id: 'f-1',
        name: 'Contact us',
        fields: { Size: 'M', News: 'true', Days: 'mon, tue', city: 'Vigo' },
      },
      data: { data },
    });
  });

  test('the older flat key', () => {
    expect(only(read({ 'contact.Id': CONTACT_ID })).contact).toEqual({ contactId: CONTACT_ID });
  });

  test('an e-mail among the answers', () => {
    const submissions = [{ label: 'Your e-mail', value: 'ana@example.com' }];
    expect(only(read({ formName: 'News', submissions })).contact).toEqual({
      email: 'ana@example.com',
    });
  });

  test('a form that names its event keeps it', () => {
    expect(only(read({ event: 'customer.created', formName: 'Join' }))).toMatchObject({
      type: 'customer.created',
      form: { name: 'Join', fields: {} },
    });
  });
});

test.each([
  ['contact_id', { contact_id: '12345', email: 'a@b.example' }],
  ['contact_id', { contactId: 'not-a-guid' }],
  ['contact_id', { data: { contact: { contactId: '../../x' } } }],
  ['contact_id', { contact_id: 12345 }],
  ['member_id', { member_id: '77-no', contact_id: CONTACT_ID }],
  ['total', { total: '1,200.00' }],
  ['total', { amount: '$5', phone: '+4915112345670' }],
])('a wrong %s is unreadable, says what to send, and quotes nothing (%#)', (field, body) => {
  const reading = read(body);
  expect(reading).toEqual({
    kind: 'unreadable',
    reason: expect.stringMatching(`^${field} is not .*: send `),
  });
  for (const value of Object.values(body).filter((part) => typeof part === 'string')) {
    expect(JSON.stringify(reading)).not.toContain(value);
  }
});

test('blanks are as good as nothing: tools send empty fields', () => {
  const blank = {
    contact_id: '',
    member_id: ' ',
    total: '',
    currency: '',
    event: '',
    order_id: null,
    tags: '',
  };
  expect(only(read({ ...blank, email: 'a@b.example' }))).toMatchObject({
    type: 'custom',
    contact: { email: 'a@b.example' },
    tags: [],
  });
});

test('the ping of GitHub is ignored', () => {
  expect(read({ zen: 'Design for failure.' }, { 'x-github-event': 'ping' })).toMatchObject({
    kind: 'ignored',
    topic: 'ping',
  });
});

test.each([
  ['a list', '[]'],
  ['text', 'hello'],
  ['no UTF-8', Buffer.from([0x7b, 0xc3, 0x28, 0x7d])],
])('%s is unreadable', (_name, body) => {
  expect(read(body)).toEqual({
    kind: 'unreadable',
    reason: expect.stringContaining('JSON object'),
  });
});

test('an event named with more than 200 characters is unreadable by name', () => {
  expect(only(read({ event: 'x'.repeat(200) })).topic).toHaveLength(200);
  expect(read({ event: 'x'.repeat(201) })).toEqual({
    kind: 'unreadable',
    reason: 'the event has no valid topic',
  });
});

test('an id over 512 characters is unreadable by name', () => {
  expect(read({ event_id: 'x'.repeat(513) })).toEqual({
    kind: 'unreadable',
    reason: 'the event has no valid id',
  });
});
