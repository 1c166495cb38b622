import type { SimulatedContact, Site } from './state.ts';

/** How the bulk jobs of the simulated Wix go. Nobody measured a real one: docs/simulator.md. */
export interface BulkJobOptions {
  /** How long a job runs before any contact has its labels. Default 1000. */
  readonly durationMs: number;
  /** How much longer queries show the labels from before. Default 0. */
  readonly indexLagMs: number;
  /** Which of Wix's two paths answers with a job; the other one is a 404. */
  readonly statusPath: 'bulk/jobs' | 'bulk/contact/jobs';
  /** Which of Wix's two pairs of names the counters have. */
  readonly counters: 'totals' | 'counts';
  /** Contacts that a job fails to change. Default: none. */
  readonly fails: (contactId: string) => boolean;
}

/** What a call of `labelContact` or `unlabelContact` really changed. Both lists may be empty. */
export interface ContactChange {
  readonly siteId: string;
  readonly contactId: string;
  readonly addedLabelKeys: readonly string[];
  readonly removedLabelKeys: readonly string[];
}

/**
 * What Wix does about a label key that does not exist. Its docs say that the call fails, not how;
 * one integrator guards against a 200 without the label.
 */
export type UnknownLabelKey =
  | 'error-400'
  | 'error-404'
  | 'error-409'
  | 'error-422'
  | 'error-428'
  | 'ignored';

/** What the handlers of all routes share. */
export interface Setup {
  readonly now: () => number;
  readonly newId: () => string;
  readonly labelsQuota: number;
  readonly unknownLabelKey: UnknownLabelKey;
  /** Milliseconds before queries and lists show what was created; reads by id show it at once. */
  readonly queryLagMs: number;
  readonly duplicatesByPhone: boolean;
  /** Milliseconds before a label that was made can be put on contacts or taken off them. */
  readonly labelLagMs: number;
  readonly bulkJobs: BulkJobOptions;
  readonly onContactUpdated: (change: ContactChange) => void;
}

/** One request, as the handler of its route sees it. */
export interface RouteCall {
  readonly setup: Setup;
  readonly site: Site;
  /** The `{…}` of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined for an empty body. */
  readonly body: unknown;
}

export const nowIso = (setup: Setup): string => new Date(setup.now()).toISOString();

/** Queries are eventually consistent: they show an item when its lag is over. */
export function isIndexed(setup: Setup, item: Pick<SimulatedContact, 'createdDate'>): boolean {
  return Date.parse(item.createdDate) <= setup.now() - setup.queryLagMs;
}

/** Labels and contacts may be different services: the second learns of a label when its lag is over. */
export function isLabelKnown({ now, labelLagMs }: Setup, site: Site, key: string): boolean {
  const label = site.labels.get(key);
  return label !== undefined && Date.parse(label.createdDate) <= now() - labelLagMs;
}
