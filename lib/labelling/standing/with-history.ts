import type { ReferenceKind } from '../../events/contact.ts';
import type { StandingLabels } from '../../standing/standing.ts';
import type { HistoryStore } from '../../store/store.ts';
import type { WixSite } from '../../wix/site.ts';

/** What a worker needs to keep histories and standing labels. */
export interface HistoryOptions {
  readonly labels: StandingLabels;
  readonly store: HistoryStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The history of one site's contacts, as one try at jobs of a contact sees it. */
export interface SiteHistory extends HistoryOptions {
  readonly site: string;
  /** By which reference Wix found a contact in this try, by contact id. */
  readonly met: Map<string, ReferenceKind>;
  /** References that the store knows, and under which something still waits. */
  readonly recalled: Set<string>;
  /** A contact that the store knew by the reference, and that Wix does not know any more. */
  gone?: string;
  /** Standing labels that wait for the person to become a contact. */
  awaited: readonly string[];
}

/** A site as a worker opens it: the calls to Wix, and beside them the histories, where there are standing labels. */
export type WorkSite = WixSite & { readonly history?: SiteHistory };

/** Opens sites with their histories. */
export const withHistory =
  <C extends { readonly site: string }>(open: (context: C) => WixSite, options: HistoryOptions) =>
  (context: C): WorkSite => ({
    ...open(context),
    history: { ...options, site: context.site, met: new Map(), recalled: new Set(), awaited: [] },
  });
