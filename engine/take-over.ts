import { type ProjectRules, rulesHash } from '../lib/rules/authoring/decisive.ts';
import { definitionsHash } from '../lib/standing/definitions-hash.ts';
import { changesBetween, type RulesChange } from './rules-changes.ts';
import type { LocalSettings } from './settings.ts';

/** Rules that run. */
export interface RunningRules {
  readonly rules: ProjectRules;
  readonly hash: string;
  /** ISO 8601, by the clock of this machine. */
  readonly since: string;
}

export const running = (rules: ProjectRules, now: number): RunningRules => ({
  rules,
  hash: rulesHash(rules),
  since: new Date(now).toISOString(),
});

/** What is another after rules were saved: a source that is new has a secret, too. */
export interface InForce {
  settings: LocalSettings;
  rules: RunningRules;
  /** Why what was saved last does not run, in words. */
  refusal?: string | undefined;
}

/** What became of saved rules; undefined where they say what runs already. */
export type TakeOver =
  | {
      readonly kind: 'taken';
      readonly changes: readonly RulesChange[];
      /** The standing labels are others: all contacts are to be looked at. */
      readonly isReviewed: boolean;
    }
  /** They could not be taken, and the former ones run. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** After refused ones: they say again what runs. */
  | { readonly kind: 'mended' }
  | undefined;

export interface TakeOverOptions {
  /** Reads the files anew. @throws with all that is wrong with them */
  readonly read: () => ProjectRules;
  /** Has other rules run. @returns false where it left that, for the files were saved again meanwhile */
  readonly put: (next: RunningRules) => Promise<boolean>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Takes saved rules over, one save after the other. @param first the rules that run */
export function createTakeOver(
  { read, put, now }: TakeOverOptions,
  first: RunningRules,
): () => Promise<TakeOver> {
  let current = first;
  let isRefused = false;
  return async () => {
    try {
      const next = running(read(), now());
      const wasRefused = isRefused;
      isRefused = false;
      if (next.hash === current.hash) return wasRefused ? { kind: 'mended' } : undefined;
      if (!(await put(next))) return undefined;
      const changes = changesBetween(current.rules, next.rules);
      const labels = next.rules.config.labels ?? [];
      const former = current.rules.config.labels ?? [];
      const isReviewed = labels.length > 0 && definitionsHash(labels) !== definitionsHash(former);
      current = next;
      return { kind: 'taken', changes, isReviewed };
    } catch (error) {
      isRefused = true;
      return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
    }
  };
}
