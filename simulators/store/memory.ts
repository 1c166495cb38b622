import type { KeptFact } from '../../lib/history/fact.ts';
import { replaces, tieOf } from '../../lib/history/merge.ts';
import { fitting } from '../../lib/store/fit.ts';
import { forEachOf } from '../../lib/store/for-each.ts';
import { factKeyOf, partitionOf, referencePrefix } from '../../lib/store/keys.ts';
import {
  type Alias,
  type FullReview,
  type HistoryStore,
  MOST_FACTS,
  type Owner,
  type StoredState,
} from '../../lib/store/store.ts';

type States = KeptFact['states'];

/**
 * What stands between the store and who asks it, for each request that DynamoDB would get: it may wait, throw before
 * `request` (nothing was done) or after it (the answer was lost).
 */
export type Obstruct = <T>(operation: keyof HistoryStore, request: () => Promise<T>) => Promise<T>;

export interface MemoryStoreOptions {
  /** Epoch milliseconds. Default: the system's. */
  readonly now?: () => number;
  /** How long a fact is kept after it was last written. Default: for ever. */
  readonly retentionMs?: number;
  readonly obstruct?: Obstruct;
}

interface HeldFact {
  readonly fact: KeptFact;
  /** Epoch milliseconds. */
  readonly expires: number;
}

interface Partition {
  /** By sort key. */
  readonly facts: Map<string, HeldFact>;
  state?: StoredState | undefined;
  alias?: Alias | undefined;
}

interface SiteRecord {
  fullReview?: FullReview | undefined;
  readonly erasures: Map<string, number>;
}

/** A HistoryStore in memory, made of promises alone: it does what `createHistoryStore` does on DynamoDB. */
export function createMemoryStore(options: MemoryStoreOptions = {}): HistoryStore {
  const { now = Date.now, retentionMs = Number.POSITIVE_INFINITY } = options;
  const { obstruct = (_operation, request) => request() }: MemoryStoreOptions = options;
  const partitions = new Map<string, Partition>();
  const sites = new Map<string, SiteRecord>();
  /** Contact ids by site. */
  const states = new Map<string, Map<string, Partition>>();

  const partition = (owner: Owner): Partition =>
    entry(partitions, partitionOf(owner), newPartition);
  const site = (id: string): SiteRecord => entry(sites, id, () => ({ erasures: new Map() }));
  const statesOf = (id: string) => entry(states, id, () => new Map<string, Partition>());
  const request: <T>(operation: keyof HistoryStore, work: () => T) => Promise<T> = (
    operation,
    work,
  ) => obstruct(operation, async () => work());

  function addState(owner: Owner, fact: KeptFact, type: string, added: States[string]): void {
    const { facts } = partition(owner);
    const { key } = factKeyOf(fact);
    const stored = { at: added.at, state: fitting(added.state) };
    const before = facts.get(key)?.fact.states ?? {};
    if (before[type] && !replaces(stored, before[type])) return;
    const { kind, source, id } = fact;
    facts.set(key, {
      fact: { kind, source, id, states: { ...before, [type]: stored } },
      expires: wholeSeconds(now() + retentionMs),
    });
  }

  return {
    read: (owner) =>
      request('read', () => {
        const { facts, state, alias } = partition(owner);
        const all = [...facts].filter(([, { expires }]) => expires > now());
        const cut = all.length > MOST_FACTS;
        const read = cut ? all.sort(bySortKey).slice(0, MOST_FACTS) : all;
        return { facts: read.map(([, { fact }]) => fact), state, alias, cut };
      }),
    async addFacts(owner, facts) {
      const states = facts.flatMap((fact) =>
        Object.entries(fact.states).map(([type, state]) => [fact, type, state] as const),
      );
      await forEachOf(states, (state) => request('addFacts', () => addState(owner, ...state)));
    },
    async removeFacts(owner, facts) {
      await forEachOf(facts, (fact) =>
        request('removeFacts', () => {
          const { facts: kept } = partition(owner);
          const { key } = factKeyOf(fact);
          const stands = kept.get(key)?.fact.states ?? {};
          if (textOf(stands) === textOf(fact.states)) kept.delete(key);
        }),
      );
    },
    saveState: (owner, state, version) =>
      request('saveState', () => {
        const its = partition(owner);
        if (its.state?.version !== version) return false;
        its.state = structuredClone({ ...state, version: (version ?? 0) + 1 });
        statesOf(owner.site).set(owner.contactId, its);
        return true;
      }),
    saveAlias: (siteId, reference, alias) =>
      request('saveAlias', () => {
        partition({ site: siteId, reference }).alias = { ...alias };
      }),
    removeAlias: (siteId, reference) =>
      request('removeAlias', () => {
        partition({ site: siteId, reference }).alias = undefined;
      }),
    due: (siteId, until, most) =>
      request('due', () =>
        [...statesOf(siteId)]
          .flatMap(([contactId, { state }]) =>
            state?.dueAt !== undefined && state.dueAt <= until
              ? [{ contactId, dueAt: state.dueAt }]
              : [],
          )
          .sort((a, b) => a.dueAt - b.dueAt)
          .slice(0, most),
      ),
    postpone: (siteId, { contactId, dueAt }, until) =>
      request('postpone', () => {
        const its = statesOf(siteId).get(contactId);
        if (its?.state && its.state.dueAt === dueAt) its.state = { ...its.state, dueAt: until };
      }),
    contacts: (siteId, most, cursor = '') =>
      request('contacts', () => {
        const ids = [...statesOf(siteId).keys()].sort().filter((id) => id > cursor);
        const contactIds = ids.slice(0, most);
        return { contactIds, cursor: ids.length > most ? contactIds.at(-1) : undefined };
      }),
    waiting: (siteId, most, cursor = '') =>
      request('waiting', () => {
        const prefix = referencePrefix(siteId);
        const all = [...partitions]
          .filter(([key, { facts }]) => key.startsWith(prefix) && facts.size > 0)
          .map(([key]) => key.slice(prefix.length))
          .filter((reference) => reference > cursor)
          .sort();
        const references = all.slice(0, most);
        return { references, cursor: all.length > most ? references.at(-1) : undefined };
      }),
    readFullReview: (siteId) => request('readFullReview', () => site(siteId).fullReview),
    saveFullReview: (siteId, review) =>
      request('saveFullReview', () => {
        site(siteId).fullReview = { ...review };
      }),
    readErasures: (siteId) =>
      request('readErasures', () => Object.fromEntries(site(siteId).erasures)),
    saveErasure: (siteId, source, at) =>
      request('saveErasure', () => {
        const { erasures } = site(siteId);
        erasures.set(source, Math.max(at, erasures.get(source) ?? at));
      }),
    erase: (owner) =>
      request('erase', () => {
        partitions.delete(partitionOf(owner));
        if ('contactId' in owner) statesOf(owner.site).delete(owner.contactId);
      }),
  };
}

const newPartition = (): Partition => ({ facts: new Map() });

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

const textOf = (states: States): string =>
  JSON.stringify(
    Object.entries(states)
      .map(([type, { at, state }]) => [type, at, tieOf(fitting(state))])
      .sort(),
  );

/** DynamoDB's time to live has no finer ones. */
const wholeSeconds = (time: number): number => Math.ceil(time / 1_000) * 1_000;

const bySortKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));
