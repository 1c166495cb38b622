import { randomUUID } from 'node:crypto';
import type { SourceName } from '../lib/events/event.ts';
import { hmacBase64, signJwt, standardHeaders, stripeSignature } from './sign.ts';

/** Somebody who buys. `contactId` is the Wix contact's: events of Wix itself name it. */
export interface Buyer {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly contactId?: string;
}

/** One buyer a source, so that each sample labels a contact of its own. */
export const SAMPLE_BUYERS: Readonly<Record<SourceName, Buyer>> = {
  shopify: buyer('Ada', 'Lovelace', 1),
  woocommerce: buyer('Grace', 'Hopper', 2),
  stripe: buyer('Alan', 'Turing', 3),
  wix: buyer('Katherine', 'Johnson', 4),
  'standard-webhooks': buyer('Edsger', 'Dijkstra', 5),
  custom: buyer('Margaret', 'Hamilton', 6),
};

/** Numbers from +1 202 555 0100 to 0199 are set aside for fiction; example.com is, for examples. */
function buyer(firstName: string, lastName: string, number: number): Buyer {
  const email = `${firstName.toLowerCase()}@example.com`;
  return { firstName, lastName, email, phone: `+1202555010${number}` };
}

/** A request to be posted to `/webhooks/{source}`. */
export interface SampleDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SampleOptions {
  /** What the source signs with: its shared secret, or for `wix` its private key (PEM). */
  readonly secret: string;
  /** Epoch milliseconds: the time of the purchase and of the signature. */
  readonly now: number;
  readonly buyer?: Buyer;
  /** What was paid in all, in dollars. */
  readonly total?: number;
  /** The app instance in Wix's envelope. */
  readonly instanceId?: string;
}

interface Purchase
  extends Required<Pick<SampleOptions, 'secret' | 'now' | 'buyer' | 'instanceId'>> {
  readonly id: string;
  /** A fresh number; some platforms number their orders. */
  readonly number: number;
  readonly seconds: number;
  readonly iso: string;
  readonly total: number;
}

/** A signed purchase of our own making, in the source's own form, with fresh ids. */
export function sampleDelivery(source: SourceName, options: SampleOptions): SampleDelivery {
  const id = randomUUID();
  return MAKERS[source]({
    buyer: SAMPLE_BUYERS[source],
    total: 249,
    instanceId: '00000000-0000-4000-8000-0000000000aa',
    ...options,
    id,
    number: Number.parseInt(id.slice(0, 8), 16),
    seconds: Math.floor(options.now / 1000),
    iso: new Date(options.now).toISOString(),
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const money = (amount: number) => amount.toFixed(2);

const MAKERS: Readonly<Record<SourceName, (purchase: Purchase) => SampleDelivery>> = {
  shopify,
  woocommerce,
  stripe,
  wix,
  'standard-webhooks': standardWebhooks,
  custom,
};

function shopify({ secret, buyer, id, number, iso, total }: Purchase): SampleDelivery {
  const { email, phone, firstName, lastName } = buyer;
  const body = JSON.stringify({
    id: number,
    admin_graphql_api_id: `gid://shopify/Order/${number}`,
    email,
    phone,
    name: `#${number}`,
    created_at: iso,
    financial_status: 'paid',
    currency: 'USD',
    total_price: money(total),
    tags: 'sample',
    test: false,
    customer: { id: number + 1, email, first_name: firstName, last_name: lastName, tags: '' },
    line_items: [
      { id: number + 2, title: 'Lamp', sku: 'LAMP-1', quantity: 1, price: money(total) },
    ],
  });
  return {
    body,
    headers: {
      ...JSON_TYPE,
      'x-shopify-topic': 'orders/paid',
      'x-shopify-shop-domain': 'sample.myshopify.com',
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': id,
      'x-shopify-event-id': id,
      'x-shopify-triggered-at': iso,
      'x-shopify-hmac-sha256': hmacBase64(secret, body),
    },
  };
}

function woocommerce({ secret, buyer, id, number, iso, total }: Purchase): SampleDelivery {
  const { email, phone, firstName, lastName } = buyer;
  const gmt = iso.slice(0, 19);
  const body = JSON.stringify({
    id: number,
    number: String(number),
    status: 'processing',
    currency: 'USD',
    total: money(total),
    date_created_gmt: gmt,
    date_modified_gmt: gmt,
    date_paid_gmt: gmt,
    customer_id: 0,
    billing: { first_name: firstName, last_name: lastName, email, phone },
    line_items: [{ id: 1, name: 'Teapot', sku: 'TEA-1', product_id: 7, quantity: 1, price: total }],
    refunds: [],
  });
  return {
    body,
    headers: {
      ...JSON_TYPE,
      'x-wc-webhook-source': 'https://sample.example.com/',
      'x-wc-webhook-topic': 'order.updated',
      'x-wc-webhook-resource': 'order',
      'x-wc-webhook-event': 'updated',
      'x-wc-webhook-id': '1',
      'x-wc-webhook-delivery-id': id.replaceAll('-', ''),
      'x-wc-webhook-signature': hmacBase64(secret, body),
    },
  };
}

/** A checkout names no items unless they are asked for, so no "Bought …" label comes of it. */
function stripe({ secret, buyer, id, seconds, total }: Purchase): SampleDelivery {
  const { email, phone, firstName, lastName } = buyer;
  const bare = id.replaceAll('-', '');
  const body = JSON.stringify({
    id: `evt_${bare}`,
    object: 'event',
    type: 'checkout.session.completed',
    created: seconds,
    livemode: false,
    data: {
      object: {
        id: `cs_test_${bare}`,
        object: 'checkout.session',
        created: seconds,
        mode: 'payment',
        status: 'complete',
        payment_status: 'paid',
        payment_intent: `pi_${bare}`,
        amount_total: Math.round(total * 100),
        currency: 'usd',
        customer_details: { email, phone, name: `${firstName} ${lastName}` },
        metadata: {},
      },
    },
  });
  const signature = stripeSignature(secret, seconds, body);
  return { body, headers: { ...JSON_TYPE, 'stripe-signature': signature } };
}

/** The whole body is a token; its data is JSON in JSON in JSON. */
function wix(purchase: Purchase): SampleDelivery {
  const { secret, id, seconds, iso, instanceId } = purchase;
  const event = {
    id,
    entityFqdn: 'wix.ecom.v1.order',
    slug: 'approved',
    entityId: id,
    eventTime: iso,
    triggeredByAnonymizeRequest: false,
    actionEvent: { body: { order: wixOrder(purchase) } },
  };
  const envelope = {
    eventType: 'wix.ecom.v1.order_approved',
    instanceId,
    data: JSON.stringify(event),
    identity: JSON.stringify({ identityType: 'WIX_USER' }),
  };
  const claims = { data: JSON.stringify(envelope), iat: seconds, exp: seconds + 3600 };
  return { body: signJwt(secret, claims), headers: { 'content-type': 'text/plain' } };
}

function wixOrder({ id, number, buyer, iso, total }: Purchase): object {
  const { email, phone, firstName, lastName, contactId } = buyer;
  const amount = { amount: money(total), formattedAmount: `$${money(total)}` };
  return {
    id,
    number: String(number),
    status: 'APPROVED',
    paymentStatus: 'PAID',
    currency: 'USD',
    createdDate: iso,
    purchasedDate: iso,
    buyerInfo: { email, ...(contactId && { contactId }) },
    billingInfo: { contactDetails: { firstName, lastName, phone } },
    priceSummary: { subtotal: amount, total: amount },
    lineItems: [
      {
        id: '1',
        productName: { original: 'Notebook', translated: 'Notebook' },
        catalogReference: { catalogItemId: 'notebook' },
        physicalProperties: { sku: 'NOTE-1' },
        quantity: 1,
        price: amount,
      },
    ],
  };
}

function standardWebhooks({ secret, buyer, id, seconds, iso, total }: Purchase): SampleDelivery {
  const { email, phone, firstName, lastName } = buyer;
  const body = JSON.stringify({
    type: 'order.paid',
    timestamp: iso,
    data: {
      order_id: id,
      email,
      phone,
      first_name: firstName,
      last_name: lastName,
      total,
      currency: 'USD',
      products: [{ title: 'Clock', sku: 'CLOCK-1', quantity: 1, price: total }],
    },
  });
  return {
    body,
    headers: { ...JSON_TYPE, ...standardHeaders(secret, `msg_${id}`, seconds, body) },
  };
}

/** Flat, as automation tools fill it in. */
function custom({ secret, buyer, id, total }: Purchase): SampleDelivery {
  const { email, phone, firstName, lastName } = buyer;
  const body = JSON.stringify({
    type: 'order.paid',
    event_id: id,
    email,
    phone,
    first_name: firstName,
    last_name: lastName,
    order_id: id,
    total,
    currency: 'USD',
    products: 'Radio',
  });
  return { body, headers: { ...JSON_TYPE, authorization: `Bearer ${secret}` } };
}
