import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeptFact } from '../../lib/history/fact.ts';
import { createHistoryStore } from '../../lib/store/dynamodb.ts';
import type { ContactState, HistoryStore, Owner } from '../../lib/store/store.ts';
import { type DynamoService, startDynamo } from '../../simulators/store/dynalite.ts';
import { createMemoryStore } from '../../simulators/store/memory.ts';
import { HISTORY_TABLE } from '../support/history-table.ts';
import { allContacts, inOrder } from './store.suite.ts';

const RETENTION_MS = 40_000;

let service: DynamoService;
let now = 1_000;
let runs = 0;

beforeAll(async () => {
  service = await startDynamo();
});

afterAll(() => service.close());

/** What is done to both stores. @returns what they must both return */
type Command = (store: HistoryStore, site: string) => Promise<unknown>;

// Few of each, so that what is done meets what was done.
const contactId = fc.constantFrom('c1', 'c1', 'c2');
const hash = fc.constantFrom('h1', 'h1', 'c1');
const time = fc.integer({ min: 1, max: 3 });
const names = fc.string({ unit: 'binary', maxLength: 8 });

type Which = { readonly contactId: string } | { readonly reference: string };
const which: fc.Arbitrary<Which> = fc.oneof(
  fc.record({ contactId }),
  fc.record({ reference: hash }),
);

const said = fc.record(
  {
    total: fc.double({ noNaN: true, noDefaultInfinity: true }),
    number: names,
    tags: fc.array(names, { maxLength: 2 }),
    items: fc.array(fc.record({ title: names, quantity: fc.constantFrom(0, 1) }), { maxLength: 2 }),
    test: fc.boolean(),
  },
  { requiredKeys: ['test'] },
);

const fact: fc.Arbitrary<KeptFact> = fc.record<KeptFact>({
  kind: fc.constantFrom('order', 'order', 'event'),
  source: fc.constant('shopify'),
  id: fc.constantFrom('1', '1', '1', '#', `${'🙂'.repeat(300)}1`, `${'🙂'.repeat(300)}2`),
  states: fc.dictionary(
    fc.constantFrom('order.paid', 'order.created'),
    fc.record({ at: time, state: said }),
    { minKeys: 1 },
  ) as fc.Arbitrary<KeptFact['states']>,
});
const facts = fc.array(fact, { maxLength: 3 });

const state: fc.Arbitrary<ContactState> = fc.record(
  {
    held: fc.dictionary(names, fc.record({ since: time, by: names }), { maxKeys: 2 }),
    begun: fc.constant({}),
    references: fc.array(hash, { maxLength: 2 }),
    definitions: names,
    dueAt: time,
    mergedInto: contactId,
  },
  { requiredKeys: ['held', 'begun', 'references', 'definitions'] },
);

const ofSite = (site: string, one: Which): Owner => ({ site, ...one }) as Owner;

async function readAll(store: HistoryStore, owner: Owner) {
  const record = await store.read(owner);
  return { ...record, facts: inOrder(record.facts) };
}

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(which, facts).map(
    ([one, its]): Command =>
      (store, site) =>
        store.addFacts(ofSite(site, one), its),
  ),
  fc.tuple(which, fc.boolean(), facts).map(
    ([one, all, its]): Command =>
      async (store, site) => {
        const owner = ofSite(site, one);
        const read = inOrder((await store.read(owner)).facts);
        await store.removeFacts(owner, all ? read : its);
      },
  ),
  fc.tuple(contactId, state, fc.constantFrom(0, 0, 0, 1)).map(
    ([id, its, behind]): Command =>
      async (store, site) => {
        const owner = { site, contactId: id };
        const version = (await store.read(owner)).state?.version;
        const given = behind === 0 ? version : version === undefined ? 1 : undefined;
        return store.saveState(owner, its, given);
      },
  ),
  fc.tuple(hash, contactId, time).map(
    ([reference, id, checkedAt]): Command =>
      (store, site) =>
        store.saveAlias(site, reference, { contactId: id, checkedAt }),
  ),
  hash.map(
    (reference): Command =>
      (store, site) =>
        store.removeAlias(site, reference),
  ),
  fc.tuple(contactId, time, time).map(
    ([id, dueAt, until]): Command =>
      (store, site) =>
        store.postpone(site, { contactId: id, dueAt }, until),
  ),
  fc.tuple(fc.constantFrom('shopify', 'a-source'), time).map(
    ([source, at]): Command =>
      (store, site) =>
        store.saveErasure(site, source, at),
  ),
  fc.record({ goal: names, cursor: fc.option(names, { nil: undefined }) }).map(
    (review): Command =>
      (store, site) =>
        store.saveFullReview(site, review),
  ),
  which.map(
    (one): Command =>
      (store, site) =>
        store.erase(ofSite(site, one)),
  ),
  fc.constantFrom(500, 10_000, RETENTION_MS).map(
    (ms): Command =>
      async () => {
        now += ms;
      },
  ),
);

/** All that can be asked. Contacts that are due at the same time have no order. */
async function everything(store: HistoryStore, site: string, most: number) {
  const owners = ['c1', 'c2'].map((contactId): Owner => ({ site, contactId }));
  const references = ['h1', 'c1'].map((reference): Owner => ({ site, reference }));
  const due = await store.due(site, 2, 10);
  return {
    records: await Promise.all([...owners, ...references].map((owner) => readAll(store, owner))),
    due: due.map(({ contactId, dueAt }) => `${dueAt} ${contactId}`).sort(),
    firstDue: (await store.due(site, 2, most)).map(({ dueAt }) => dueAt),
    contacts: await allContacts(store, site, most),
    review: await store.readFullReview(site),
    erasures: await store.readErasures(site),
  };
}

test('DynamoDB and the store in memory answer the same to whatever is done to them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { maxLength: 25 }),
      fc.integer({ min: 1, max: 3 }),
      async (commands, most) => {
        runs += 1;
        const site = 'a-site';
        const options = { retentionMs: RETENTION_MS, now: () => now };
        const table = `${HISTORY_TABLE.TableName}-${runs}`;
        await service.create({ ...HISTORY_TABLE, TableName: table });
        const real = createHistoryStore({ ...options, client: service.client, table });
        const twin = createMemoryStore(options);
        for (const one of commands) {
          const before = now;
          const expected = await one(twin, site);
          const after = now;
          now = before;
          expect(await one(real, site)).toEqual(expected);
          expect(now).toBe(after);
        }
        expect(await everything(real, site, most)).toEqual(await everything(twin, site, most));
      },
    ),
    { numRuns: 25 },
  );
});
