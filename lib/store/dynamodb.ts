import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { KeptFact } from '../history/fact.ts';
import { addState, removeFact } from './fact-writes.ts';
import { forEachOf } from './for-each.ts';
import {
  aliasOf,
  expiry,
  factOf,
  isOver,
  keyOf,
  number,
  numberOf,
  stateItem,
  storedState,
  text,
  textOf,
} from './items.ts';
import {
  ALIAS_KEY,
  contactOf,
  contactPrefix,
  ERASURE_PREFIX,
  FACT_PREFIXES,
  FULL_REVIEW_KEY,
  partitionOf,
  referencePrefix,
  STATE_KEY,
  sitePartition,
} from './keys.ts';
import { type DueContact, type HistoryStore, MOST_FACTS, type OwnerRecord } from './store.ts';
import { type Item, openTable, type Table, type TableOptions } from './table.ts';

export interface HistoryStoreOptions extends TableOptions {
  /** How long something is kept after it was last written. */
  readonly retentionMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How much one call of `contacts` reads at most, in pages of so many items. */
const PAGE = 1_000;
const MOST_PAGES = 10;

/** The store on a table of DynamoDB, whose keys and index functions/history.yml has. */
export function createHistoryStore(options: HistoryStoreOptions): HistoryStore {
  const { now, retentionMs } = options;
  const table = openTable(options);
  const expires = (): number => now() + retentionMs;

  return {
    read: (owner) => readOwner(table, partitionOf(owner), now),
    addFacts: (owner, facts) =>
      forEachOf(statesOf(facts), ([fact, type, state]) =>
        table.update(addState(partitionOf(owner), fact, { type, state, expires: expires() })),
      ),
    removeFacts: (owner, facts) =>
      forEachOf(facts, (fact) => table.remove(removeFact(partitionOf(owner), fact))),
    saveState: ({ site, contactId }, state, version = 0) =>
      table.put({
        Item: stateItem({ site, partition: partitionOf({ site, contactId }) }, state, {
          version: version + 1,
          expires: expires(),
        }),
        ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'version = :version',
        ...(version > 0 && { ExpressionAttributeValues: { ':version': number(version) } }),
      }),
    async saveAlias(site, reference, { contactId, checkedAt }) {
      await table.put({
        Item: {
          ...keyOf(partitionOf({ site, reference }), ALIAS_KEY),
          contactId: text(contactId),
          checkedAt: number(checkedAt),
          expires: expiry(expires()),
        },
      });
    },
    async removeAlias(site, reference) {
      await table.remove({ Key: keyOf(partitionOf({ site, reference }), ALIAS_KEY) });
    },
    due: (site, until, most) => dueContacts(table, site, { until, most }),
    async postpone(site, { contactId, dueAt }, until) {
      await table.update({
        Key: keyOf(partitionOf({ site, contactId }), STATE_KEY),
        UpdateExpression: 'SET dueAt = :until',
        ConditionExpression: 'dueAt = :dueAt',
        ExpressionAttributeValues: { ':until': number(until), ':dueAt': number(dueAt) },
      });
    },
    async contacts(site, most, cursor) {
      const prefix = contactPrefix(site);
      const filter = {
        FilterExpression: 'sk = :state AND begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':state': text(STATE_KEY), ':prefix': text(prefix) },
      };
      const { partitions, ...next } = await somePartitions(table, filter, { most, cursor });
      return { contactIds: partitions.map((pk) => pk.slice(prefix.length)), ...next };
    },
    async waiting(site, most, cursor) {
      const prefix = referencePrefix(site);
      const [facts, hashed] = FACT_PREFIXES;
      const filter = {
        FilterExpression:
          'begins_with(pk, :prefix) AND (begins_with(sk, :facts) OR begins_with(sk, :hashed))',
        ExpressionAttributeValues: {
          ':prefix': text(prefix),
          ':facts': text(facts),
          ':hashed': text(hashed),
        },
      };
      const { partitions, ...next } = await somePartitions(table, filter, { most, cursor });
      return { references: [...new Set(partitions)].map((pk) => pk.slice(prefix.length)), ...next };
    },
    async readFullReview(site) {
      const [item] = await siteItems(table, site, FULL_REVIEW_KEY);
      if (!item) return undefined;
      return { goal: textOf(item.goal), ...(item.cursor && { cursor: textOf(item.cursor) }) };
    },
    async saveFullReview(site, { goal, cursor }) {
      await table.put({
        Item: {
          ...keyOf(sitePartition(site), FULL_REVIEW_KEY),
          goal: text(goal),
          ...(cursor !== undefined && { cursor: text(cursor) }),
        },
      });
    },
    async readErasures(site) {
      const items = await siteItems(table, site, ERASURE_PREFIX);
      return Object.fromEntries(
        items.map(({ sk, at }) => [textOf(sk).slice(ERASURE_PREFIX.length), numberOf(at)]),
      );
    },
    async saveErasure(site, source, at) {
      await table.put({
        Item: { ...keyOf(sitePartition(site), `${ERASURE_PREFIX}${source}`), at: number(at) },
        ConditionExpression: 'attribute_not_exists(pk) OR #at < :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':at': number(at) },
      });
    },
    async erase(owner) {
      const pk = partitionOf(owner);
      const pages = table.query({ ...ofPartition(pk), ProjectionExpression: 'sk' });
      for await (const { Items = [] } of pages) {
        await forEachOf(Items, ({ sk }) => table.remove({ Key: keyOf(pk, textOf(sk)) }));
      }
    },
  };
}

const ofPartition = (pk: string) => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': text(pk) },
  ConsistentRead: true,
});

const statesOf = (facts: readonly KeptFact[]) =>
  facts.flatMap((fact) =>
    Object.entries(fact.states).map(([type, state]) => [fact, type, state] as const),
  );

async function readOwner(table: Table, pk: string, now: () => number): Promise<OwnerRecord> {
  const facts: KeptFact[] = [];
  let state: Item | undefined;
  let alias: Item | undefined;
  for await (const { Items = [] } of table.query(ofPartition(pk))) {
    for (const item of Items) {
      if (item.sk?.S === STATE_KEY) state = item;
      if (item.sk?.S === ALIAS_KEY) alias = item;
      const fact = isOver(item, now()) ? undefined : factOf(item);
      if (fact) facts.push(fact);
    }
    if (facts.length > MOST_FACTS) break;
  }
  return {
    facts: facts.slice(0, MOST_FACTS),
    state: storedState(state),
    alias: aliasOf(alias),
    cut: facts.length > MOST_FACTS,
  };
}

async function dueContacts(
  table: Table,
  site: string,
  { until, most }: { readonly until: number; readonly most: number },
): Promise<readonly DueContact[]> {
  const found: DueContact[] = [];
  const pages = table.query({
    IndexName: 'due',
    KeyConditionExpression: 'dueSite = :site AND dueAt <= :until',
    ExpressionAttributeValues: { ':site': text(site), ':until': number(until) },
    Limit: most,
  });
  for await (const { Items = [] } of pages) {
    for (const { pk, dueAt } of Items) {
      const contactId = contactOf(site, textOf(pk));
      if (contactId !== undefined) found.push({ contactId, dueAt: numberOf(dueAt) });
    }
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

/**
 * Reads the table itself: an index of all contacts would cost a write with each state, and this is read only after the
 * definitions have changed, or a shop's part is to be erased. The cursor is the key that was read last.
 * @returns the partition of each item that the filter lets through
 */
async function somePartitions(
  table: Table,
  filter: Pick<Parameters<Table['scan']>[0], 'FilterExpression' | 'ExpressionAttributeValues'>,
  { most, cursor }: { readonly most: number; readonly cursor: string | undefined },
): Promise<{ readonly partitions: readonly string[]; readonly cursor?: string }> {
  const partitions: string[] = [];
  const scanned = table.scan({
    ...filter,
    ProjectionExpression: 'pk, sk',
    ConsistentRead: true,
    Limit: PAGE,
    ExclusiveStartKey:
      cursor === undefined ? undefined : (JSON.parse(cursor) as Record<string, AttributeValue>),
  });
  let pages = 0;
  for await (const { Items = [], LastEvaluatedKey } of scanned) {
    const taken = Items.slice(0, most - partitions.length);
    partitions.push(...taken.map(({ pk }) => textOf(pk)));
    const last = taken.length < Items.length ? taken.at(-1) : LastEvaluatedKey;
    pages += 1;
    if (last && (partitions.length >= most || pages >= MOST_PAGES)) {
      return { partitions, cursor: JSON.stringify(last) };
    }
  }
  return { partitions };
}

/** What the site's partition has under keys that begin so. */
async function siteItems(table: Table, site: string, prefix: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  const pages = table.query({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': text(sitePartition(site)), ':prefix': text(prefix) },
    ConsistentRead: true,
  });
  for await (const { Items = [] } of pages) found.push(...Items);
  return found;
}
