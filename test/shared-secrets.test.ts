import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { createPaint, renderLine } from '../engine/screen.ts';
import { openWorker } from '../functions/label.ts';
import { createHandler, openReceiver } from '../functions/receive.ts';
import { loadRules } from '../lib/rules/authoring/load.ts';
import { compileRules } from '../lib/rules/match.ts';
import { formText } from '../lib/sources/authoring/form-text.ts';
import { createSqs } from '../simulators/sqs/sqs.ts';
import { createWixSimulator } from '../simulators/wix/simulator.ts';
import { API_KEY, NO_LIMIT, SITE_ID, START } from './support/jobs.ts';
import { type CapturedLog, captureLog } from './support/log.ts';
import { type Posted, secretsOf, webhookEvent } from './support/webhook.ts';

// Senders that can only be given an address, or that send a secret in the body: through both functions.

const SECRETS = {
  'wix-automations': 'wix says "nothing" but this: 7f3/a+1',
  thrivecart: 'the word of ThriveCart & of nobody else',
  gumroad: 'gumroad-pings-with-this-ä-and-no-more',
};
type Sender = keyof typeof SECRETS;

const EMAILS = ['automation', 'cart-form', 'cart-json', 'ping'].map((one) => `${one}@example.com`);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** How each sender's documentation says that it posts: to which path, and what. */
const REQUESTS: Readonly<Record<string, (secret: string, email: string, more?: object) => Sent>> = {
  // support.wix.com, "Wix Automations: Sending HTTP requests": a URL, a method and a body, and no field for headers.
  'Wix Automations': (secret, email, more) => ({
    path: `wix-automations/${encodeURIComponent(secret)}`,
    body: JSON.stringify({
      data: {
        orderNumber: '10007',
        paymentStatus: 'PAID',
        buyerEmail: email,
        currency: 'EUR',
        priceSummary: { total: { value: '29.90' } },
        ...more,
      },
    }),
  }),
  'ThriveCart, by a form': (secret, email, more) => ({
    path: 'thrivecart',
    headers: FORM,
    body: formText(order(secret, email, more)),
  }),
  'ThriveCart, by JSON': (secret, email, more) => ({
    path: 'thrivecart',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order(secret, email, more)),
  }),
  Gumroad: (secret, email, more) => ({
    path: `gumroad/${encodeURIComponent(secret)}`,
    headers: FORM,
    body: formText({
      sale_id: `sale of ${email}`,
      email,
      price: '2990',
      product_name: 'Course',
      ...more,
    }),
  }),
};

interface Sent extends Posted {
  readonly path: string;
}

const order = (secret: string, email: string, more?: object) => ({
  event: 'order.success',
  thrivecart_secret: secret,
  order_id: `order of ${email}`,
  currency: 'EUR',
  customer: { email },
  order: { total: '2990' },
  ...more,
});

const SENDERS = Object.keys(REQUESTS).map((name, at) => ({
  name,
  email: EMAILS[at] ?? '',
  source: ((name.startsWith('Thrive') && 'thrivecart') ||
    (name === 'Gumroad' ? 'gumroad' : 'wix-automations')) as Sender,
}));

let output: CapturedLog;
beforeEach(() => {
  output = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Both functions around a queue, and a Wix that knows everybody. */
function open() {
  let time = START;
  const now = (): number => time;
  const sqs = createSqs(now);
  const { client, queueUrl, deadLetterQueueUrl } = sqs;
  const urls = { queueUrl, deadLetterQueueUrl };
  const wix = createWixSimulator({ apiKey: API_KEY, siteId: SITE_ID, now });
  const ids = new Map(EMAILS.map((email) => [email, wix.addContact({ email })]));
  const secrets = Object.entries(SECRETS).map(([name, secret]) => [name, [secret]]);
  const rules = 'rules: [{ name: customers, on: order.paid, add: [Customer] }]';
  const receiver = openReceiver(
    { ...urls, secrets: secretsOf(Object.fromEntries(secrets)), siteOf: () => SITE_ID },
    client,
    compileRules(loadRules(rules, 'rules.yml')),
  );
  const receive = createHandler(async () => receiver, now);
  const work = openWorker(
    {
      ...urls,
      wixApiUrl: 'http://wix.test',
      credentials: { kind: 'api-key', apiKey: API_KEY },
      ...NO_LIMIT,
    },
    {
      client,
      fetch: wix.fetch,
      now,
      random: () => 0.5,
      sleep: async () => {},
      timeoutSignal: (ms) => AbortSignal.timeout(ms),
    },
  );
  const answers: string[] = [];
  return {
    answers,
    deadLetters: () => sqs.deadLetters.peek(),
    labelsOf: (email: string) => wix.labelNamesOf(ids.get(email) ?? ''),
    async post({ path, ...posted }: Sent): Promise<number | undefined> {
      const answer = await receive(webhookEvent(path, posted), {} as Context);
      answers.push(JSON.stringify(answer));
      return answer.statusCode;
    },
    /** Everything that is queued. @returns the jobs as they were queued */
    async work(): Promise<string> {
      time += 1_000;
      const records = await sqs.receive();
      await work(records, () => 60_000);
      await sqs.remove(records);
      return JSON.stringify(records);
    },
  };
}

const requestOf = (name: string, secret: string, email: string, more?: object): Sent => {
  const request = REQUESTS[name]?.(secret, email, more);
  if (!request) throw new RangeError(name);
  return request;
};

test.each(SENDERS)('$name puts a label on', async ({ name, email, source }) => {
  const world = open();

  const status = await world.post(requestOf(name, SECRETS[source], email));
  await world.work();

  expect(status).toBe(200);
  expect(world.labelsOf(email)).toEqual(['Customer']);
});

test.each(SENDERS)(
  '1,000 wrong secrets of $name are all refused',
  async ({ name, email, source }) => {
    const world = open();
    const right = SECRETS[source];
    const near = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.nat(right.length - 1).map((at) => right.slice(0, at)),
      fc.nat(right.length - 1).map((at) => `${right.slice(0, at)}${right.slice(at + 1)}`),
      fc.string({ minLength: 1 }).map((more) => right + more),
      fc.constantFrom(
        right.toUpperCase(),
        encodeURIComponent(right),
        '***',
        '',
        ...Object.values(SECRETS),
      ),
    );
    // What stands around a secret that was pasted is no part of it.
    const wrong = near.filter((secret) => secret.trim() !== right);

    for (const secret of fc.sample(wrong, 1_000)) {
      const status = await world.post(requestOf(name, secret, email));
      expect([status, secret]).toEqual([401, secret]);
    }

    await world.work();
    expect(world.labelsOf(email)).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
  },
);

test.each(SENDERS)(
  'the secret of $name stands in nothing that is written, answered or kept',
  async (sender) => {
    const { name, email, source } = sender;
    const world = open();
    const secret = SECRETS[source];
    const echo = { note: secret, seen_at: `https://shop.example.com/webhooks/${source}/${secret}` };

    const taken = await world.post(requestOf(name, secret, email, echo));
    const nobody = await world.post(requestOf(name, secret, '', echo));
    const broken = await world.post({ ...requestOf(name, secret, email), body: `{"${secret}` });
    const refused = await world.post(requestOf(name, `${secret}x`, email, echo));
    const elsewhere = await world.post({
      ...requestOf(name, secret, email),
      path: `shopify/${secret}`,
    });
    const jobs = await world.work();

    // ThriveCart's is in the body, and a body that cannot be read has none.
    expect([taken, nobody, broken, refused, elsewhere]).toEqual([
      ...[200, 200, source === 'thrivecart' ? 401 : 200, 401, 401],
    ]);
    expect(world.deadLetters().length).toBeGreaterThan(0);
    const paint = createPaint(false);
    const lines = output
      .text()
      .split('\n')
      .filter((line) => line !== '');
    const shown = lines.map((line) => renderLine('receive', line, paint, () => undefined));
    const kept = [JSON.stringify(world.deadLetters()), jobs];
    expect(lines.filter((line) => line.includes('_aws'))).not.toEqual([]);
    const spellings = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
      encodeURIComponent(secret),
      formText({ '': secret }).slice(1),
      Buffer.from(secret).toString('base64'),
    ];
    for (const text of [...lines, ...shown, ...kept, ...world.answers]) {
      expect(spellings.filter((spelling) => text?.includes(spelling))).toEqual([]);
    }
    expect(kept.join()).toContain('***');
  },
);
