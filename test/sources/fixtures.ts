import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { expect } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import type { Delivery, Reading } from '../../lib/sources/source.ts';

/** 2026-11-21T12:00:00Z, the now of every test here. */
export const NOW = Date.UTC(2026, 10, 21, 12);
export const NOW_SECONDS = NOW / 1000;

export const CONTACT_ID = '3b1e7c52-90ac-4c5e-8a43-0d7f6b2a9c11';
export const MEMBER_ID = 'c7a94f10-2d3e-4b8f-9d55-6e1f0a8b7c22';
export const INSTANCE_ID = '5f0c2b9e-7a61-4d0f-b3c8-2e9d1a4f6b33';

type Headers = Readonly<Record<string, string>>;

export function deliver(body: unknown, headers: Headers = {}, receivedAt = NOW): Delivery {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { body: bytes, headers, receivedAt };
}

/** The one event of a reading; anything else fails the test with what was read instead. */
export function only(reading: Reading): CustomerEvent {
  expect(reading).toMatchObject({ kind: 'events' });
  const events = reading.kind === 'events' ? reading.events : [];
  expect(events).toHaveLength(1);
  return events[0] as CustomerEvent;
}

export const types = (reading: Reading): string[] =>
  reading.kind === 'events' ? reading.events.map(({ type }) => type) : [reading.kind];

export const hmac = (secret: string | Buffer, ...parts: readonly (string | Buffer)[]): Buffer => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

export const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export function jwt(
  claims: unknown,
  header: unknown = { alg: 'RS256', typ: 'JWT' },
  privateKey = rsa.privateKey,
): string {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(privateKey).toString('base64url')}`;
}

/** A Wix webhook: the event in the envelope in the claims, all of it JSON text as Wix sends it. */
export function wixBody(
  eventType: string,
  event: Record<string, unknown>,
  identity: unknown = { identityType: 'ANONYMOUS_VISITOR' },
): string {
  const inner = {
    id: 'a1b2c3d4-0000-4000-8000-000000000001',
    eventTime: '2026-11-21T11:59:58.123456Z',
  };
  const data = JSON.stringify({
    eventType,
    instanceId: INSTANCE_ID,
    data: JSON.stringify({ ...inner, ...event }),
    identity: JSON.stringify(identity),
  });
  return jwt({ data, iat: NOW_SECONDS, exp: NOW_SECONDS + 60 });
}

export const shopifyOrder = {
  id: 5550001112223,
  admin_graphql_api_id: 'gid://shopify/Order/5550001112223',
  order_number: 1042,
  name: '#1042',
  email: ' Maya.Okafor@example.com ',
  phone: null,
  financial_status: 'paid',
  fulfillment_status: null,
  cancelled_at: null,
  created_at: '2026-11-21T06:58:00-05:00',
  updated_at: '2026-11-21T06:59:00-05:00',
  currency: 'USD',
  total_price: '249.50',
  test: false,
  tags: 'wholesale, spring ',
  customer: { id: 77, first_name: 'Maya', last_name: 'Okafor', tags: 'loyal,eu' },
  billing_address: { first_name: 'M', last_name: 'O', phone: '+1 555 0100' },
  line_items: [
    {
      id: 1,
      title: 'Walnut desk',
      sku: 'DESK-1',
      product_id: 900,
      variant_id: 901,
      quantity: 2,
      price: '99.75',
    },
    {
      id: 2,
      title: null,
      name: null,
      sku: 'MAT',
      product_id: 902,
      variant_id: null,
      quantity: 1,
      price: '50.00',
    },
  ],
};

export const shopifyCustomer = {
  id: 77,
  email: 'maya.okafor@example.com',
  first_name: 'Maya',
  last_name: 'Okafor',
  phone: '+15550100',
  tags: 'loyal, eu',
  created_at: '2026-11-20T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
};

export const wooOrder = {
  id: 812,
  number: '812',
  status: 'processing',
  currency: 'EUR',
  date_created_gmt: '2026-11-21T10:00:00',
  date_modified_gmt: '2026-11-21T10:05:00',
  date_paid_gmt: '2026-11-21T10:05:00',
  total: '64.20',
  customer_id: 0,
  billing: {
    first_name: 'Jos&eacute;',
    last_name: 'O&#8217;Neil',
    email: 'jose@example.com',
    phone: '0611',
  },
  line_items: [
    {
      id: 4,
      name: 'Mug &ndash; blue &amp; white',
      sku: '',
      product_id: 33,
      variation_id: 0,
      quantity: 3,
      price: 21.4,
    },
  ],
  refunds: [] as unknown[],
};

export const stripeSession = {
  id: 'cs_test_9fQ2',
  object: 'checkout.session',
  payment_status: 'paid',
  amount_total: 1999,
  currency: 'usd',
  customer_details: { email: 'lee@example.com', name: 'Lee van den Berg', phone: '+3120' },
  metadata: {},
};

export const stripeEvent = (type: string, object: unknown): Record<string, unknown> => ({
  id: 'evt_1Qx',
  object: 'event',
  type,
  created: NOW_SECONDS - 5,
  livemode: true,
  data: { object },
});

export const wixOrder = {
  id: 'd0e1f2a3-0000-4000-8000-00000000000a',
  number: '10077',
  status: 'APPROVED',
  paymentStatus: 'PAID',
  fulfillmentStatus: 'NOT_FULFILLED',
  currency: 'GBP',
  buyerInfo: { contactId: CONTACT_ID, memberId: MEMBER_ID, email: 'ines@example.com' },
  billingInfo: { contactDetails: { firstName: 'Inês', phone: '+351900' } },
  recipientInfo: { contactDetails: { firstName: 'Rita', lastName: 'Melo' } },
  priceSummary: { total: { amount: '18.40' } },
  lineItems: [
    {
      productName: { original: 'Candle' },
      physicalProperties: { sku: 'CND' },
      catalogReference: { catalogItemId: 'p-1', options: { variantId: 'v-1' } },
      quantity: 2,
      price: { amount: '9.20' },
    },
  ],
  tags: { privateTags: { tagIds: ['gift'] }, tags: { tagIds: ['web'] } },
};

export const wixContact = {
  id: CONTACT_ID,
  revision: 7,
  primaryInfo: { email: 'ines@example.com', phone: '+351900' },
  info: { name: { first: 'Inês', last: 'Melo' }, labelKeys: { items: ['custom.customer'] } },
};
