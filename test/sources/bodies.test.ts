import { describe, expect, test } from '@jest/globals';
import { custom } from '../../lib/sources/custom.ts';
import { standardWebhooks } from '../../lib/sources/standard-webhooks.ts';
import { readOurs } from '../support/read-ours.ts';
import { deliver, only } from './fixtures.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const read = (body: unknown, headers: Record<string, string> = {}) =>
  readOurs(custom, deliver(body, headers));
const sent = (body: unknown) =>
  readOurs(standardWebhooks, deliver(body, { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,x' }));

describe('a form', () => {
  test.each([
    ['products[]=Desk&products[]=Lamp'],
    ['products[0]=Desk&products[1]=Lamp'],
    ['products[7]=Lamp&products[3]=Desk'],
    ['products%5B%5D%5Btitle%5D=Desk&products%5B%5D%5Btitle%5D=Lamp'],
    ['products[0][title]=Desk&products[1][title]=Lamp'],
    ['order[x]=1&data[products][]=Desk&data[products][]=Lamp'],
    ['payload=%7B%22products%22%3A%5B%22Desk%22%2C%22Lamp%22%5D%7D'],
  ])('%s', (pairs) => {
    const titles = only(read(`event=order.paid&${pairs}`, FORM)).order?.items.map((i) => i.title);
    expect(titles).toEqual(['Desk', 'Lamp']);
  });

  test('keys of a prototype are the sender\u2019s own', () => {
    const { data } = only(
      read('__proto__[email]=a@b.example&a[__proto__][x]=1&email=k@b.example', FORM),
    );
    expect(Object.keys(data)).toEqual(['__proto__', 'a', 'email']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test.each(['text/plain', 'application/octet-stream', undefined])('of type %s is read', (type) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    expect(only(read('event=order.paid&email=kim%40b.example', headers))).toMatchObject({
      type: 'order.paid',
      contact: { email: 'kim@b.example' },
    });
  });

  test('a plus that was not encoded', () => {
    const { contact } = only(
      read('email=kim+shop@b.example&phone=+4915112345670&name=Kim+Lee', FORM),
    );
    expect(contact).toEqual({
      email: 'kim+shop@b.example',
      phone: '+4915112345670',
      firstName: 'Kim',
      lastName: 'Lee',
    });
    // A blank that was encoded is one.
    expect(only(read('email=kim%20shop@b.example', FORM)).contact).toEqual({});
  });
});

describe('multipart/form-data', () => {
  const part = (name: string, value: string, more = '') =>
    `--X\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const body = `${part('event', 'order.paid')}${part('email', 'kim@b.example')}${part('products[]', 'Küche')}${part('file', '\u0000\u0001', '; filename="a.png"')}--X--\r\n`;

  test.each([
    ['with its boundary', body, 'multipart/form-data; boundary=X'],
    ['without it', body, 'multipart/form-data'],
    ['of line feeds alone', body.replaceAll('\r\n', '\n'), 'multipart/form-data; boundary=X'],
    ['without a type', body, 'text/plain'],
  ])('%s is read, files left out', (_name, written, type) => {
    const event = only(read(written, { 'content-type': type }));
    expect(event).toMatchObject({ type: 'order.paid', contact: { email: 'kim@b.example' } });
    expect(event.order?.items).toEqual([{ title: 'Küche' }]);
    expect(event.data).not.toHaveProperty('file');
  });

  test('a file need not be UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from(
        `${part('email', 'kim@b.example')}--X\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n`,
      ),
      Buffer.of(0xff, 0xfe, 0x0a),
      Buffer.from('\r\n--X--'),
    ]);
    expect(
      only(read(bytes, { 'content-type': 'multipart/form-data; boundary=X' })).contact,
    ).toEqual({
      email: 'kim@b.example',
    });
  });
});

describe('what cannot be read says what it is', () => {
  test.each([
    ['[{"a":1},{"a":2},{"a":3}]', 'a list of 3'],
    ['[]', 'a list without'],
    ['<?xml version="1.0"?><a/>', 'XML'],
    ['{"a":', 'cut off'],
    ['"hello"', 'a text'],
    ['', 'empty'],
    [Buffer.of(0x1f, 0x8b, 8, 0), 'compressed'],
    [Buffer.from('{"email":"M\u00fcller@b.example"}', 'latin1'), 'not UTF-8'],
    [`{"a":${'['.repeat(101)}${']'.repeat(101)}}`, 'deeper than 100'],
  ])('%s', (body, reason) => {
    expect(read(body)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
  });
});

test.each([
  ['a list of one', [{ event: 'order.paid', email: 'a@b.example' }]],
  ['twice JSON', JSON.stringify(JSON.stringify({ event: 'order.paid', email: 'a@b.example' }))],
  [
    'what n8n passes on',
    {
      headers: { a: 'b' },
      params: {},
      query: {},
      body: { event: 'order.paid', email: 'a@b.example' },
    },
  ],
  ['data as text', { event: 'order.paid', data: '{"email":"a@b.example"}' }],
])('%s is read', (_name, body) => {
  expect(only(read(body))).toMatchObject({ type: 'order.paid', contact: { email: 'a@b.example' } });
});

describe('text that nobody wrote', () => {
  const items = (products: unknown, more = {}) =>
    only(read({ event: 'order.paid', email: 'a@b.example', products, ...more })).order?.items;

  test.each(['undefined', 'null', 'NaN', '[object Object]', '{{ 1.title }}', `\${title}`])(
    '%s is no title, no tag and no name',
    (text) => {
      expect(items(text, { total: 1 })).toEqual([]);
      expect(items([{ title: text, sku: 'S' }])).toEqual([{ title: 'S', sku: 'S' }]);
      const event = only(read({ email: 'a@b.example', first_name: text, tags: ['vip', text] }));
      expect(event).toMatchObject({ tags: ['vip'], contact: { email: 'a@b.example' } });
      expect(event.contact.firstName).toBeUndefined();
    },
  );

  test('a title that lost a letter falls back to the SKU, and is missing without', () => {
    expect(items([{ title: 'K\ufffdche', sku: 'S' }])).toEqual([{ title: 'S', sku: 'S' }]);
    expect(items('K\ufffdche')).toEqual([{}]);
  });

  test.each(['[{"title":"Desk"', '["Desk", ', "[{'title': 'Desk'}]", '[Desk, Lamp]'])(
    'products %s are no titles',
    (products) => {
      expect(read({ email: 'a@b.example', products })).toEqual({
        kind: 'unreadable',
        reason: expect.stringContaining('products begins like a list in JSON'),
      });
    },
  );

  test('a title in brackets is one', () => {
    expect(items('[SALE] Desk')).toEqual([{ title: '[SALE] Desk' }]);
  });
});

test.each(['USDC', '\u20ac', 'dollars'])('the currency %s costs the money alone', (currency) => {
  const body = {
    event: 'order.paid',
    email: 'a@b.example',
    total: '5',
    currency,
    products: 'Desk',
    prices: '5',
  };
  expect(only(read({ ...body, order_id: 'o' })).order).toEqual({
    id: 'o',
    items: [{ title: 'Desk' }],
    tags: [],
  });
});

describe('the name of the event', () => {
  test.each([
    ['order.cancelled', 'order.canceled'],
    ['order_paid', 'order.paid'],
    ['Order Paid', 'order.paid'],
    ['order.payed', 'order.paid'],
    ['orders/paid', 'order.paid'],
    ['ORDER.PAID', 'order.paid'],
    ['oder.paid', 'order.paid'],
    ['subscription.cancelled', 'subscription.canceled'],
    ['form.submit', 'form.submitted'],
    ['customerCreated', 'customer.created'],
  ])('%s is reported: %s was meant', (event, meant) => {
    expect(read({ event, email: 'a@b.example' })).toMatchObject({
      events: [{ type: 'custom', topic: event }],
      unheard: { kind: 'unreadable', reason: expect.stringContaining(`did you mean ${meant}?`) },
    });
  });

  test.each([
    ...['order.updated', 'payment.succeeded', 'subscription.charged', 'lead.won', 'order.rated'],
    ...['subscription.created', 'order.voided', 'customer.deleted'],
  ])('%s is the sender\u2019s own', (event) => {
    expect(read({ event, email: 'a@b.example' })).not.toHaveProperty('unheard');
  });

  test.each([
    'event',
    'type',
    'event_type',
    'eventType',
    'event_name',
    'trigger',
    'triggerEvent',
    'alert_name',
    'action',
    'topic',
    'Event',
  ])('stands under %s', (key) => {
    expect(only(read({ [key]: 'lead.won', email: 'a@b.example' })).topic).toBe('lead.won');
  });

  test('a topic that somebody chose in a form is an answer', () => {
    const event = only(read({ form_id: 'f', topic: 'Clocks', email: 'a@b.example' }));
    expect(event).toMatchObject({ type: 'form.submitted', form: { fields: { topic: 'Clocks' } } });
  });
});

describe('the time', () => {
  const at = (body: object) => only(read(body)).occurredAt;
  const time = '2026-10-01T00:00:00.000Z';

  test.each([
    'occurred_at',
    'occurredAt',
    'timestamp',
    'submittedAt',
    'submissionTime',
    'event_time',
  ])('stands under %s', (key) => expect(at({ event: 'a.b', [key]: time })).toBe(time));

  test('when a thing was made is no time of the event, save of an envelope or a form', () => {
    expect(at({ event: 'order.refunded', total: 1, created_at: time })).not.toBe(time);
    expect(at({ event: 'a.b', data: { created_at: time } })).not.toBe(time);
    expect(at({ event: 'a.b', created_at: time, data: {} })).toBe(time);
    expect(at({ form_id: 'f', createdAt: time })).toBe(time);
  });
});

test('the fields for conditions', () => {
  const event = only(
    read({
      ...{
        event: 'order.paid',
        email: 'a@b.example',
        country: 'de',
        language: 'de_at',
        acceptsMarketing: 'Yes',
      },
      ...{
        order_id: 'o',
        discount_codes: 'SAVE, MORE',
        shipping_country: 'AT',
        payment_method: 'cod',
      },
      ...{
        channel: 'pos',
        refunded_total: '2.50',
        attributes: { gift: true, note: 'hi', none: null },
      },
      products: [
        { title: 'Desk', vendor: 'Oak', variant: 'Large', variant_id: 3, options: { size: 'L' } },
      ],
      ...{ plan: 'Gold', interval: 'month', plan_price: '9.90' },
    }),
  );
  expect(event.contact).toEqual({
    email: 'a@b.example',
    country: 'DE',
    language: 'de-AT',
    acceptsMarketing: true,
  });
  expect(event.order).toEqual({
    ...{
      id: 'o',
      tags: [],
      discountCodes: ['SAVE', 'MORE'],
      shippingCountry: 'AT',
      paymentMethod: 'cod',
    },
    ...{ channel: 'pos', refundedTotal: 2.5, attributes: { gift: 'true', note: 'hi' } },
    items: [
      { title: 'Desk', vendor: 'Oak', variant: 'Large', variantId: '3', options: { size: 'L' } },
    ],
  });
  expect(event.subscription).toMatchObject({ interval: 'month', price: 9.9 });
});

describe('senders of another vocabulary', () => {
  const polar = {
    type: 'subscription.canceled',
    data: {
      id: 's',
      amount: 500,
      currency: 'usd',
      customer: { email: 'kim@b.example', name: 'Kim Lee' },
    },
  };

  test('have a person and no money, and their words do not mean Earmark\u2019s', () => {
    const reading = sent(polar);
    const { type, topic, contact, order, subscription } = only(reading);
    expect({ type, topic, contact, order, subscription }).toEqual({
      type: 'custom',
      topic: 'subscription.canceled',
      contact: { email: 'kim@b.example', firstName: 'Kim', lastName: 'Lee' },
    });
    expect(reading).toMatchObject({
      unheard: { kind: 'unreadable', reason: expect.stringContaining('a rule with topics') },
    });
  });

  test.each([
    [
      {
        email_addresses: [
          { id: 'a', email_address: 'old@b.example' },
          { id: 'b', email_address: 'kim@b.example' },
        ],
        primary_email_address_id: 'b',
      },
    ],
    [{ user: { email: 'kim@b.example' } }],
    [{ customer_email: 'kim@b.example' }],
    [{ attributes: { user_email: 'kim@b.example' }, relationships: {} }],
  ])('the person of %j', (data) => {
    expect(only(sent({ type: 'user.created', data })).contact).toEqual({ email: 'kim@b.example' });
  });

  test.each([
    [{ customer: { email: 'a@b.example' }, user: { email: 'c@b.example' } }],
    [
      {
        organizer: { email: 'a@b.example' },
        owner_email: 'c@b.example',
        assigned: { email: 'd@b.example' },
      },
    ],
  ])('nobody is certain in %j', (data) => {
    expect(only(sent({ type: 'a.b', data })).contact).toEqual({});
  });

  test('an amount beside an id is not taken for major units', () => {
    const data = { id: 'p', amount: 500, currency: 'usd', email: 'a@b.example' };
    expect(only(sent({ type: 'order.paid', data })).order).toBeUndefined();
    const { id: _, ...flat } = data;
    expect(only(sent({ type: 'order.paid', data: flat })).order?.total).toBe(500);
  });
});
