import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { SAMPLE_BUYERS, sampleDelivery } from '../../samples/samples.ts';
import {
  type Build,
  buildAll,
  messagesIn,
  startTestEngine,
  withProperties,
} from '../support/local-engine.ts';
import { isAlive, until } from '../support/until.ts';

let build: Build;
let running: Awaited<ReturnType<typeof startTestEngine>>[] = [];

beforeAll(async () => {
  build = await buildAll();
});
afterEach(async () => {
  await Promise.all(running.map(({ engine }) => engine.stop()));
  running = [];
});
afterAll(() => build.remove());

async function start(...args: Parameters<typeof startTestEngine>) {
  const started = await startTestEngine(...args);
  running.push(started);
  return started;
}

describe('a signed purchase', () => {
  test.each(CODE_SOURCES)('of %s labels the contact', async (source) => {
    const { engine, wix, post, errors } = await start(build);
    const buyer = SAMPLE_BUYERS[source];
    const contactId = wix.addContact(buyer);
    const other = wix.addContact({ email: 'other@example.com' });

    const answer = await post(source, {
      buyer: source === 'wix' ? { ...buyer, contactId } : buyer,
    });

    expect(answer).toMatchObject({ status: 200, body: { status: 'queued' } });
    await until(async () => (await messagesIn(engine, engine.queueUrl)) === 0);
    expect(wix.labelNamesOf(contactId)).toEqual(['Customer', 'VIP']);
    expect(wix.labelNamesOf(other)).toEqual([]);
    expect(await messagesIn(engine, engine.deadLetterQueueUrl)).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('the engine', () => {
  test('answers and queues as the functions say', async () => {
    const { engine, wix, post, send, lines, settings } = await start(build);
    wix.addContact(SAMPLE_BUYERS.shopify);
    const sample = sampleDelivery('shopify', {
      secret: settings.signingSecrets.shopify ?? '',
      now: Date.now(),
    });

    expect(await post('shopify', { secret: 'another' })).toMatchObject({ status: 401 });
    expect(await send('nowhere', {}, '{}')).toMatchObject({
      status: 404,
      body: { status: 'unknown-source' },
    });
    const put = await fetch(`${engine.url}/webhooks/shopify`, { method: 'PUT' });
    expect([put.status, await put.json()]).toEqual([404, { message: 'Not Found' }]);
    expect(await send('shopify', sample.headers, sample.body)).toMatchObject({ status: 200 });
    expect(await send('shopify', sample.headers, sample.body)).toMatchObject({ status: 200 });

    await until(async () => (await messagesIn(engine, engine.queueUrl)) === 0);
    expect(lines.filter(({ message }) => message === 'job')).toHaveLength(1);
    // Not for the PUT, which is no route: API Gateway answers that one.
    expect(engine.invocations('receive')).toBe(4);
    expect(engine.invocations('label')).toBe(1);
  });

  test('puts a verified delivery that cannot be read into the dead-letter queue', async () => {
    const { engine, send, settings } = await start(build);
    const headers = { authorization: `Bearer ${settings.signingSecrets.custom}` };

    const answer = await send('custom', headers, 'no JSON');

    expect(answer).toMatchObject({ status: 200, body: { status: 'dead-letter' } });
    expect(await messagesIn(engine, engine.deadLetterQueueUrl)).toBe(1);
  });

  test('labels for an event whose id has an emoji, and keeps a dead letter that holds one', async () => {
    const { engine, wix, send, settings, errors } = await start(build);
    const headers = { authorization: `Bearer ${settings.signingSecrets.custom}` };
    const contactId = wix.addContact({ email: 'gift@example.com' });
    const order = {
      event: 'order.paid',
      total: 5,
      currency: 'USD',
      event_id: 'A gift \u{1f381}',
    };
    const bought = JSON.stringify({ ...order, email: 'gift@example.com' });

    const answers = [
      await send('custom', headers, bought),
      await send('custom', headers, '\u{1f381} no JSON'),
    ];

    expect(answers).toMatchObject([
      { status: 200, body: { status: 'queued' } },
      { status: 200, body: { status: 'dead-letter' } },
    ]);
    await until(async () => (await messagesIn(engine, engine.queueUrl)) === 0);
    expect(wix.labelNamesOf(contactId)).toEqual(['Customer']);
    expect(await messagesIn(engine, engine.deadLetterQueueUrl)).toBe(1);
    expect(errors).toEqual([]);
  });

  test('lets a function see what the template gives it, and nothing else', async () => {
    const receive = join(dirname(build.bundles.receive ?? ''), 'environment.js');
    await writeFile(
      receive,
      'exports.handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) });',
    );
    const { engine, send, settings } = await start({
      ...build,
      bundles: { ...build.bundles, receive },
    });

    const { body: environment } = await send('custom', {}, '');

    expect(environment).toMatchObject({
      QUEUE_URL: engine.queueUrl,
      DEAD_LETTER_QUEUE_URL: engine.deadLetterQueueUrl,
      AWS_ENDPOINT_URL_SQS: engine.queues.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: 'earmark-dev-receive',
      SHOPIFY_WEBHOOK_SECRET: settings.environment.SHOPIFY_WEBHOOK_SECRET,
    });
    // The worker alone calls Wix, and nobody set up an app.
    expect(environment).not.toHaveProperty('WIX_API_KEY');
    expect(environment).not.toHaveProperty('WIX_APP_ID');
    expect(JSON.stringify(environment)).not.toContain('ssm:');
  });

  test('runs as many workers as the template says', async () => {
    const mapping = 'LabelEventSourceMappingSQSJobQueue';
    const template = withProperties(build.template, mapping, {
      ScalingConfig: { MaximumConcurrency: 3 },
    });

    const { engine } = await start({ ...build, template });

    expect(engine.pids('label')).toHaveLength(3);
  });

  test('runs as many workers as share the requests of the site', async () => {
    const { engine } = await start(build, {}, { WORKER_CONCURRENCY: '3' });

    expect(engine.pids('label')).toHaveLength(3);
  });

  test('kills a worker at its timeout, and the batch comes back', async () => {
    // Prepare
    const label = join(dirname(build.bundles.label ?? ''), 'hanging.js');
    await writeFile(
      label,
      `exports.handler = async ({ Records }) => {
        const tries = Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
        console.log(JSON.stringify({ tries }));
        return tries.includes('1') ? new Promise(() => setInterval(() => {}, 1000)) : null;
      };`,
    );
    const shortTimeout = withProperties(build.template, 'LabelLambdaFunction', { Timeout: 1 });
    const template = withProperties(shortTimeout, 'JobQueue', { VisibilityTimeout: 2 });
    const { engine, post, lines, errors } = await start({
      bundles: { ...build.bundles, label },
      template,
    });
    const before = engine.pids('label');

    // Act
    await post('custom');
    await until(async () => (await messagesIn(engine, engine.queueUrl)) === 0);

    // Assess
    expect(lines.filter(({ tries }) => tries)).toEqual([{ tries: ['1'] }, { tries: ['2'] }]);
    expect(errors).toMatchObject([{ message: 'label: timed out after 1 s' }]);
    expect(before.filter(isAlive)).toHaveLength(before.length - 1);
  });

  test('leaves no process and no open port when it is stopped', async () => {
    const { engine } = await start(build);
    const pids = [...engine.pids('receive'), ...engine.pids('label')];
    expect(pids.filter(isAlive)).toHaveLength(4);

    await engine.stop();

    expect(pids.filter(isAlive)).toEqual([]);
    for (const url of [engine.url, engine.wix?.url ?? '', engine.queues.endpoint]) {
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    }
  });

  test('starts nothing when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await until(() => taken.listening);
    const { port = 0 } = taken.address() as { port?: number };
    const { settings } = await start(build);

    const second = start(build, { settings: { ...settings, port } });

    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    taken.close();
  });

  test('says which bundle cannot start, and why', async () => {
    const label = join(dirname(build.bundles.label ?? ''), 'broken.js');
    await writeFile(label, 'throw new Error("no rules here");');

    const broken = start({ ...build, bundles: { ...build.bundles, label } });

    await expect(broken).rejects.toThrow(
      /^label: its process ended \(exit code 1\).*no rules here/s,
    );
  });
});
