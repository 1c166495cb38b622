import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CODE_SOURCES, type CodeSourceName } from '../../lib/events/event.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { SAMPLE_BUYERS, sampleDelivery } from '../../samples/samples.ts';
import { hmacBase64 } from '../../samples/sign.ts';
import { SITE_ID, START } from '../support/jobs.ts';
import {
  openReceiveStage,
  type ReceiveStage,
  type ReceiveStageOptions,
} from '../support/receive-stage.ts';

const wixKeys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const SECRETS: Record<CodeSourceName, string> = {
  shopify: 'the-shopify-secret',
  woocommerce: 'the-woocommerce-secret',
  stripe: 'whsec_the_stripe_secret',
  wix: wixKeys.publicKey,
  'standard-webhooks': `whsec_${Buffer.from('a standard webhooks secret').toString('base64')}`,
  custom: 'the-custom-secret',
};
const secrets = Object.fromEntries(
  Object.entries(SECRETS).map(([name, secret]) => [name, [secret]]),
);

let stage: ReceiveStage;
afterEach(() => stage.close());

const open = async (options: ReceiveStageOptions = {}): Promise<void> => {
  stage = await openReceiveStage({ secrets, ...options });
};

const sample = (source: CodeSourceName) =>
  sampleDelivery(source, {
    secret: source === 'wix' ? wixKeys.privateKey : SECRETS[source],
    now: stage.now(),
    instanceId: SITE_ID,
  });

const bearer = { authorization: `Bearer ${SECRETS.custom}`, 'content-type': 'application/json' };
const custom = (fields: object) => ({ headers: bearer, body: JSON.stringify(fields) });
const shopify = (topic: string, order: object) => {
  const body = JSON.stringify(order);
  const signature = hmacBase64(SECRETS.shopify, body);
  return { body, headers: { 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': signature } };
};

describe('a signed purchase', () => {
  test.each(CODE_SOURCES)(
    '%s: one job, plain or base64, and a redelivery is the same job',
    async (source) => {
      await open();
      const delivery = sample(source);
      const first = await stage.post(source, delivery);
      const second = await stage.post(source, { ...delivery, base64: true });
      expect(first).toMatchObject({ statusCode: 200, body: { status: 'queued' } });
      expect(second).toMatchObject({ statusCode: 200, body: { status: 'duplicate' } });
      expect(first.body.id).toBe(second.body.id);
      const jobs = await stage.jobs();
      expect(jobs).toHaveLength(1);
      expect(jobs[0]?.body).toMatchObject({
        v: 1,
        site: SITE_ID,
        missing: 'wait',
        contact: { email: SAMPLE_BUYERS[source].email },
        add: expect.arrayContaining(['Customer', 'VIP']),
        remove: [],
        cause: { source, types: expect.arrayContaining(['order.paid']) },
      });
    },
  );

  test('an address in an event id or a topic is masked in the log', async () => {
    await open();
    const fields = { event: 'lead of ada@example.com', event_id: 'signup-ada@example.com' };
    await stage.post('custom', custom({ ...fields, email: 'ada@example.com' }));
    expect(stage.logged()).toMatchObject([
      { eventId: 'lead of [e-mail]', topic: 'lead of [e-mail]' },
    ]);
    expect(stage.output()).not.toContain('example.com');
  });

  test('a delivery is logged with the number of its order, or else its id, and an address in it is masked', async () => {
    await open();
    const paid = { event: 'order.paid', email: 'ada@example.com' };
    await stage.post('custom', custom({ ...paid, order_id: 'o-1', order_number: '#1042' }));
    await stage.post('custom', custom({ ...paid, order_id: 'o-2' }));
    await stage.post('custom', custom({ ...paid, order_id: 'x@example.com' }));
    await stage.post('custom', custom({ ...paid, order_id: '7'.repeat(100) }));
    await stage.post('custom', custom({ event: 'custom', email: 'ada@example.com' }));
    expect(stage.logged().map(({ order }) => order)).toEqual([
      '#1042',
      'o-2',
      '[e-mail]',
      '7'.repeat(64),
      undefined,
    ]);
  });

  test('nothing that is logged names the person, and the job holds no name', async () => {
    await open();
    for (const source of CODE_SOURCES) await stage.post(source, sample(source));
    const personal = Object.values(SAMPLE_BUYERS).flatMap(
      ({ email, phone, firstName, lastName }) => [email, phone, firstName, lastName],
    );
    for (const text of [...personal, ...Object.values(SECRETS)]) {
      expect(stage.output()).not.toContain(text);
    }
    for (const { body } of await stage.jobs()) {
      expect(Object.keys(body.contact)).not.toContain('firstName');
    }
  });
});

describe('what is answered', () => {
  test.each([
    ['an unknown source', 'ebay', {}, 404, 'unknown-source', 'earmark sources list'],
    ['no source of that name by inheritance', 'constructor', {}, 404, 'unknown-source', ''],
    ['no signature', 'shopify', { body: '{}' }, 401, 'refused', ''],
    ['a wrong token', 'custom', { headers: { authorization: 'Bearer no' } }, 401, 'refused', ''],
    [
      'over 1 MiB',
      'custom',
      { headers: bearer, body: 'x'.repeat(1_048_577) },
      413,
      'too-large',
      'MiB',
    ],
  ])('%s', async (_name, source, posted, statusCode, status, reason) => {
    await open();
    const answer = await stage.post(source, posted);
    expect(answer).toMatchObject({ statusCode, body: { status } });
    expect(answer.body.reason).toContain(reason);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(await stage.counts()).toEqual([0, 0]);
  });

  test('a source without a secret is closed, and says which setting opens it', async () => {
    await open({ secrets: {} });
    for (const source of CODE_SOURCES) {
      const answer = await stage.post(source, sample(source));
      expect(answer).toMatchObject({ statusCode: 401, body: { status: 'refused' } });
      expect(answer.body.reason).not.toContain('_SECRET');
      expect(stage.logged().at(-1)?.reason).toMatch(/is closed: \w+ is not set/);
    }
    expect(await stage.counts()).toEqual([0, 0]);
  });

  test('no rule matched, an ignored topic, a ping: 200 and nothing queued', async () => {
    await open();
    const ping = {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'webhook_id=7',
    };
    const created = custom({ event: 'order.created', email: 'ada@example.com', event_id: '1' });
    expect(await stage.post('custom', created)).toMatchObject({
      statusCode: 200,
      body: { status: 'ignored', id: 'order.created:1', reason: 'no rule matched' },
    });
    expect(await stage.post('shopify', shopify('carts/update', {}))).toMatchObject({
      statusCode: 200,
      body: { status: 'ignored' },
    });
    expect(await stage.post('woocommerce', ping)).toMatchObject({ body: { status: 'ping' } });
    expect(await stage.counts()).toEqual([0, 0]);
  });

  test('SQS does not take it: 503 with Retry-After, and the sender may come again', async () => {
    let refusing = true;
    const around: ReceiveStageOptions['around'] = (client) =>
      ({
        send: (command: SendMessageCommand) =>
          refusing ? Promise.reject(new Error('ServiceUnavailable')) : client.send(command),
      }) as typeof client;
    await open({ around });
    const delivery = sample('shopify');
    const answer = await stage.post('shopify', delivery);
    expect(answer).toMatchObject({ statusCode: 503, body: { status: 'unavailable' } });
    expect(answer.headers?.['retry-after']).toBe('30');
    refusing = false;
    expect(await stage.post('shopify', delivery)).toMatchObject({ body: { status: 'queued' } });
  });
});

describe('a verified delivery that cannot go on is a dead letter, raw', () => {
  test.each([
    ['no JSON', 'not json'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')],
    ['JSON, but no object', '[1]'],
    ['a contact id that is none', '{"contact_id":"ada","event":"order.paid"}'],
  ])('%s', async (_name, body) => {
    await open();
    const answer = await stage.post('custom', { headers: bearer, body });
    expect(answer).toMatchObject({ statusCode: 200, body: { status: 'dead-letter' } });
    const [deadLetter] = await stage.deadLetters();
    expect(deadLetter).toMatchObject({
      body: { v: 1, kind: 'delivery', source: 'custom', encoding: 'utf8', body },
      attributes: { reason: 'unreadable', source: 'custom', detail: expect.stringMatching(/\w/) },
    });
    expect(JSON.stringify(deadLetter)).not.toContain(SECRETS.custom);
  });

  test('one body under two topics is two dead letters, a redelivery is none more', async () => {
    const rules = loadRules(
      'rules: [{name: all, on: [order.created, order.paid], add: event.data.nothing}]',
      'rules.yml',
    );
    await open({ rules });
    const order = {
      id: 1,
      email: 'ada@example.com',
      financial_status: 'paid',
      total_price: '1.00',
      currency: 'USD',
      line_items: [],
    };
    for (const topic of ['orders/create', 'orders/paid', 'orders/paid']) {
      await stage.post('shopify', shopify(topic, order));
    }
    expect(await stage.counts()).toEqual([0, 2]);
  });

  test('bytes that are no text are kept as they came', async () => {
    await open();
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const event = { headers: bearer, body: bytes.toString('latin1') };
    await stage.post('custom', { ...event, body: bytes as unknown as string, base64: true });
    const [deadLetter] = await stage.deadLetters();
    const { gunzipSync } = await import('node:zlib');
    expect(deadLetter?.body.encoding).toBe('gzip');
    expect(gunzipSync(Buffer.from(deadLetter?.body.body, 'base64'))).toEqual(bytes);
  });

  test('what does not fit even then is not accepted: 413', async () => {
    await open();
    const body = randomBytes(1_000_000) as unknown as string;
    expect(await stage.post('custom', { headers: bearer, body, base64: true })).toMatchObject({
      statusCode: 413,
    });
    expect(await stage.counts()).toEqual([0, 0]);
  });

  test('it earned labels and names nobody', async () => {
    await open();
    const answer = await stage.post(
      'custom',
      custom({ event: 'order.paid', order_id: '1', total: 1, currency: 'USD' }),
    );
    expect(answer.body.status).toBe('dead-letter');
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'no-contact-reference', detail: expect.stringContaining('docs/') } },
    ]);
  });

  test('a failing rule whose dead letter does not fit: nothing is queued either, the sender must know', async () => {
    const rules = loadRules(
      'rules: [{name: fine, on: custom, add: [Fine]}, {name: broken, on: custom, add: event.data.nothing}]',
      'rules.yml',
    );
    await open({ rules });
    const padding = randomBytes(790_000).toString('base64').slice(0, 1_048_000);
    const delivery = custom({ email: 'ada@example.com', padding });
    expect(await stage.post('custom', delivery)).toMatchObject({ statusCode: 413 });
    expect(await stage.counts()).toEqual([0, 0]);
  });

  test('a rule that fails does not hold up what the others earned', async () => {
    const rules = loadRules(
      'rules: [{name: fine, on: custom, add: [Fine]}, {name: broken, on: custom, add: event.data.nothing}]',
      'rules.yml',
    );
    await open({ rules });
    const answer = await stage.post('custom', custom({ email: 'ada@example.com', event_id: '1' }));
    expect(answer).toMatchObject({ statusCode: 200, body: { status: 'queued' } });
    expect((await stage.jobs()).map(({ body }) => body.add)).toEqual([['Fine']]);
    expect(await stage.deadLetters()).toMatchObject([
      {
        attributes: { reason: 'rule-failed', detail: expect.stringMatching(/"broken": .*nothing/) },
      },
    ]);
  });

  test.each([
    ['a message', 1_048_300],
    ['a message with the attributes of a dead letter', 1_041_000],
  ])('a job that would not fit %s', async (_name, length) => {
    const rules = loadRules('rules: [{name: all, on: custom, add: [Fine]}]', 'rules.yml');
    await open({ rules });
    const email = `${'x'.repeat(length)}@example.com`;
    const answer = await stage.post('custom', custom({ email }));
    expect(answer.body.reason).toContain('job-too-large');
    expect(await stage.counts()).toEqual([0, 1]);
  });
});

describe('the names in a job that another job may undo', () => {
  test('are listed, and there may be none', async () => {
    const rules = loadRules(
      'rules: [{name: a, on: custom, add: [Fine, VIP]}, {name: b, on: order.refunded, remove: [VIP]},' +
        ' {name: c, on: order.paid, add: [Paid]}]',
      'rules.yml',
    );
    await open({ rules });
    for (const event of ['custom', 'order.refunded', 'order.paid']) {
      await stage.post('custom', custom({ event, email: `${event}@example.com` }));
    }
    const jobs = await stage.jobs();
    expect(jobs.map(({ body }) => [body.cause.topic, body.reversible])).toEqual([
      ['custom', ['VIP']],
      ['order.refunded', ['VIP']],
      ['order.paid', []],
    ]);
  });

  test.each([
    [100, 100],
    [101, undefined],
    [1000, undefined],
  ])(
    'of %d names that take the most room, %s are listed, and the job fits',
    async (all, listed) => {
      const rules = loadRules(
        'limits: {computedLabels: 1000}\nrules: [{name: a, on: custom, add: event.tags}, {name: b, on: custom, remove: "event.tags.filter(t, t == \'\')"}]',
        'rules.yml',
      );
      const tags = Array.from({ length: all }, (_, n) => `${n} `.padEnd(180, '愛'));
      await open({ rules });
      const answer = await stage.post('custom', custom({ email: 'ada@example.com', tags }));
      expect(answer.body.status).toBe('queued');
      const [job] = await stage.jobs();
      expect(job?.body.add).toEqual(tags);
      expect(job?.body.reversible?.length).toBe(listed);
    },
  );
});

describe('identity of a job', () => {
  const paid = (id: number) => ({
    id,
    email: 'ada@example.com',
    financial_status: 'paid',
    total_price: '249.00',
    currency: 'USD',
    line_items: [],
  });
  const withId = (id: string, order: object) => {
    const delivery = shopify('orders/paid', order);
    return { ...delivery, headers: { ...delivery.headers, 'x-shopify-event-id': id } };
  };

  test('an unsigned id does not make two bodies one, nor hide one behind another', async () => {
    await open();
    await stage.post('shopify', withId('same', paid(1)));
    await stage.post('shopify', withId('same', paid(2)));
    expect(await stage.counts()).toEqual([2, 0]);
  });

  test('after five minutes a redelivery is a job again, with the same id', async () => {
    await open();
    const delivery = withId('same', paid(1));
    await stage.post('shopify', delivery);
    stage.pass(300_001);
    expect((await stage.post('shopify', delivery)).body.status).toBe('queued');
  });

  test('one contact is one group, however the e-mail is written; another is another', async () => {
    await open();
    for (const email of ['Ada@Example.com', 'ada@example.com', 'bob@example.com']) {
      await stage.post('custom', custom({ email, event: 'order.paid', event_id: email }));
    }
    const jobs = await stage.jobs();
    const groupOf = new Map(jobs.map(({ body, group }) => [body.contact.email, group]));
    expect(groupOf.get('ada@example.com')).toBe(groupOf.get('Ada@Example.com'));
    expect(groupOf.get('bob@example.com')).not.toBe(groupOf.get('ada@example.com'));
    expect(jobs).toHaveLength(3);
  });

  test('an event of the future happened when it came: it must not outdo all that follow', async () => {
    await open();
    const occurred_at = '2026-11-21T20:00:00Z';
    await stage.post(
      'custom',
      custom({
        email: 'ada@example.com',
        event: 'order.paid',
        event_id: '1',
        total: 1,
        currency: 'USD',
        occurred_at,
      }),
    );
    const [job] = await stage.jobs();
    expect(Date.parse(job?.body.cause.occurredAt)).toBe(START);
  });

  test('times of the cause: when it happened and when it came', async () => {
    await open();
    const occurred_at = '2026-11-21T10:00:00Z';
    const fields = { email: 'ada@example.com', event: 'order.paid', event_id: '1', occurred_at };
    await stage.post('custom', custom(fields));
    const [job] = await stage.jobs();
    expect(Date.parse(job?.body.cause.occurredAt)).toBe(Date.parse(occurred_at));
    expect(Date.parse(job?.body.cause.receivedAt)).toBe(START);
  });

  test('contacts.missing: create takes the name along', async () => {
    const rules = loadRules(
      'contacts: {missing: create}\nrules: [{name: all, on: custom, add: [Fine]}]',
      'rules.yml',
    );
    await open({ rules });
    await stage.post('custom', custom({ email: 'ada@example.com', first_name: 'Ada' }));
    const [job] = await stage.jobs();
    expect(job?.body).toMatchObject({ missing: 'create', contact: { firstName: 'Ada' } });
  });

  test('of many rules that fail the answer and the dead letter name ten', async () => {
    const rules = Array.from({ length: 500 }, (_, i) => ({
      name: `rule ${i}`,
      on: ['order.paid' as const],
      when: 'event.data.absent == 1',
      add: { labels: ['Fine'] },
    }));
    await open({ rules: { missing: 'wait', rules } });

    const { body } = await stage.post('custom', sample('custom'));

    const [deadLetter] = await stage.deadLetters();
    const { reason = '' } = body;
    expect(reason.length).toBeLessThan(2_000);
    expect(reason).toMatch(/^rule-failed: "rule 0": when: .*"rule 9": .*; and 490 more$/);
    expect(deadLetter?.attributes.detail?.length).toBeLessThan(2_000);
  });

  test('an event of a site that is not served is ignored', async () => {
    await open({ siteOf: ({ site }) => (site === SITE_ID ? undefined : SITE_ID) });
    expect((await stage.post('wix', sample('wix'))).body).toMatchObject({
      status: 'ignored',
      reason: 'it is of a site that is not served',
    });
  });
});
