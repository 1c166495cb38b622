import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readTemplate } from '../../engine/template.ts';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { SAMPLE_BUYERS } from '../../samples/samples.ts';
import { SHOP_RULES } from '../../samples/shop.ts';
import { extracted } from '../support/emf.ts';
import { recordLog } from '../support/log-watch/record.ts';
import { until } from '../support/until.ts';
import { type Deployment, deploy, functionsOf } from './deployment.ts';
import { createLambda } from './lambda.ts';
import { type Stage, startStage } from './stage.ts';

// The zips that `serverless package` makes, under AWS's own runtime client: `npm run test:package`.

let deployment: Deployment;
let running: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  deployment = await deploy(SHOP_RULES);
});
afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  running = [];
});
afterAll(() => deployment.remove());

async function start(changes?: Readonly<Record<string, string>>): Promise<Stage> {
  const stage = await startStage(deployment, changes);
  running.push(stage);
  return stage;
}

/** The log, when it is all JSON lines: a line that is none fails the test. */
function logOf({ output }: Stage): Record<string, unknown>[] {
  for (const line of output) recordLog(line);
  return output.map((line) => JSON.parse(line));
}

describe('the deployment', () => {
  test('is run here by the Node that the template asks for', () => {
    const [major] = process.versions.node.split('.');
    for (const { Runtime } of functionsOf(deployment.template).values()) {
      expect(Runtime).toBe(`nodejs${major}.x`);
    }
  });

  test('lies where no package can be found', () => {
    expect(deployment.taskRoots.size).toBe(2);
    for (const folder of deployment.taskRoots.values()) {
      const { resolve } = createRequire(join(folder, 'anything.js'));
      expect(() => resolve('@aws-sdk/client-sqs')).toThrow('Cannot find module');
    }
  });
});

describe('a signed purchase', () => {
  test.each(CODE_SOURCES)('of %s labels the contact', async (source) => {
    const { wix, aws, sample, post, poll, messagesIn, untilQueued } = await start();
    poll();
    const buyer = SAMPLE_BUYERS[source];
    const contactId = wix.addContact(buyer);
    const other = wix.addContact({ email: 'other@example.com' });

    const answer = await post(
      source,
      sample(source, { buyer: source === 'wix' ? { ...buyer, contactId } : buyer }),
    );
    await untilQueued(0);

    expect(aws.refusals).toEqual([]);
    expect(answer).toMatchObject({ status: 200, body: { status: 'queued' } });
    expect(wix.labelNamesOf(contactId)).toEqual(['Customer', 'VIP']);
    expect(wix.labelNamesOf(other)).toEqual([]);
    expect(await messagesIn('DeadLetterQueue')).toBe(0);
  });
});

describe('the functions', () => {
  test('answer a bad signature, an unknown source and a duplicate', async () => {
    const { wix, sample, post, poll, untilQueued, batches } = await start();
    wix.addContact(SAMPLE_BUYERS.shopify);
    const delivery = sample('shopify');

    expect(await post('shopify', sample('shopify', { secret: 'another' }))).toMatchObject({
      status: 401,
      body: { status: 'refused' },
    });
    expect(await post('nowhere', delivery)).toMatchObject({ status: 404 });
    expect(await post('shopify', delivery)).toMatchObject({ status: 200 });
    expect(await post('shopify', delivery)).toMatchObject({ status: 200 });
    poll();
    await untilQueued(0);

    expect(batches.flatMap(({ event }) => event.Records)).toHaveLength(1);
  });

  test('start once for events that come one after the other, and read their settings once', async () => {
    const { aws, sample, post, coldStarts } = await start();
    expect(coldStarts('receive')).toBe(0);

    await post('custom', sample('custom'));
    await post('custom', sample('custom'));

    expect(coldStarts('receive')).toBe(1);
    expect(aws.actions).toEqual(['ssm.GetParameters', 'sqs.SendMessage', 'sqs.SendMessage']);
  });

  test('log JSON lines and nothing else', async () => {
    const stage = await start();
    stage.wix.addContact(SAMPLE_BUYERS.custom);
    stage.poll();

    await stage.post('custom', stage.sample('custom'));
    await stage.untilQueued(0);

    const lines = logOf(stage);
    const isForMetrics = (line: Record<string, unknown>) => line.message === 'metrics';
    const logged = lines.filter((line) => !isForMetrics(line));
    expect(logged.map(({ message }) => message)).toEqual(['received', 'delivery', 'job']);
    for (const line of logged) expect(line).toMatchObject({ level: 'info' });
    const functions = lines.flatMap(extracted).map(({ dimensions }) => dimensions.FunctionName);
    expect(new Set(functions)).toEqual(new Set(['earmark-dev-receive', 'earmark-dev-label']));
  });

  test('put what cannot be read into the dead-letter queue', async () => {
    const { sample, post, messagesIn } = await start();

    const answer = await post('custom', { ...sample('custom'), body: 'no JSON' });

    expect(answer).toMatchObject({ status: 200, body: { status: 'dead-letter' } });
    expect(await messagesIn('DeadLetterQueue')).toBe(1);
  });
});

describe('a setting that is missing', () => {
  test('is answered 503, and the same process goes on once it is there', async () => {
    const stage = await start();
    const { parameters, sample, post, coldStarts } = stage;
    const name = '/earmark/dev/WIX_SITE_ID';
    const value = parameters.get(name) ?? '';
    parameters.delete(name);

    const refused = await post('custom', sample('custom'));
    parameters.set(name, value);
    const accepted = await post('custom', sample('custom'));

    expect(refused).toMatchObject({ status: 503, body: { status: 'unavailable' } });
    expect(accepted).toMatchObject({ status: 200, body: { status: 'queued' } });
    expect(coldStarts('receive')).toBe(1);
    expect(stage.errors).toEqual([]);
    expect(logOf(stage)).toMatchObject([
      { level: 'error', problems: [expect.stringContaining(name)] },
      { level: 'info', message: 'received' },
      { level: 'info', status: 'queued' },
    ]);
  });

  test('keeps the batch in the queue when the worker lacks it', async () => {
    const { parameters, sample, post, poll, messagesIn, errors } = await start();
    parameters.delete('/earmark/dev/WIX_API_KEY');

    await post('custom', sample('custom'));
    poll();
    await until(() => errors.length > 0);

    expect(errors).toMatchObject([{ message: expect.stringMatching(/^SettingsError: /) }]);
    expect(await messagesIn('JobQueue')).toBe(1);
  });
});

describe('a batch', () => {
  test('of which one job must wait leaves that one in the queue', async () => {
    const { wix, aws, sample, post, poll, untilQueued, batches } = await start();
    const contactId = wix.addContact(SAMPLE_BUYERS.custom);
    await post('custom', sample('custom'));
    // Nobody of this reference exists yet.
    await post('shopify', sample('shopify'));

    poll();
    await untilQueued(1);

    const records = batches[0]?.event.Records ?? [];
    const waiting = records.find(({ body }) => body.includes(SAMPLE_BUYERS.shopify.email));
    expect(records).toHaveLength(2);
    expect(batches[0]?.response).toEqual({
      batchItemFailures: [{ itemIdentifier: waiting?.messageId }],
    });
    expect(wix.labelNamesOf(contactId)).toContain('Customer');
    expect(aws.actions).toContain('sqs.ChangeMessageVisibility');
  });

  test('of which one job is given up leaves a dead letter', async () => {
    const { wix, sample, post, poll, messagesIn, untilQueued } = await start();
    wix.addContact(SAMPLE_BUYERS.custom);
    wix.fault({ operation: 'findOrCreateLabel', status: 400, times: Number.POSITIVE_INFINITY });
    await post('custom', sample('custom'));

    poll();
    await untilQueued(0);

    expect(await messagesIn('DeadLetterQueue')).toBe(1);
  });
});

describe('what could hide a fault of the bundle', () => {
  test('a signature with another secret is refused, as AWS would', async () => {
    const stage = await start({ AWS_SECRET_ACCESS_KEY: 'another' });

    const answer = await stage.post('custom', stage.sample('custom'));

    expect(answer).toMatchObject({ status: 503 });
    expect(stage.aws.refusals).toEqual(['ssm.GetParameters: Its signature is another.']);
  });

  test('a handler that the zip has not is an error of the start', async () => {
    const [spec] = readTemplate(deployment.template, 'https://sqs.example.com').functions;
    if (!spec) throw new Error('The template has no function.');
    const taskRoot = deployment.taskRoots.get(spec.logicalId) ?? '';
    const lambda = createLambda({ ...spec, taskRoot, exportName: 'nothing' }, 0, () => {});
    running.push(lambda);

    await expect(lambda.invoke({})).rejects.toThrow(
      'Runtime.HandlerNotFound: receive.nothing is undefined or not exported',
    );
  });
});
