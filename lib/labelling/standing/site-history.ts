import { type ReferenceKind, references } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import type { LabelJob } from '../../queue/job.ts';
import { digest } from '../../runtime/digest.ts';
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

/** Jobs about one contact, in the order they came. */
export type ContactJobs = readonly [LabelJob, ...LabelJob[]];

export interface ContactOwner {
  readonly site: string;
  readonly contactId: string;
}
export interface ReferenceOwner {
  readonly site: string;
  readonly reference: string;
}

/** Whose partition a reference is. It holds nothing of the address itself. */
export const referenceOwner = (
  site: string,
  { by, key }: { readonly by: ReferenceKind; readonly key: string },
): ReferenceOwner => ({ site, reference: digest(site, `${by} ${key}`) });

const BY_STRENGTH = ['email', 'memberId', 'phone'] as const;

/**
 * Where the history of somebody waits who is no contact yet: under the e-mail, else the member id, else the phone,
 * which a household may share. Undefined for who is named by a contact id alone.
 */
export function waitingOwner(site: string, contact: ContactReference): ReferenceOwner | undefined {
  const all = [...references(contact)];
  const [first] = BY_STRENGTH.flatMap((kind) => all.find(({ by }) => by === kind) ?? []);
  return first && referenceOwner(site, first);
}
