import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { draftOf } from '../../cli/commands/sources/draft/draft.ts';
import { invented } from '../../cli/commands/sources/draft/invented.ts';
import { signedBy } from '../../cli/commands/sources/draft/signed.ts';
import { renderDraft } from '../../cli/commands/sources/new.ts';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { samplePost } from '../../lib/sources/authoring/check-samples.ts';
import { loadedSource } from '../../lib/sources/authoring/files.ts';
import { loadSource } from '../../lib/sources/authoring/load.ts';
import { readDescribed } from '../../lib/sources/described/reader.ts';
import type { Delivery, Reading } from '../../lib/sources/source.ts';
import { earmarkHere } from '../support/earmark.ts';

const TODAY = { name: 'acme', docs: 'https://example.com', today: '2026-11-28' };

const posted = (body: unknown, headers: Delivery['headers'] = {}): Delivery => ({
  ...{ headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) },
  receivedAt: 0,
});

/** The draft of bodies, which has to be a sound file. */
function drafted(...deliveries: readonly Delivery[]) {
  const draft = draftOf(deliveries, TODAY);
  if (typeof draft === 'string') throw new Error(draft);
  const text = renderDraft(draft);
  return { text, remarks: draft.remarks, ...loadSource(text, 'acme', 'acme.yml') };
}

/** What rules would use of it most. */
function gist(reading: Reading): object {
  if (reading.kind !== 'events') return reading;
  const [{ type, topic, contact, order }] = reading.events;
  const items = order?.items.map(({ title, price, quantity }) => ({ title, price, quantity }));
  const read = {
    type,
    topic,
    email: contact.email,
    total: order?.total,
    currency: order?.currency,
  };
  // Without what is undefined.
  return JSON.parse(JSON.stringify({ ...read, ...(items && items.length > 0 && { items }) }));
}

/** Bodies of senders that Earmark describes, drafted as if it did not. */
const KNOWN = [
  ['calendly', 'invitee.created'],
  ['calendly', 'invitee.canceled'],
  ['chargebee', 'payment_succeeded'],
  ['clickfunnels', 'order.created'],
  ['memberstack', 'member.created'],
  ['lemon-squeezy', 'order_created'],
  ['lemon-squeezy', 'subscription_payment_failed'],
  ['paddle', 'transaction.completed'],
  ['paddle-classic', 'payment_succeeded'],
  ['paypal', 'PAYMENT.CAPTURE.COMPLETED'],
  ['paystack', 'charge.success'],
  ['polar', 'order.paid'],
  ['razorpay', 'payment.captured'],
  ['teachable', 'Transaction.created'],
  ['thrivecart', 'order.success'],
  ['whop', 'payment.succeeded'],
  ['clerk', 'user.updated'],
  ['surveymonkey', 'response_completed'],
  ['tally', 'FORM_RESPONSE'],
  ['typeform', 'form_response'],
] as const;

describe('a draft', () => {
  test.each(KNOWN)('of %s, %s, reads person, topic, total and items', (name, topic) => {
    const known = loadedSource(name);
    const sample = known?.file.samples.find((one) => one.topic === topic);
    if (!known || !sample) throw new Error(`There is no sample of ${topic} in ${name}.`);
    const { headers, body } = samplePost(sample);
    const delivery = posted(body, headers);

    const draft = drafted(delivery);

    const read = gist(readDescribed(draft.description, asVerified({}, delivery)));
    expect(read).toMatchObject(gist(readDescribed(known.description, asVerified({}, delivery))));
  });

  test('takes the customer, and no seller, host or affiliate', () => {
    const { file } = drafted(
      posted({
        event: 'order.paid',
        seller: { email: 'shop@example.com', name: 'Shop' },
        affiliate_email: 'agent@example.com',
        buyer: {
          email: 'pat@example.com',
          first_name: 'Pat',
          last_name: 'Doe',
          mobile: '+44 20 7946 0958',
        },
      }),
    );

    expect(file.contact).toEqual({
      ...{ email: 'buyer.email', phone: 'buyer.mobile' },
      ...{ firstName: 'buyer.first_name', lastName: 'buyer.last_name' },
    });
  });

  test('takes the reference beside the total for the order’s id, where nothing is called so', () => {
    const purchase = {
      ref: 'T-77123',
      amount_cents: 7980,
      currency: 'EUR',
      buyer: { email: 'kim@example.com' },
      tickets: [{ name: 'Front row', price_cents: 7980 }],
    };
    const { file } = drafted(posted({ kind: 'purchase.completed', ref: 'evt_77', purchase }));
    expect(file.events['purchase.completed']).toMatchObject({
      is: 'order.paid',
      order: {
        id: 'purchase.ref',
        items: { each: 'purchase.tickets', title: 'name', price: { minor: 'price_cents' } },
      },
    });
  });

  test('names e-mails that are as likely', () => {
    const { text, remarks } = drafted(
      posted({
        topic: 'x.y',
        customer: { email: 'a@example.com' },
        buyer: { email: 'b@example.com' },
      }),
    );

    expect(remarks[0]).toMatch(/^The e-mail may also be (?:buyer|customer)\.email, /);
    expect(text).toContain(`# ${remarks[0]}`);
  });

  test.each([
    [
      'cents beside a decimal',
      { total: 1250, total_formatted: '$12.50', currency: 'USD' },
      12.5,
      false,
    ],
    ['cents by their key', { total_cents: 1250, currency: 'USD' }, 12.5, false],
    ['a decimal', { total: '1250.00', currency: 'USD' }, 1250, false],
    ['whole units beside decimals', { total: 1250, tax: '2.50', currency: 'USD' }, 1250, false],
    ['large whole units that may be cents', { amount: 1250, currency: 'USD' }, 12.5, true],
    ['small whole units', { amount: 49, currency: 'USD' }, 49, true],
  ])('reads %s', (_, amounts, total, isGuess) => {
    const delivery = posted({
      event: 'order.paid',
      email: 'kim@example.com',
      id: 'o1',
      ...amounts,
    });

    const draft = drafted(delivery);

    expect(gist(readDescribed(draft.description, asVerified({}, delivery)))).toMatchObject({
      total,
    });
    expect(draft.remarks.some((one) => one.includes('nothing in the body proves it'))).toBe(
      isGuess,
    );
  });

  test('says what a body without a topic is taken for', () => {
    const { remarks } = drafted(posted({ email: 'kim@example.com', id: 'o1', total: '9.00' }));

    expect(remarks).toContain('No topic is found: every body is taken for order.paid.');
  });

  test('of several bodies has an event for each topic, and all places of the person', () => {
    const { file } = drafted(
      posted({
        event: 'order.paid',
        data: { id: 1, total: '2.00', customer: { email: 'kim@example.com' } },
      }),
      posted({
        event: 'order.refunded',
        data: { id: 1, total: '2.00', buyer_email: 'kim@example.com' },
      }),
    );

    expect(file.contact).toEqual({ email: ['data.customer.email', 'data.buyer_email'] });
    expect(file.events).toMatchObject({
      'order.paid': { is: 'order.paid' },
      'order.refunded': { is: 'order.refunded' },
    });
    expect(file.samples).toHaveLength(2);
  });
});

describe('the proof of a draft', () => {
  const hex = 'ab'.repeat(32);
  const base64 = Buffer.alloc(32, 7).toString('base64');
  test.each([
    [{}, { scheme: 'path' }],
    [{ 'svix-signature': 'v1,x' }, { scheme: 'standard-webhooks' }],
    [{ 'x-acme-signature': hex }, { scheme: 'hmac', header: 'x-acme-signature' }],
    [
      { 'x-acme-hmac': `sha256=${hex}` },
      { scheme: 'hmac', header: 'x-acme-hmac', prefix: 'sha256=' },
    ],
    [
      { 'x-acme-signature': base64 },
      { scheme: 'hmac', header: 'x-acme-signature', encoding: 'base64' },
    ],
    [
      { 'acme-signature': `t=1700000000,v1=${hex}` },
      {
        ...{ scheme: 'hmac', header: 'acme-signature', over: ['time', '.', 'body'] },
        parts: { separator: ',', signature: 'v1', time: 't' },
      },
    ],
    [{ authorization: 'Bearer x' }, { scheme: 'bearer' }],
    [{ 'x-acme-token': 'x' }, { scheme: 'header', header: 'x-acme-token' }],
  ])('%p', (headers, proof) => {
    expect(signedBy(headers as never)).toEqual(proof);
  });
});

test('nothing of a person is left in a sample, and its structure is', () => {
  const body = {
    event: 'order.paid',
    total: 12.5,
    customer: {
      id: 77,
      email: 'Pat.Doe@corp.example',
      name: 'Pat Doe',
      phone: '+44 20 7946 0958',
      ip: '198.51.100.7',
    },
    address: { line1: '7 Elm Road', city: 'Leeds', postal_code: 'LS1 4AP', country: 'GB' },
    access_token: 'tok_123',
    note: 'Call Pat on +44 20 7946 0958',
    summary: 'Doe, Pat <pat.doe@corp.example>',
    items: [{ name: 'Lamp', url: 'https://corp.example/pat?k=1' }],
  };

  const out = invented(body, []) as typeof body;

  expect(JSON.stringify(out)).not.toMatch(/pat|doe|corp|7946|198\.51|Elm|Leeds|LS1|tok_123/i);
  expect(out).toMatchObject({
    ...{ event: 'order.paid', total: 12.5, customer: { id: 77, email: 'kim@example.com' } },
    ...{ address: { country: 'GB' }, items: [{ name: 'Lamp' }] },
  });
});

describe('sources new', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earmark-new-'));
    await writeFile(
      join(folder, 'body.json'),
      JSON.stringify({ event: 'order.paid', email: 'pat@example.com', total: '9.00', id: 5 }),
    );
    await writeFile(join(folder, 'nobody.txt'), 'event=ping&x=1');
  });
  afterAll(() => rm(folder, { recursive: true }));
  const run = (...args: readonly string[]) =>
    earmarkHere(['sources', 'new', ...args], { cwd: folder });

  test.each([
    ['sandbox', true],
    ['livemode', false],
  ])('a flag %s beside the topic says what is a test', async (flag, value) => {
    const body = { event: 'order.paid', [flag]: value, email: 'kim@example.com' };
    await writeFile(join(folder, 'flag.json'), JSON.stringify(body));

    const { out } = await run('flagged', '--from', 'flag.json', '--stdout');

    expect(out).toMatch(new RegExp(`^  test:\\n    ${flag}: ${value}$`, 'm'));
  });

  test('writes the file once, and `check` finds nothing wrong with it', async () => {
    const first = await run('acme', '--from', 'body.json', '--docs', 'https://example.org/hooks');
    const again = await run('acme', '--from', 'body.json');
    const check = await earmarkHere(['sources', 'check', 'my-sources/acme.yml'], { cwd: folder });

    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('my-sources/acme.yml is drafted.');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(/^Nothing is drafted: .*acme.*is there already/);
    expect(check.out).toMatch(/1 file with 1 sample, 0 errors, 0 remarks\n$/);
    const text = readFileSync(join(folder, 'my-sources/acme.yml'), 'utf8');
    expect(text).not.toMatch(/TODO|pat@/);
    expect(parse(text)).toMatchObject({
      docs: 'https://example.org/hooks',
      signed: { scheme: 'path' },
    });
  });

  test('prints it, with the headers of the delivery, and says what it did not find', async () => {
    const { code, out, err } = await run(
      'beta',
      '--from',
      'nobody.txt',
      '--stdout',
      '--header',
      'X-Beta-Topic: sale.made',
    );

    expect(code).toBe(1);
    expect(err).toMatch(/No e-mail of a customer is found\./);
    expect(parse(out)).toMatchObject({
      event: { topic: 'header x-beta-topic' },
      samples: [{ topic: 'sale.made', form: { event: 'ping', x: '1' } }],
    });
  });

  test.each([
    [['shopify', '--from', 'body.json'], 2, /no name of a described source/],
    [['Acme', '--from', 'body.json'], 2, /no name of a described source/],
    [['acme', '--from', 'nothing.json'], 2, /There is no file or folder nothing\.json/],
    [['acme'], 2, /required option '--from/],
  ])('refuses %p', async (args, code, message) => {
    expect(await run(...args)).toMatchObject({ code, err: expect.stringMatching(message) });
  });
});
