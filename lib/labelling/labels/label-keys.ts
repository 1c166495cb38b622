import { createSingleFlight } from '../../runtime/concurrency.ts';
import { log } from '../../runtime/log.ts';
import { createMemory } from '../../runtime/memory.ts';
import { classify } from '../../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../../wix/calls/failure.ts';
import { NAMES_PER_QUERY } from '../../wix/labels.ts';
import type { WixSite } from '../../wix/site.ts';
import { createBatchLoader } from '../contact/lookups.ts';

/** A full site is not asked for new labels for this long; then one name asks for all. */
const QUOTA_PAUSE_MS = 10 * 60_000;
/** A key that Wix took so recently is not that of a label which was deleted and made again. */
const FRESH_MS = 60_000;
/**
 * For this long Label Contact may not know a new key yet (Wix documents no delay). After that the key is asked
 * for again, well within the job's time (`LABEL_WINDOW_MS` of retry.ts).
 */
const YOUNG_MS = 2 * 60_000;
/**
 * A label that the index does not show is asked for again after this (at most `INDEX_WAIT_MS` of retry.ts):
 * another worker, or a person, may have made it.
 */
const ABSENT_MS = 30_000;
const MOST_ABSENT = 1_000;

/** Label names: those to add are found or made, those to remove are looked up. */
export interface WantedLabels {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What is known of names: their keys, and which ones a full site has no room for. */
export interface ResolvedKeys {
  readonly keys: ReadonlyMap<string, string>;
  /** Names whose key Wix gave or took within the last minute. */
  readonly fresh: ReadonlySet<string>;
  /** Names whose key Wix gave within the last two minutes, and that no contact was labelled with since. */
  readonly young: ReadonlySet<string>;
  /** Names to remove that are no label's, as far as Wix's (possibly stale) index knows. */
  readonly absent: readonly string[];
  /** Names to add that have no key because the site has reached its label quota. */
  readonly refused: readonly string[];
  /** The answer that reported the quota, when names were refused. */
  readonly quota: WixFailure | undefined;
}

interface KnownKey {
  readonly key: string;
  readonly givenAt: number;
  /** When Wix gave it, or took it last. */
  readonly seenAt: number;
  /** A contact was labelled with it. */
  readonly isUsed: boolean;
}

interface Quota {
  probeAt: number;
  readonly failure: WixFailure;
  /** Names that Wix's index did not show within the last 30 s. */
  readonly missing: ReturnType<typeof createMemory<true>>;
}

/** The label keys of one site, for the life of the process. A key never changes; a label may be deleted. */
export type LabelKeys = ReturnType<typeof createLabelKeys>;

export function createLabelKeys(site: string, clock: () => number) {
  const known = new Map<string, KnownKey>();
  const namesMissing = () => createMemory<true>({ most: MOST_ABSENT, ttlMs: ABSENT_MS, clock });
  const absent = namesMissing();
  const singly = createSingleFlight<string>();
  const lookUp = createBatchLoader(queryInPages);
  let quota: Quota | undefined;

  function learn(name: string, key: string, now: number): void {
    known.set(name, { key, givenAt: now, seenAt: now, isUsed: false });
    absent.delete(name);
  }

  /** @returns the key, or the answer that reported the quota when the site is full */
  async function findOrCreate(wix: WixSite, name: string): Promise<string | WixFailure> {
    const now = clock();
    const full = quota;
    if (full && now < full.probeAt) return full.failure;
    // This name is the probe; others go on without it.
    if (full) full.probeAt = now + QUOTA_PAUSE_MS;
    try {
      const key = await singly(name, () => wix.findOrCreateLabel(name));
      learn(name, key, now);
      if (full && quota === full) {
        quota = undefined;
        log.info('labels-quota-lifted', { site });
      }
      return key;
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      if (classify(error.failure) !== 'labels-quota-reached') {
        // The answer says nothing of the quota, so the next name asks.
        if (full) full.probeAt = now;
        throw error;
      }
      if (!quota) log.error('labels-quota-reached', { site, ...quotaNumbers(error.failure) });
      quota = { probeAt: now + QUOTA_PAUSE_MS, failure: error.failure, missing: namesMissing() };
      return error.failure;
    }
  }

  /** The keys of names to add, and the names that a full site has no room for. */
  async function makeAll(wix: WixSite, names: readonly string[]) {
    const made = new Map<string, string>();
    const unmade = new Set<string>();
    let full: WixFailure | undefined;
    // Each key is taken when it is seen: while others are asked for, another job may forget it.
    for (const name of new Set(names)) {
      const key = known.get(name)?.key ?? (await findOrCreate(wix, name));
      if (typeof key === 'string') made.set(name, key);
      else {
        full = key;
        unmade.add(name);
      }
    }
    return { made, unmade, full };
  }

  /** The keys of those names that are labels. Look-ups of other jobs share the call. */
  async function findAll(wix: WixSite, names: readonly string[]) {
    const now = clock();
    const found = names.map(async (name) => {
      const key = known.get(name)?.key ?? (await lookUp(wix, name));
      if (key === undefined) return [];
      if (!known.has(name)) learn(name, key, now);
      return [[name, key] as const];
    });
    return (await Promise.all(found)).flat();
  }

  return {
    /** Returns the keys of these names. @throws WixError for all but a full site */
    async resolve(wix: WixSite, { add, remove }: WantedLabels): Promise<ResolvedKeys> {
      const now = clock();
      const { made, unmade, full } = await makeAll(wix, add);
      // A full site may have labels this process has not met. Whether Find Or Create finds them then is not
      // documented, so they are looked up.
      const unsure = [...unmade].filter((name) => !quota?.missing.get(name));
      // A job that also adds is not tried again for a label that is absent, so it asks.
      const unmet = [...new Set(remove)].filter((name) => add.length > 0 || !absent.get(name));
      const keys = new Map([...made, ...(await findAll(wix, [...unsure, ...unmet]))]);
      for (const name of unsure) if (!keys.has(name)) quota?.missing.set(name, true);
      for (const name of unmet) if (!keys.has(name)) absent.set(name, true);
      const those = (areIt: (one: KnownKey) => boolean): ReadonlySet<string> => {
        const isIt = (one: KnownKey | undefined): boolean => one !== undefined && areIt(one);
        return new Set([...keys.keys()].filter((name) => isIt(known.get(name))));
      };
      return {
        keys,
        fresh: those(({ seenAt }) => now - seenAt < FRESH_MS),
        young: those(({ givenAt, isUsed }) => !isUsed && now - givenAt < YOUNG_MS),
        absent: remove.filter((name) => !keys.has(name)),
        refused: [...unmade].filter((name) => !keys.has(name)),
        quota: full,
      };
    },
    /** Wix took the key of this name, off a contact or onto one: only that shows that it knows the key. */
    confirm(name: string, change: 'add' | 'remove'): void {
      const one = known.get(name);
      if (!one) return;
      known.set(name, { ...one, seenAt: clock(), isUsed: one.isUsed || change === 'add' });
    },
    /** Drops names whose keys turned out to be of no label. */
    forget(names: readonly string[]): void {
      for (const name of names) known.delete(name);
    },
  };
}

async function queryInPages(wix: WixSite, names: readonly string[]) {
  const found = new Map<string, string>();
  for (let from = 0; from < names.length; from += NAMES_PER_QUERY) {
    const page = await wix.queryLabels(names.slice(from, from + NAMES_PER_QUERY));
    for (const [name, key] of page) found.set(name, key);
  }
  return { found, partial: false };
}

/** Both numbers of a LABELS_QUOTA_REACHED answer; Wix sends them as strings, or null. */
export function quotaNumbers({ data }: WixFailure) {
  const text = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
  return {
    labelsQuota: text(data?.labelsQuota),
    labelsCurrentTotal: text(data?.labelsCurrentTotal),
  };
}
