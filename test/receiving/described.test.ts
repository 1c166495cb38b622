import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { custom } from '../../lib/sources/custom.ts';
import type { Source } from '../../lib/sources/source.ts';
import { recordSecrets } from '../support/log-watch/record.ts';
import type { ReceiveStage } from '../support/receive-stage.ts';
import { webhookEvent } from '../support/webhook.ts';

const SECRET = 'a-secret-in-the-address-of-acme';
const SETTING = 'ACME_WEBHOOK_SECRET';
const PATH = `/earmark/prod/${SETTING}`;
const INCOMPLETE = 'Acme names the buyer by an id alone.';

/** A source that is described in a file, as far as the receiver knows: its proof is a secret in the path or query. */
const acme: Source = {
  ...custom,
  name: 'acme',
  secretSetting: SETTING,
  verify(delivery, secrets) {
    const { address, headers } = delivery;
    const given = address?.secret ?? address?.query.secret;
    const proof = given === undefined ? {} : { 'x-webhook-secret': given };
    return custom.verify({ ...delivery, headers: { ...headers, ...proof } }, secrets);
  },
  read(delivery) {
    const reading = custom.read(delivery);
    return reading.kind === 'events' ? { ...reading, incomplete: INCOMPLETE } : reading;
  },
};

// Before anything that asks the table of sources.
jest.unstable_mockModule('../../lib/sources/described/table.ts', () => ({
  describedNames: () => ['acme'],
  describedSource: (name: string) => (name === 'acme' ? acme : undefined),
}));
const { openReceiveStage } = await import('../support/receive-stage.ts');
const { readReceiveSettings } = await import('../../lib/receiving/settings.ts');
const { loadRules } = await import('../../lib/rules/authoring/load.ts');

const rules = loadRules('rules: [{name: all, on: custom, add: [Fine]}]', 'rules.yml');
const body = JSON.stringify({ event: 'signed up', event_id: '1', email: 'ada@example.com' });

let stage: ReceiveStage;
/** What Parameter Store holds, and which names were asked of it. */
let stored: Map<string, string>;
let reads: (readonly string[])[];
let isDown: boolean;
let time: number;

const open = async (env: NodeJS.ProcessEnv = {}) => {
  const settings = await readReceiveSettings(
    {
      QUEUE_URL: 'https://sqs.example/jobs',
      DEAD_LETTER_QUEUE_URL: 'https://sqs.example/dead-letters',
      WIX_SITE_ID: 'site',
      SOURCE_SECRETS: 'ssm:/earmark/prod',
      ...env,
    },
    async (paths) => {
      reads.push(paths);
      if (isDown) throw new RangeError('ThrottlingException');
      return new Map([...stored].filter(([path]) => paths.includes(path)));
    },
    () => time,
  );
  stage = await openReceiveStage({ secretsOf: settings.secrets, rules });
};
const post = (path: string, changes: Partial<APIGatewayProxyEventV2> = {}) =>
  stage.handle({
    ...webhookEvent('', { body, headers: { 'content-type': 'application/json' } }),
    rawPath: path,
    ...changes,
  });

beforeEach(() => {
  recordSecrets([SECRET]);
  stored = new Map([[PATH, SECRET]]);
  reads = [];
  isDown = false;
  time = 0;
});
afterEach(() => stage.close());

describe('a secret in the URL', () => {
  test.each([
    ['in the path', `/webhooks/acme/${SECRET}`, {}],
    [
      'as API Gateway takes the path apart',
      '/',
      { pathParameters: { source: 'acme', secret: SECRET } },
    ],
    ['behind a prefix', `/prod/webhooks/acme/${SECRET}`, {}],
    ['in the query', '/webhooks/acme', { rawQueryString: `a=1&secret=${SECRET}` }],
  ])('%s opens the source', async (_name, path, changes) => {
    await open();

    expect(await post(path, changes)).toMatchObject({
      statusCode: 200,
      body: { status: 'queued' },
    });

    expect(JSON.stringify(await stage.jobs())).not.toContain(SECRET);
    expect(stage.output()).not.toContain(SECRET);
  });

  test.each([
    ['a wrong one', '/webhooks/acme/another-secret-of-somebody', {}, 'signature'],
    ['a beginning of it', `/webhooks/acme/${SECRET.slice(0, -1)}`, {}, 'signature'],
    ['in the path of another source', `/webhooks/custom/${SECRET}`, {}, 'closed'],
    ['none', '/webhooks/acme', {}, 'unsigned'],
  ])('%s is a 401', async (_name, path, changes, kind) => {
    await open();

    expect(await post(path, changes)).toMatchObject({
      statusCode: 401,
      body: { status: 'refused' },
    });

    expect(stage.logged()).toMatchObject([{ status: 'refused', Refused: 1, Reason: kind }]);
    expect(stage.output()).not.toContain(SECRET.slice(0, -1));
  });

  test('in the place of the source is a 404, and not logged', async () => {
    await open();

    expect(await post(`/webhooks/${SECRET}`)).toMatchObject({ statusCode: 404 });

    expect(stage.logged()).toMatchObject([{ status: 'unknown-source', source: 'unknown' }]);
    expect(stage.output()).not.toContain(SECRET);
  });

  test('is not kept with a delivery that cannot go on', async () => {
    await open();
    const query = { rawQueryString: `secret=${SECRET}&a=1`, body: '[1]' };

    expect(await post('/webhooks/acme', query)).toMatchObject({ body: { status: 'dead-letter' } });

    const [deadLetter] = await stage.deadLetters();
    expect(deadLetter?.body).toMatchObject({ kind: 'delivery', source: 'acme', body: '[1]' });
    expect(deadLetter?.body).not.toHaveProperty('address');
    expect(JSON.stringify(deadLetter)).not.toContain(SECRET);
  });
});

test('an event that names nobody: its dead letter says what the sender leaves out', async () => {
  await open();

  await post(`/webhooks/acme/${SECRET}`, { body: JSON.stringify({ event: 'signed up' }) });

  expect(await stage.deadLetters()).toMatchObject([
    { attributes: { reason: 'no-contact-reference', detail: expect.stringContaining(INCOMPLETE) } },
  ]);
});

test('an empty POST asks whether there is somebody: it is answered, and does nothing', async () => {
  await open();

  expect(await post('/webhooks/acme', { body: '' })).toMatchObject({
    statusCode: 200,
    body: { status: 'ping' },
  });
  expect(reads).toEqual([]);
  expect(await stage.counts()).toEqual([0, 0]);
});

describe('the secret of a described source', () => {
  const right = `/webhooks/acme/${SECRET}`;

  test('is read with its first delivery, once for all, also of those that come at once', async () => {
    await open();
    expect(reads).toEqual([]);

    const answers = await Promise.all([post(right), post(right), post(right)]);
    time = 86_400_000;
    await post(right);

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(reads).toEqual([[PATH]]);
  });

  test('is not asked for by a HEAD, nor by what is too large', async () => {
    await open();
    const { requestContext } = webhookEvent('acme', { method: 'HEAD' });

    expect(await post('/webhooks/acme', { requestContext })).toMatchObject({ statusCode: 200 });
    expect(await post(right, { body: 'x'.repeat(1_048_577) })).toMatchObject({ statusCode: 413 });

    expect(reads).toEqual([]);
  });

  test('is the variable of its name where there is one', async () => {
    await open({ [SETTING]: 'the-secret-of-the-environment' });

    expect(await post(right)).toMatchObject({ statusCode: 401 });
    expect(await post('/webhooks/acme/the-secret-of-the-environment')).toMatchObject({
      statusCode: 200,
    });
    expect(reads).toEqual([]);
  });

  test('is that of the parameter which the variable names', async () => {
    stored = new Map([['/elsewhere', SECRET]]);
    await open({ [SETTING]: 'ssm:/elsewhere' });

    expect(await post(right)).toMatchObject({ statusCode: 200 });
    expect(reads).toEqual([['/elsewhere']]);
  });

  test('that is not there closes it, and is asked for again a minute later', async () => {
    stored.clear();
    await open();
    expect(await post(right)).toMatchObject({ statusCode: 401 });
    expect(stage.logged()).toMatchObject([
      { Reason: 'closed', reason: `the source is closed: ${SETTING} is not set` },
    ]);

    stored.set(PATH, SECRET);
    time = 59_999;
    expect(await post(right)).toMatchObject({ statusCode: 401 });
    expect(reads).toHaveLength(1);

    time = 60_000;
    expect(await post(right)).toMatchObject({ statusCode: 200 });
    expect(reads).toHaveLength(2);
  });

  test('that is nowhere to be looked for closes it, and asks nobody', async () => {
    await open({ SOURCE_SECRETS: undefined });

    expect(await post(right)).toMatchObject({ statusCode: 401 });
    expect(reads).toEqual([]);
  });

  test('while Parameter Store is down is a 503, and the next delivery is taken', async () => {
    isDown = true;
    await open();
    expect(await post(right)).toMatchObject({ statusCode: 503, body: { status: 'unavailable' } });
    expect(stage.logged()).toMatchObject([
      { level: 'error', error: 'SettingsError', problems: [expect.stringContaining(PATH)] },
    ]);

    isDown = false;
    expect(await post(right)).toMatchObject({ statusCode: 200 });
  });

  test.each([
    ['too-short,parts', 'secret-malformed'],
    ['short', 'secret-weak'],
  ])('is looked at when it is read: %s', async (written, message) => {
    stored.set(PATH, written);
    await open();

    await post(right);
    await post(right);

    const lines = stage.logged().filter((line) => line.message === message);
    expect(lines).toMatchObject([{ setting: SETTING }]);
    expect(stage.output()).not.toContain(written);
  });

  test.each(['/earmark/prod', 'ssm:earmark', 'ssm:/earmark/prod/', 'a-text'])(
    'is in a folder that is well written: %s is not',
    async (SOURCE_SECRETS) => {
      await open();
      await expect(open({ SOURCE_SECRETS })).rejects.toThrow(
        /SOURCE_SECRETS is ".*"\. Write ssm:\//,
      );
    },
  );

  test('counts with all described sources as one, and the log says which', async () => {
    await open();

    await post(right);

    expect(stage.logged()).toMatchObject([{ source: 'acme', Source: 'described', Verified: 1 }]);
  });
});
