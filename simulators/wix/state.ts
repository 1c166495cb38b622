import type { Keep } from '../journal.ts';

/** Labels as the index has them, until it catches up (epoch milliseconds). */
interface LateLabels {
  readonly keys: readonly string[];
  readonly until: number;
}

export interface SimulatedBulkJob {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** Those whom the filter met when the job was started. */
  readonly contactIds: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
  applied: boolean;
  failed: number;
}

/** A label as Labels v4 answers it. */
export interface SimulatedLabel {
  namespace: string;
  namespaceDisplayName: string;
  key: string;
  displayName: string;
  labelType: 'SYSTEM' | 'USER_DEFINED';
  /** ISO 8601. */
  createdDate: string;
  updatedDate: string;
}

export interface SimulatedEmail {
  id: string;
  tag: string;
  email: string;
  primary: boolean;
}

export interface SimulatedPhone {
  id: string;
  tag: string;
  phone: string;
  primary: boolean;
}

/** A contact as Contacts v4 answers it: the REST names, of which the SDK makes `_id` and the like. */
export interface SimulatedContact {
  id: string;
  /** Goes up by one with every update. */
  revision: number;
  source: { sourceType: string };
  createdDate: string;
  updatedDate: string;
  primaryInfo: { email?: string; phone?: string };
  info: {
    name?: { first?: string; last?: string };
    emails: { items: SimulatedEmail[] };
    phones: { items: SimulatedPhone[] };
    labelKeys: { items: string[] };
    [field: string]: unknown;
  };
}

/** What one site holds. Sites share nothing. A value that was changed is set again, for the maps may be kept on disk. */
export interface Site {
  readonly id: string;
  readonly labels: Map<string, SimulatedLabel>;
  /** Every key ever given: one that was deleted is not given again, so a stale key stays stale. */
  readonly givenKeys: Map<string, true>;
  readonly contacts: Map<string, SimulatedContact>;
  /** E-mail → ids of all that have it or ever had it, so that a query need not go through everybody. */
  readonly idsByEmail: Map<string, Set<string>>;
  /** Id of a contact that was merged away → id of the one it went into. */
  readonly mergedInto: Map<string, string>;
  /** Member id → contact id. */
  readonly members: Map<string, string>;
  readonly bulkJobs: Map<string, SimulatedBulkJob>;
  /** By contact id. */
  readonly lateLabels: Map<string, LateLabels>;
}

/** The labels that this pipeline never made but finds on a site: their keys are not `custom.…`. */
const SYSTEM_LABELS = [
  ['contacts.customers', 'Customers'],
  ['contacts.contacted-me', 'Contacted Me'],
] as const;

export function createSite(id: string, createdDate: string, keep: Keep): Site {
  const labels = keep<SimulatedLabel>(`${id} labels`);
  const givenKeys = keep<true>(`${id} given keys`);
  for (const [key, displayName] of SYSTEM_LABELS) {
    const namespace = { namespace: 'contacts', namespaceDisplayName: 'Contacts' };
    const dates = { createdDate, updatedDate: createdDate };
    if (givenKeys.has(key)) continue;
    labels.set(key, { ...namespace, key, displayName, labelType: 'SYSTEM', ...dates });
    givenKeys.set(key, true);
  }
  return {
    id,
    labels,
    givenKeys,
    contacts: keep(`${id} contacts`),
    idsByEmail: new Map(),
    mergedInto: keep(`${id} merged`),
    members: keep(`${id} members`),
    bulkJobs: keep(`${id} bulk jobs`),
    lateLabels: new Map(),
  };
}

const MAX_KEY_LENGTH = 80;

/**
 * Wix gives the keys, by a rule it does not publish: `custom.my-label` for "My Label" is seen in its
 * samples, the rest (other scripts, collisions, over 80 characters) is this simulator's own.
 */
function nextKey(site: Site, displayName: string): string {
  const slug = displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? '' : `-${n}`;
    const key = `custom.${slug || 'label'}`.slice(0, MAX_KEY_LENGTH - suffix.length) + suffix;
    if (!site.givenKeys.has(key)) return key;
  }
}

export function addLabel(site: Site, displayName: string, createdDate: string): SimulatedLabel {
  const label: SimulatedLabel = {
    namespace: 'custom',
    namespaceDisplayName: 'Custom',
    key: nextKey(site, displayName),
    displayName,
    labelType: 'USER_DEFINED',
    createdDate,
    updatedDate: createdDate,
  };
  site.labels.set(label.key, label);
  site.givenKeys.set(label.key, true);
  return label;
}

/** Takes the label off every contact, too. False: there was none. */
export function dropLabel(site: Site, key: string): boolean {
  for (const contact of site.contacts.values()) {
    const { labelKeys } = contact.info;
    if (!labelKeys.items.includes(key)) continue;
    labelKeys.items = labelKeys.items.filter((other) => other !== key);
    site.contacts.set(contact.id, contact);
  }
  return site.labels.delete(key);
}

/** The contact an id stands for today, however often it was merged. */
export function survivor(site: Site, contactId: string): SimulatedContact | undefined {
  let id = contactId;
  for (let into = site.mergedInto.get(id); into !== undefined; into = site.mergedInto.get(id)) {
    id = into;
  }
  return site.contacts.get(id);
}
