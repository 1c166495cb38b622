import { log } from '../runtime/log.ts';
import { WixError, type WixFailure } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';
import { meaningOf } from './policy.ts';

/** A full site is not asked for new labels for this long; then one name asks for all. */
const QUOTA_PAUSE_MS = 10 * 60_000;

/** A key that Wix took so recently is not of a label that was deleted, and made again under another. */
const FRESH_MS = 60_000;

/** What is known of names: their keys, and which ones a full site has no room for. */
export interface ResolvedKeys {
  readonly keys: ReadonlyMap<string, string>;
  /** Names whose key Wix gave or took within the last minute. */
  readonly fresh: ReadonlySet<string>;
  /** Names whose key was remembered, so that it may be of a label deleted since. */
  readonly remembered: ReadonlySet<string>;
  /** Names without a key because the site has reached its label quota. */
  readonly refused: readonly string[];
  /** The answer that told of the quota, when names were refused. */
  readonly quota: WixFailure | undefined;
}

/** The label keys of one site, for the life of the process. A key never changes; a label may be deleted. */
export interface LabelKeys {
  /** Finds or creates the labels of these names. @throws WixError for all but a full site */
  resolve(wix: WixSite, names: readonly string[], now: number): Promise<ResolvedKeys>;
  /** Wix took the keys of these names. */
  confirm(names: readonly string[], now: number): void;
  /** Drops names whose keys turned out to be of no label. */
  forget(names: readonly string[]): void;
}

interface Quota {
  probeAt: number;
  readonly failure: WixFailure;
  /** Names known not to exist. */
  readonly missing: Set<string>;
}

export function createLabelKeys(site: string): LabelKeys {
  const known = new Map<string, { readonly key: string; readonly at: number }>();
  const asking = new Map<string, Promise<string>>();
  let quota: Quota | undefined;

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
      known.set(name, { key, at: now });
      if (full && quota === full) {
        quota = undefined;
        log.info('labels-quota-lifted', { site });
      }
      return key;
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      if (meaningOf(error.failure) !== 'labels-quota-reached') {
        // It told nothing of the quota, so the next one asks.
        if (full) full.probeAt = now;
        throw error;
      }
      if (!quota) log.error('labels-quota-reached', { site, ...quotaNumbers(error.failure) });
      quota = { probeAt: now + QUOTA_PAUSE_MS, failure: error.failure, missing: new Set() };
      return error.failure;
    }
  }

  /**
   * A full site may still have labels this process has not met. Whether Find Or Create finds them
   * then is not documented, so they are looked up without creating anything.
   */
  async function lookUp(
    wix: WixSite,
    names: readonly string[],
    now: number,
  ): Promise<ReadonlyMap<string, string>> {
    const unsure = names.filter((name) => !quota?.missing.has(name));
    if (unsure.length === 0) return new Map();
    const found = await wix.queryLabels(unsure);
    for (const name of unsure) {
      const key = found.get(name);
      if (key === undefined) quota?.missing.add(name);
      else known.set(name, { key, at: now });
    }
    return found;
  }

  return {
    async resolve(wix, names, now) {
      const remembered = new Set(names.filter((name) => known.has(name)));
      const keys = new Map<string, string>();
      const unasked: string[] = [];
      let full: WixFailure | undefined;
      // Each key is taken when it is seen: while others are asked for, another job may forget it.
      for (const name of new Set(names)) {
        const found = known.get(name)?.key ?? (await findOrCreate(wix, name, now));
        if (typeof found === 'string') {
          keys.set(name, found);
        } else {
          full = found;
          unasked.push(name);
        }
      }
      const others = await lookUp(wix, unasked, now);
      for (const name of unasked) {
        const key = others.get(name);
        if (key !== undefined) keys.set(name, key);
      }
      const refused = unasked.filter((name) => !keys.has(name));
      const fresh = new Set(
        names.filter((name) => now - (known.get(name)?.at ?? Number.NEGATIVE_INFINITY) < FRESH_MS),
      );
      return { keys, fresh, remembered, refused, quota: full };
    },
    confirm(names, now) {
      for (const name of names) {
        const one = known.get(name);
        if (one) known.set(name, { ...one, at: now });
      }
    },
    forget(names) {
      for (const name of names) known.delete(name);
    },
  };
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
