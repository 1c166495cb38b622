import { createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { codeSources, knownSource } from '../../lib/sources/index.ts';
import type { Delivery, Reading } from '../../lib/sources/source.ts';

interface Vector {
  readonly scheme: string;
  readonly source: string;
  readonly secret: string | null;
  readonly jwk?: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Where it was posted to, for the schemes that sign that. */
  readonly notificationUrl?: string;
  /** Unix seconds; missing where the scheme has no time. */
  readonly now?: number;
  readonly expected: 'valid' | 'invalid';
  readonly from: string;
}

const SOURCE_OF_SCHEME: Readonly<Record<string, string>> = {
  std: 'standard-webhooks',
  github: 'custom',
  shopify: 'shopify',
  stripe: 'stripe',
  jws: 'wix',
  square: 'square',
  paddle: 'paddle',
};

const NOW = Date.UTC(2026, 10, 21);
let failures = 0;

function report(ok: boolean, line: string): void {
  if (!ok) failures += 1;
  console.log(`${ok ? 'pass' : 'FAIL'}  ${line}`);
}

function checkVectors(vectors: readonly Vector[]): void {
  const skipped = new Map<string, number>();
  for (const [index, vector] of vectors.entries()) {
    const source = Object.hasOwn(SOURCE_OF_SCHEME, vector.scheme)
      ? SOURCE_OF_SCHEME[vector.scheme]
      : undefined;
    if (source === undefined) {
      skipped.set(vector.source, (skipped.get(vector.source) ?? 0) + 1);
      continue;
    }
    const secret =
      vector.jwk === undefined
        ? (vector.secret ?? '')
        : String(
            createPublicKey({ key: vector.jwk, format: 'jwk' }).export({
              format: 'pem',
              type: 'spki',
            }),
          );
    const receivedAt = vector.now === undefined ? NOW : vector.now * 1000;
    const { notificationUrl: url } = vector;
    const delivery = {
      body: Buffer.from(vector.body),
      headers: vector.headers,
      receivedAt,
      ...(url && { address: { method: 'POST', url, query: {} } }),
    };
    const verdict = knownSource(source).verify(delivery, [secret]);
    const got = verdict.ok ? 'valid' : 'invalid';
    const why = verdict.ok ? '' : ` (${verdict.reason})`;
    report(
      got === vector.expected,
      `vector ${index} ${vector.source}: ${got}${why}; wanted ${vector.expected}`,
    );
  }
  for (const [source, count] of skipped)
    console.log(`skip  ${count} × ${source}: the source is not built`);
}

/** What a sample must read into, taken from its raw JSON. */
interface Expected {
  readonly types: readonly string[];
  readonly email: string;
  readonly orderId: string;
  readonly total: number | undefined;
  readonly items: readonly {
    readonly title: string;
    readonly quantity: number;
    readonly price: number;
  }[];
}

function checkReading(file: string, reading: Reading, expected: Expected): void {
  if (reading.kind !== 'events') {
    report(false, `${file}: ${reading.kind} (${reading.reason})`);
    return;
  }
  const [event] = reading.events;
  const got: Expected = {
    types: reading.events.map(({ type }) => type),
    email: event.contact.email ?? '',
    orderId: event.order?.id ?? '',
    total: event.order?.total,
    items: (event.order?.items ?? []).map(({ title = '', quantity = 0, price = 0 }) => ({
      title,
      quantity,
      price,
    })),
  };
  report(JSON.stringify(got) === JSON.stringify(expected), `${file}: ${JSON.stringify(got)}`);
  if (JSON.stringify(got) !== JSON.stringify(expected))
    console.log(`      wanted ${JSON.stringify(expected)}`);
}

const deliver = (body: unknown, headers: Record<string, string> = {}): Delivery => ({
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  headers,
  receivedAt: NOW,
});

type ReadSample = (file: string) => Promise<string>;

async function checkShopify(sample: ReadSample): Promise<void> {
  const file = 'shopify-order.json';
  const body = await sample(file);
  const raw = JSON.parse(body) as {
    id: number;
    email: string;
    total_price: string;
    line_items: { title: string; quantity: number; price: string }[];
  };
  const read = (topic: string) =>
    codeSources.shopify.read(
      asVerified(codeSources.shopify, deliver(body, { 'x-shopify-topic': topic })),
    );
  checkReading(file, read('orders/create'), {
    types: ['order.created'],
    email: raw.email,
    orderId: `${raw.id}`,
    total: Number(raw.total_price),
    items: raw.line_items.map(({ title, quantity, price }) => ({
      title,
      quantity,
      price: Number(price),
    })),
  });
  const paid = read('orders/paid');
  report(
    paid.kind === 'unreadable',
    `${file}: as orders/paid, though only authorized: ${paid.kind}`,
  );
}

async function checkWooCommerce(sample: ReadSample): Promise<void> {
  const file = 'woocommerce-order.json';
  const body = await sample(file);
  const raw = JSON.parse(body) as {
    id: number;
    total: string;
    billing: { email: string };
    line_items: { name: string; quantity: number; price: number }[];
  };
  const reading = codeSources.woocommerce.read(
    asVerified(codeSources.woocommerce, deliver(body, { 'x-wc-webhook-topic': 'order.created' })),
  );
  checkReading(file, reading, {
    types: ['order.created', 'order.paid'],
    email: raw.billing.email,
    orderId: `${raw.id}`,
    total: Number(raw.total),
    items: raw.line_items.map(({ name, quantity, price }) => ({
      title: name.replace('&ndash;', '\u2013'),
      quantity,
      price,
    })),
  });
}

/** The session of the fixture is unpaid and has neither amount nor currency. */
async function checkStripe(sample: ReadSample): Promise<void> {
  const file = 'stripe-checkout_session_object.json';
  const raw = JSON.parse(await sample(file)) as {
    id: string;
    created: number;
    amount_total: number | null;
    customer_details: { email: string };
  };
  const envelope = JSON.parse(await sample('stripe-event_envelope.json')) as Record<
    string,
    unknown
  >;
  const event = (object: unknown) =>
    deliver({ ...envelope, type: 'checkout.session.completed', data: { object } });
  const expected: Expected = {
    types: ['order.created'],
    email: raw.customer_details.email,
    orderId: raw.id,
    total: raw.amount_total === null ? undefined : raw.amount_total / 100,
    items: [],
  };
  checkReading(file, codeSources.stripe.read(asVerified(codeSources.stripe, event(raw))), expected);
  const paid = { ...raw, payment_status: 'paid', amount_total: 1250, currency: 'usd' };
  checkReading(
    `${file}, paid`,
    codeSources.stripe.read(asVerified(codeSources.stripe, event(paid))),
    {
      ...expected,
      types: ['order.paid'],
      total: 12.5,
    },
  );
  const untouched = codeSources.stripe.read(asVerified(codeSources.stripe, deliver(envelope))).kind;
  report(untouched === 'ignored', `stripe-event_envelope.json: ${untouched}`);
}

/** The sample is the innermost of the three layers: the others are put around it under a key of our own. */
async function checkWix(sample: ReadSample): Promise<void> {
  const file = 'wix-order_approved.json';
  const body = await sample(file);
  const raw = JSON.parse(body) as {
    actionEvent: {
      body: {
        order: {
          id: string;
          buyerInfo: { email: string };
          priceSummary: { totalPrice: { amount: string } };
          lineItems: {
            productName: { original: string };
            quantity: number;
            price: { amount: string };
          }[];
        };
      };
    };
  };
  const { order } = raw.actionEvent.body;
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const envelope = { eventType: 'wix.ecom.v1.order_approved', instanceId: order.id, data: body };
  const signed = `${segment({ alg: 'RS256' })}.${segment({ data: JSON.stringify(envelope), exp: NOW })}`;
  const signature = createSign('sha256').update(signed).sign(keys.privateKey).toString('base64url');
  const delivery = deliver(`${signed}.${signature}`);
  const key = String(keys.publicKey.export({ format: 'pem', type: 'spki' }));
  report(codeSources.wix.verify(delivery, [key]).ok, `${file}: signed and wrapped, verifies`);
  checkReading(file, codeSources.wix.read(asVerified(codeSources.wix, delivery)), {
    types: ['order.created'],
    email: order.buyerInfo.email,
    orderId: order.id,
    total: Number(order.priceSummary.totalPrice.amount),
    items: order.lineItems.map(({ productName, quantity, price }) => ({
      title: productName.original,
      quantity,
      price: Number(price.amount),
    })),
  });
}

const readBy = (source: string, body: string): Reading =>
  knownSource(source).read(asVerified(knownSource(source), deliver(body)));

/** The payment of the sample names no buyer. */
async function checkSquare(sample: ReadSample): Promise<void> {
  const file = 'square-payment_updated.json';
  const body = await sample(file);
  const isAnonymous = !/"(?:buyer_email_address|customer_id)":\s*"/.test(body);
  const reading = readBy('square', body);
  report(isAnonymous && reading.kind === 'ignored', `${file}: ${reading.kind}`);
}

async function checkPaddle(sample: ReadSample): Promise<void> {
  const file = 'paddle-transaction-completed.json';
  const body = await sample(file);
  const { data } = JSON.parse(body) as {
    data: { id: string; details: { totals: { total: string } } };
  };
  const reading = readBy('paddle', body);
  const order = reading.kind === 'events' ? reading.events[0].order : undefined;
  const total = Number(data.details.totals.total) / 100;
  const isRight = order?.id === data.id && order.total === total;
  report(isRight, `${file}: ${reading.kind}, a total of ${order?.total}, wanted ${total}`);
}

/**
 * Signed vectors, entry by entry, and one payload of each platform as it was published. Prints a line for each.
 * What a reader should find is looked up by plain property access, not by the reader's own code.
 * @returns how many failed
 */
export async function checkPublished(directory: string): Promise<number> {
  const sample: ReadSample = (file) => readFile(join(directory, file), 'utf8');
  checkVectors(JSON.parse(await sample('signed-vectors.json')) as readonly Vector[]);
  await checkShopify(sample);
  await checkWooCommerce(sample);
  await checkStripe(sample);
  await checkWix(sample);
  await checkSquare(sample);
  await checkPaddle(sample);
  return failures;
}
