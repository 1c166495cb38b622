import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type DynamoService, startDynamo } from '../../simulators/store/dynalite.ts';
import { HISTORY_TABLE } from '../support/history-table.ts';

const TableName = HISTORY_TABLE.TableName;
const Key = { pk: { S: 'a partition' }, sk: { S: 'a key' } };
const MODULE = new URL('../../simulators/store/dynalite.ts', import.meta.url).href;

let folder: string;
let open: DynamoService[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-dynalite-'));
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((service) => service.close()));
  await rm(folder, { recursive: true });
});

async function start(path?: string): Promise<DynamoService> {
  const service = await startDynamo(path);
  open.push(service);
  return service;
}

const put = ({ client }: Pick<DynamoService, 'client'>) =>
  client.send(new PutItemCommand({ TableName, Item: { ...Key, kept: { S: 'yes' } } }));

const get = async ({ client }: Pick<DynamoService, 'client'>) =>
  (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;

test('what was answered is there after the process was killed', async () => {
  const path = join(folder, 'data');
  const code = `
    const { startDynamo } = await import('${MODULE}');
    const service = await startDynamo(${JSON.stringify(path)});
    await service.create(${JSON.stringify(HISTORY_TABLE)});
    console.log(service.endpoint);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const endpoint = String(line).trim();
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  await put({ client });
  client.destroy();
  child.kill('SIGKILL');
  await once(child, 'exit');

  const service = await start(path);
  await service.create(HISTORY_TABLE);

  expect(await get(service)).toEqual({ ...Key, kept: { S: 'yes' } });
});

test('a folder that another service uses is refused, and free again when that one is closed', async () => {
  const first = await startDynamo(folder);
  await expect(startDynamo(folder)).rejects.toThrow(
    `DynamoDB's stand-in keeps its data in ${folder}. Another process uses it: end that one first.`,
  );
  await first.create(HISTORY_TABLE);
  await put(first);
  await first.close();

  expect(await get(await start(folder))).toMatchObject({ kept: { S: 'yes' } });
});

test('a table takes requests as soon as it is created, however many there are', async () => {
  const service = await start(folder);
  const names = Array.from({ length: 20 }, (_, n) => `table-${n}`);
  const answers = await Promise.all(
    names.map(async (TableName) => {
      await service.create({ ...HISTORY_TABLE, TableName });
      return service.client.send(new DescribeTableCommand({ TableName }));
    }),
  );
  expect(answers.map(({ Table }) => Table?.TableStatus)).toEqual(names.map(() => 'ACTIVE'));
});

test('without a folder each begins empty', async () => {
  for (const service of [await start(), await start()]) {
    await service.create(HISTORY_TABLE);
    expect(await get(service)).toBeUndefined();
    await put(service);
  }
});

test('a client that is gone in the middle of its request does no harm', async () => {
  const service = await start();
  await service.create(HISTORY_TABLE);
  const { hostname, port } = new URL(service.endpoint);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`POST / HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 100\r\n\r\n{"half`);
  await put(service);
  socket.destroy();

  expect(await get(service)).toBeDefined();
});
