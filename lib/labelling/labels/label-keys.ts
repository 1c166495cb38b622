import { log } from '../../runtime/log.ts';
import { remember } from '../../runtime/remember.ts';
import { classify } from '../../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../../wix/calls/failure.ts';
import { NAMES_PER_QUERY } from '../../wix/labels.ts';
import type { WixSite } from '../../wix/site.ts';
import { joint } from '../contact/lookups.ts';

/** A full site is not asked for new labels for this long; then one name asks for all. */
const QUOTA_PAUSE_MS = 10 * 60_000;

/** A key that Wix took so recently is not of a label that was deleted, and made again under another. */
const FRESH_MS = 60_000;

/**
 * For this long a key that was just had and that Label Contact refuses may be one that it does not know
 * yet: no delay of Wix's is documented, and its indexes are behind by seconds. After that it is had anew,
 * which is well within the time that the job is given (`LABEL_WINDOW_MS` of policy.ts).
 */
const YOUNG_MS = 2 * 60_000;

/**
 * A label to remove that Wix's index does not show is not asked for again for this long: no longer than a
 * job waits to look again (`INDEX_WAIT_MS` of policy.ts), for another worker may have made the label.
 */
const ABSENT_MS = 30_000;
const ABSENT_NAMES = 1_000;

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
  /** Names whose key Wix gave within the last minutes, and that no contact was labelled with since. */
  readonly young: ReadonlySet<string>;
  /** Names to remove that are no label's, as far as Wix's (possibly stale) index knows. */
  readonly absent: readonly string[];
  /** Names to add that have no key because the site has reached its label quota. */
  readonly refused: readonly string[];
  /** The answer that told of the quota, when names were refused. */
  readonly quota: WixFailure | undefined;
}

/** The label keys of one site, for the life of the process. A key never changes; a label may be deleted. */
export interface LabelKeys {
  /** Has the keys of these names. @throws WixError for all but a full site */
  resolve(wix: WixSite, wanted: WantedLabels, now: number): Promise<ResolvedKeys>;
  /** Wix took the key of this name, off a contact or onto one: only that shows that it knows the key. */
  confirm(name: string, change: 'add' | 'remove', now: number): void;
  /** Drops names whose keys turned out to be of no label. */
  forget(names: readonly string[]): void;
}

interface Known {
  readonly key: string;
  /** When Wix gave or took it last. */
  readonly at: number;
  readonly gotAt: number;
  /** A contact was labelled with it. */
  readonly isTaken: boolean;
}

interface Quota {
  probeAt: number;
  readonly failure: WixFailure;
  /** Names known not to exist. */
  readonly missing: Set<string>;
}

export function createLabelKeys(site: string): LabelKeys {
  const known = new Map<string, Known>();
  /** When names to remove were found to be no label's. */
  const absent = new Map<string, number>();
  const asking = new Map<string, Promise<string>>();
  const askForKey = joint(queryInPages);
  let quota: Quota | undefined;

  function learn(name: string, key: string, now: number): void {
    known.set(name, { key, at: now, gotAt: now, isTaken: false });
    absent.delete(name);
  }

  /** Concurrent asks for one name share one request. */
  function ask(wix: WixSite, name: string): Promise<string> {
    let asked = asking.get(name);
    if (!asked) {
      asked = wix.findOrCreateLabel(name).finally(() => asking.delete(name));
      asking.set(name, asked);
    }
    return asked;
  }

  /** @returns the key, or the answer that told of the quota when the site is full */
  async function findOrCreate(
    wix: WixSite,
    name: string,
    now: number,
  ): Promise<string | WixFailure> {
    const full = quota;
    if (full && now < full.probeAt) return full.failure;
    // Whoever comes first is the probe, the others go on without.
    if (full) full.probeAt = now + QUOTA_PAUSE_MS;
    try {
      const key = await ask(wix, name);
      learn(name, key, now);
      if (full && quota === full) {
        quota = undefined;
        log.info('labels-quota-lifted', { site });
      }
      return key;
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      if (classify(error.failure) !== 'labels-quota-reached') {
        // It told nothing of the quota, so the next one asks.
        if (full) full.probeAt = now;
        throw error;
      }
      if (!quota) log.error('labels-quota-reached', { site, ...quotaNumbers(error.failure) });
      quota = { probeAt: now + QUOTA_PAUSE_MS, failure: error.failure, missing: new Set() };
      return error.failure;
    }
  }

  /** Keys of names to add; of a full site, those that it has. */
  async function makeAll(wix: WixSite, names: readonly string[], now: number) {
    const keys = new Map<string, string>();
    const unmade = new Set<string>();
    let full: WixFailure | undefined;
    // Each key is taken when it is seen: while others are asked for, another job may forget it.
    for (const name of new Set(names)) {
      const key = known.get(name)?.key ?? (await findOrCreate(wix, name, now));
      if (typeof key === 'string') {
        keys.set(name, key);
      } else {
        full = key;
        unmade.add(name);
      }
    }
    return { keys, unmade, full };
  }

  /** The keys of those names that are labels, asked for together with what other jobs look up now. */
  async function lookUp(
    wix: WixSite,
    names: readonly string[],
    now: number,
  ): Promise<Map<string, string>> {
    const keys = new Map<string, string>();
    const ask = async (name: string): Promise<void> => {
      const key = known.get(name)?.key ?? (await askForKey(wix, name));
      if (key === undefined) return;
      if (!known.has(name)) learn(name, key, now);
      keys.set(name, key);
    };
    await Promise.all(names.map(ask));
    return keys;
  }

  const isAbsent = (name: string, now: number): boolean =>
    now - (absent.get(name) ?? Number.NEGATIVE_INFINITY) < ABSENT_MS;

  /** Names whose key was given, or given or taken, less than so long ago. */
  function sinceLess(names: Iterable<string>, at: 'at' | 'gotAt', ms: number, now: number) {
    return new Set(
      [...names].filter((name) => now - (known.get(name)?.[at] ?? Number.NEGATIVE_INFINITY) < ms),
    );
  }

  return {
    async resolve(wix, { add, remove }, now) {
      const { keys, unmade, full } = await makeAll(wix, add, now);
      // A full site may still have labels this process has not met. Whether Find Or Create finds them
      // then is not documented, so they are looked up without creating anything.
      const unsure = [...unmade].filter((name) => !quota?.missing.has(name));
      // What also adds is not tried again for a label that is absent, so it asks.
      const unmet = [...new Set(remove)].filter((name) => add.length > 0 || !isAbsent(name, now));
      for (const [name, key] of await lookUp(wix, [...unsure, ...unmet], now)) keys.set(name, key);
      for (const name of unsure) if (!keys.has(name)) quota?.missing.add(name);
      for (const name of unmet) if (!keys.has(name)) remember(absent, name, now, ABSENT_NAMES);
      const young = [...sinceLess(keys.keys(), 'gotAt', YOUNG_MS, now)];
      return {
        keys,
        fresh: sinceLess(keys.keys(), 'at', FRESH_MS, now),
        young: new Set(young.filter((name) => !known.get(name)?.isTaken)),
        absent: remove.filter((name) => !keys.has(name)),
        refused: [...unmade].filter((name) => !keys.has(name)),
        quota: full,
      };
    },
    confirm(name, change, now) {
      const one = known.get(name);
      if (one) known.set(name, { ...one, at: now, isTaken: one.isTaken || change === 'add' });
    },
    forget(names) {
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
export function quotaNumbers({ data }: WixFailure): {
  labelsQuota: string;
  labelsCurrentTotal: string;
} {
  const text = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
  return {
    labelsQuota: text(data?.labelsQuota),
    labelsCurrentTotal: text(data?.labelsCurrentTotal),
  };
}
