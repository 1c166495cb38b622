import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHistoryStore, type HistoryStoreOptions } from '../../lib/store/dynamodb.ts';
import type { ContactState } from '../../lib/store/store.ts';
import type { StoreRequest } from '../../lib/store/table.ts';
import { type DynamoService, startDynamo } from '../../simulators/store/dynalite.ts';
import { HISTORY_TABLE } from '../support/history-table.ts';
import { describeStore, order, paid, RETENTION_MS } from './store.suite.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

let service: DynamoService;
let tables = 0;

beforeAll(async () => {
  service = await startDynamo();
});

afterAll(() => service.close());

/** An empty table of its own. */
async function newTable(): Promise<string> {
  tables += 1;
  const TableName = `${HISTORY_TABLE.TableName}-${tables}`;
  await service.create({ ...HISTORY_TABLE, TableName });
  return TableName;
}

describeStore('DynamoDB', async (now) =>
  createHistoryStore({
    client: service.client,
    table: await newTable(),
    retentionMs: RETENTION_MS,
    now,
  }),
);

async function open(options: Partial<HistoryStoreOptions> = {}) {
  const table = await newTable();
  const { client } = service;
  const store = createHistoryStore({
    client,
    table,
    retentionMs: RETENTION_MS,
    now: () => NOW,
    ...options,
  });
  const items = async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [];
  return { store, items };
}

const contact = { site: 'a-site', contactId: 'a-contact' };
const spent: ContactState = { held: {}, begun: {}, references: [], definitions: 'abc' };
const EXPIRES = { N: String((NOW + RETENTION_MS) / 1_000) };

describe('the time to live', () => {
  test('of facts and aliases begins anew with each write', async () => {
    let now = NOW - 60_000;
    const { store, items } = await open({ now: () => now });
    for (const at of [1, 2]) {
      await store.addFacts(contact, [order('1', paid(at, 1))]);
      await store.saveAlias('a-site', 'a-hash', { contactId: 'a-contact', checkedAt: at });
      now = NOW;
    }
    expect((await items()).map(({ expires }) => expires)).toEqual([EXPIRES, EXPIRES]);
  });

  test.each<[string, ContactState, boolean]>([
    ['says nothing any more', spent, true],
    ['is due', { ...spent, dueAt: 5 }, false],
    ['has a label', { ...spent, held: { VIP: { since: 1, by: 'label:VIP' } } }, false],
  ])('of a state that %s', async (_name, state, ends) => {
    const { store, items } = await open();
    await store.saveState(contact, { ...spent, dueAt: 9, held: {} });
    await store.saveState(contact, state, 1);

    const [item] = await items();
    expect(item?.expires).toEqual(ends ? EXPIRES : undefined);
  });

  test('is none of what is known of the site', async () => {
    const { store, items } = await open();
    await store.saveErasure('a-site', 'shopify', 1);
    await store.saveFullReview('a-site', { goal: 'a goal' });

    expect((await items()).map(({ expires }) => expires)).toEqual([undefined, undefined]);
  });
});

test('each request is counted with what it takes, without a further request', async () => {
  const requests: StoreRequest[] = [];
  const { store } = await open({ onRequest: (request) => requests.push(request) });
  await store.addFacts(contact, [order('1', paid(1, 1))]);
  await store.addFacts(contact, [order('1', paid(1, 1))]);
  await store.read(contact);
  await store.saveState(contact, { ...spent, dueAt: 5 });
  await store.due('a-site', 9, 10);

  expect(requests).toEqual([
    { operation: 'UpdateItem', units: 1 },
    // The condition of the second fails, which DynamoDB bills as well.
    { operation: 'UpdateItem', units: 1 },
    { operation: 'Query', units: 1 },
    // Of DynamoDB one more, for the index: the emulator does not count it.
    { operation: 'PutItem', units: 1 },
    { operation: 'Query', units: 0.5 },
  ]);
});
