import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { deliveryOf, type PayloadOptions } from '../../../cli/commands/rules/payload.ts';
import { CODE_SOURCES, type CodeSourceName } from '../../../lib/events/event.ts';
import { deadDelivery } from '../../../lib/queue/kept-delivery.ts';
import { knownSource } from '../../../lib/sources/index.ts';
import { draftSample, eventsOf, sampleDelivery } from '../../../samples/samples.ts';
import {
  NOW,
  rsa,
  shopifyCustomer,
  shopifyOrder,
  wixBody,
  wixOrder,
  wooOrder,
} from '../../sources/fixtures.ts';
import { readOurs } from '../../support/read-ours.ts';

const secretOf = (source: CodeSourceName): string =>
  source === 'wix' ? rsa.privateKey : `whsec_${btoa('a secret of the tests')}`;
const bytes = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

/** What the payload is read as. */
function read(
  file: Buffer,
  options: Partial<PayloadOptions> = {},
  folders: readonly string[] = [],
) {
  const { source, delivery, notes } = deliveryOf(file, folders, { now: NOW, ...options });
  const reading = readOurs(knownSource(source), delivery);
  const types = reading.kind === 'events' ? reading.events.map(({ type }) => type) : [];
  return { source, reading, types, notes };
}

describe('a raw body', () => {
  const pairs = CODE_SOURCES.flatMap((source) =>
    eventsOf(source).map((type) => [source, type] as const),
  );

  test.each(pairs)('%s: %s is read without its signature', (source, type) => {
    const { draft, sign } = draftSample(source, { now: NOW, type });
    const { headers, body } = sign(draft, secretOf(source));
    const topic = headers['x-shopify-topic'] ?? headers['x-wc-webhook-topic'];

    expect(read(bytes(body), { source, topic }).types).toContain(type);
  });

  test.each([
    ['shopify', { ...shopifyOrder, financial_status: 'paid' }, 'orders/paid', 'order.paid'],
    ['shopify', { ...shopifyOrder, financial_status: 'pending' }, 'orders/create', 'order.created'],
    [
      'shopify',
      { ...shopifyOrder, financial_status: 'refunded' },
      'orders/updated',
      'order.refunded',
    ],
    [
      'shopify',
      { ...shopifyOrder, cancelled_at: '2026-11-21' },
      'orders/cancelled',
      'order.canceled',
    ],
    ['shopify', shopifyCustomer, 'customers/create', 'customer.created'],
    [
      'shopify',
      { email_address: 'a@example.com', email_marketing_consent: { state: 'subscribed' } },
      'customers_email_marketing_consent/update',
      'consent.given',
    ],
    [
      'shopify',
      { ...shopifyOrder, abandoned_checkout_url: 'https://shop.example/c/1' },
      'checkouts/update',
      'custom',
    ],
    [
      'shopify',
      { ...shopifyOrder, invoice_url: 'https://shop.example/i/1' },
      'draft_orders/update',
      'custom',
    ],
    ['woocommerce', wooOrder, 'order.updated', 'order.paid'],
    ['woocommerce', { id: 5, email: 'a@example.com' }, 'customer.created', 'customer.created'],
    [
      'woocommerce',
      { ...wooOrder, status: 'active', billing_period: 'month' },
      'subscription.updated',
      'subscription.started',
    ],
  ] as const)('%s: the topic is guessed, and said: %#', (source, body, topic, type) => {
    const { types, notes } = read(bytes(body), { source });

    expect(types).toContain(type);
    expect(notes).toEqual([`the topic ${topic} is guessed from the body; --topic says another`]);
  });

  test('a topic that is named is not guessed', () => {
    const { reading, notes } = read(bytes(shopifyOrder), { source: 'shopify', topic: 'carts/x' });

    expect(reading).toMatchObject({ events: [{ type: 'custom', topic: 'carts/x' }] });
    expect(notes).toEqual([]);
  });

  test('a topic is refused where the body has it', () => {
    expect(() => read(bytes({}), { source: 'stripe', topic: 'invoice.paid' })).toThrow(
      'stripe says what happened in the body: leave the topic out.',
    );
  });

  test('a form of the custom source', () => {
    const form = bytes('event=order.paid&email=kim%40example.com');

    expect(read(form, { source: 'custom' }).types).toEqual(['order.paid']);
  });

  test("Wix's token is said to be read unchecked", () => {
    const token = wixBody('wix.ecom.v1.order_approved', {
      actionEvent: { body: { order: wixOrder } },
    });

    expect(read(bytes(`${token}\n`), { source: 'wix' }).notes).toEqual([
      'the token is read without its signature being checked',
    ]);
  });

  const event = {
    id: 'e-1',
    entityFqdn: 'wix.ecom.v1.order',
    slug: 'approved',
    actionEvent: { body: { order: { ...wixOrder, paymentStatus: 'PAID' } } },
  };
  const envelope = { eventType: 'wix.ecom.v1.order_approved', data: JSON.stringify(event) };
  test.each([
    ['the event', event],
    ['the envelope', envelope],
    ['all claims', { data: JSON.stringify(envelope), iat: 1 }],
  ])("%s out of Wix's token will do", (_, body) => {
    expect(read(bytes(body), { source: 'wix' }).types).toEqual(['order.paid']);
  });
});

describe('a file with headers', () => {
  const headers = { 'X-Shopify-Topic': 'orders/cancelled', 'X-Shopify-Event-Id': 7 };
  const body = { ...shopifyOrder, cancelled_at: '2026-11-21T07:00:00Z' };

  test.each([
    ['as data', body],
    ['as text', JSON.stringify(body)],
  ])('its body %s', (_, its) => {
    const { types, reading } = read(bytes({ source: 'shopify', headers, body: its }));

    expect(types).toEqual(['order.canceled']);
    expect(reading).toMatchObject({ events: [{ id: 'orders/cancelled:7' }] });
  });

  test('headers of the command line win', () => {
    const given = { source: 'shopify', headers: { 'x-shopify-topic': 'orders/create' } } as const;

    expect(read(bytes({ headers, body }), given).types).toEqual(['order.created']);
  });

  test('a body that has such fields of its own is a body', () => {
    const own = { event: 'order.paid', email: 'a@example.com', headers: {}, body: 'x' };

    expect(read(bytes(own), { source: 'custom' }).types).toEqual(['order.paid']);
  });

  test.each([
    [
      'a stranger',
      'the source "magento"; there are shopify,',
      { source: 'magento', headers, body },
    ],
    ['what is no gzip', 'is not', { source: 'shopify', headers, encoding: 'gzip', body: 'x' }],
  ])('%s is refused', (_, problem, file) => {
    expect(() => read(bytes(file))).toThrow(problem);
  });
});

describe('a delivery out of a dead letter', () => {
  test.each(CODE_SOURCES)('of %s', (source) => {
    const { headers, body } = sampleDelivery(source, { secret: secretOf(source), now: NOW });
    const delivery = { headers, body: Buffer.from(body), receivedAt: NOW };
    const deadLetter = deadDelivery({
      source,
      delivery,
      id: 'an id',
      info: { reason: 'unreadable' },
    });

    const { source: found, types } = read(bytes(deadLetter?.body));

    expect([found, types]).toEqual([source, ['order.paid']]);
    const whole = {
      id: 'a1b2',
      reason: 'unreadable',
      body: JSON.parse(deadLetter?.body ?? ''),
    };
    expect(read(bytes(whole)).types).toEqual(types);
  });

  test('that is zipped', () => {
    const kept = {
      v: 1,
      kind: 'delivery',
      source: 'custom',
      receivedAt: '2026-11-21T10:00:00Z',
      headers: {},
      encoding: 'gzip',
      body: gzipSync('{"event":"order.paid","email":"a@example.com"}').toString('base64'),
    };

    expect(read(bytes(kept)).types).toEqual(['order.paid']);
  });

  test('of Standard Webhooks, with the id that it came with', () => {
    const deadLetter = {
      source: 'standard-webhooks',
      headers: { 'webhook-id': 'msg_7' },
      body: { type: 'order.paid', data: { email: 'a@example.com' } },
    };
    const svix = { ...deadLetter, headers: { 'svix-id': 'msg_8' } };

    expect(read(bytes(deadLetter)).reading).toMatchObject({ events: [{ id: 'msg_7' }] });
    expect(read(bytes(svix)).reading).toMatchObject({ events: [{ id: 'msg_8' }] });
  });
});

describe('the source', () => {
  const body = bytes({ event: 'order.paid', email: 'a@example.com' });

  test('is the nearest folder of that name', () => {
    expect(read(body, {}, ['stripe', 'payloads', 'custom', 'old']).source).toBe('custom');
  });

  test('is what the command line says', () => {
    expect(read(body, { source: 'custom' }, ['stripe']).source).toBe('custom');
  });

  test('has to be named', () => {
    expect(() => read(body, {}, ['payloads'])).toThrow(/^Which source sends it\? Say --source/);
  });
});
