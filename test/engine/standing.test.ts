import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Engine, startEngine } from '../../engine/engine.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import { openJournal } from '../../simulators/journal.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;

/** Says what it sees, and does nothing else. */
const BUNDLE = `exports.handler = async (event) => {
  const { HISTORY_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: endpoint } = process.env;
  console.log(JSON.stringify({ kind: event['detail-type'], now: Date.now(), table, endpoint }));
};`;

const queue = (name: string) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, FifoQueue: true },
});
const toy = (name: string, variables: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName: name, Handler: 'toy.handler', Environment: { Variables: variables } },
});

/** Queues, a table, and a function that a schedule runs. */
const TEMPLATE = {
  Resources: {
    Jobs: queue('jobs.fifo'),
    Dead: queue('dead.fifo'),
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'history',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        SSESpecification: { SSEEnabled: true },
      },
    },
    Wake: toy('wake', {
      QUEUE_URL: { Ref: 'Jobs' },
      DEAD_LETTER_QUEUE_URL: { Ref: 'Dead' },
      HISTORY_TABLE: { Ref: 'Table' },
      HISTORY_YEARS: '7',
    }),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Targets: [{ Arn: { 'Fn::GetAtt': ['Wake', 'Arn'] } }],
      },
    },
  },
};

let folder: string;
const engines: Engine[] = [];
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-standing-engine-'));
  await writeFile(join(folder, 'toy.cjs'), BUNDLE);
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  lines.length = 0;
});
afterAll(() => rm(folder, { recursive: true }));

async function start(
  name: string,
  env: NodeJS.ProcessEnv = {},
  template: object = TEMPLATE,
): Promise<Engine> {
  const engine = await startEngine({
    template,
    bundles: { toy: join(folder, 'toy.cjs') },
    settings: readLocalSettings({ PORT: '0', WIX_SIMULATOR_PORT: '0', ...env }),
    keep: openJournal(join(folder, `${name}.journal`)).keep,
    tableFolder: join(folder, `${name}.history`),
    onLine: (_, line) => lines.push(JSON.parse(line)),
  });
  engines.push(engine);
  return engine;
}

async function stop(engine: Engine): Promise<void> {
  engines.splice(engines.indexOf(engine), 1);
  await engine.stop();
}

/** Works on the table of an engine, as a function would. */
async function withTable<T>(
  engine: Engine,
  work: (client: DynamoDBClient) => Promise<T>,
): Promise<T> {
  const { endpoint = '' } = engine.history ?? {};
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

const put = (engine: Engine, key: string) =>
  withTable(engine, (client) =>
    client.send(new PutItemCommand({ TableName: 'history', Item: { pk: { S: key } } })),
  );

const keysIn = (engine: Engine) =>
  withTable(engine, async (client) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'history' }));
    return Items.map(({ pk }) => pk?.S);
  });

test('a function on a schedule is run at the time of the clock, with the table at hand', async () => {
  const engine = await start('a');
  const before = engine.clock.now() + 30 * DAY;

  engine.clock.moveTo(before);
  await engine.runSchedules();

  await until(() => lines.length > 0);
  expect(lines).toEqual([
    {
      kind: 'Scheduled Event',
      now: expect.any(Number),
      table: 'history',
      endpoint: engine.history?.endpoint,
    },
  ]);
  const { now } = lines[0] as { now: number };
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(engine.clock.now());
  expect(engine.history).toMatchObject({ table: 'history', years: '7' });
  const contact = engine.wix?.simulator.addContact({ email: 'kim@example.com' }) ?? '';
  const { createdDate = '' } = engine.wix?.simulator.contact(contact) ?? {};
  expect(Date.parse(createdDate)).toBeGreaterThanOrEqual(before);
});

test('time and table outlive the engine, and another beside it has its own', async () => {
  const first = await start('b');
  first.clock.moveTo(first.clock.now() + 30 * DAY);
  await put(first, 'of b');
  const beside = await start('c');
  await put(beside, 'of c');

  const ahead = first.clock.aheadMs();
  await stop(first);
  const again = await start('b');

  expect(ahead).toBeGreaterThan(29 * DAY);
  expect(again.clock.aheadMs()).toBe(ahead);
  expect(await keysIn(again)).toEqual(['of b']);
  expect(beside.clock.aheadMs()).toBe(0);
  expect(await keysIn(beside)).toEqual(['of c']);
});

test('the clock of an engine that labels a real site is not to be moved', async () => {
  const engine = await start('d', {
    WIX_API_URL: 'https://www.wixapis.com',
    WIX_API_KEY: 'key',
    WIX_SITE_ID: 'site',
  });

  expect(engine.controlUrl).toBeUndefined();
});

test('where the template has no table there is none, and nothing of it is seen', async () => {
  const { Table: _, Rule: __, ...others } = TEMPLATE.Resources;
  const engine = await start('e', {}, { Resources: others });

  expect(engine.history).toBeUndefined();
  await engine.runSchedules();
  expect(lines).toEqual([]);
});
