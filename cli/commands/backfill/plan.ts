import type { MissingPolicy } from '../../../lib/events/event.ts';
import { maskAddresses } from '../../../lib/runtime/mask.ts';
import { type Change, type Customer, wishesOf } from './customers.ts';
import type { FoundContact } from './find-contacts.ts';
import {
  type ContactKeys,
  callsAlone,
  callsFor,
  type Grouping,
  group,
  IDS_PER_TASK,
} from './groups.ts';

/** What one contact is to get and to lose, in label names: what it has, or has not, already is left out. */
export interface ContactWish {
  readonly contactId: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A customer who is no contact of the site. */
export interface Stranger {
  readonly customer: Customer;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Everything that a run is to do. */
export interface Plan {
  readonly wishes: readonly ContactWish[];
  readonly strangers: readonly Stranger[];
  /** Strangers who become contacts. */
  readonly created: readonly Stranger[];
  /** Contacts that have all they have earned. */
  readonly settled: number;
  /** Contacts of which some label is left as an event that came since has settled it. */
  readonly overtaken: number;
  readonly contacts: number;
  /** Names of labels the site has not yet. */
  readonly newLabels: readonly string[];
  /** How many contacts get and lose which label, by name. */
  readonly labels: ReadonlyMap<string, { readonly add: number; readonly remove: number }>;
}

export interface Found {
  readonly contacts: ReadonlyMap<string, FoundContact>;
  /** Keys by label name, of those that exist. */
  readonly keys: ReadonlyMap<string, string>;
  /** Label names by contact id that an event which came since has settled. */
  readonly live: ReadonlyMap<string, ReadonlySet<string>>;
  /** Contacts of whom such an event may have settled any label: they are left alone. */
  readonly unclear?: ReadonlySet<string>;
}

/** What the orders of these customers come to, with what the site has by now. Pure. */
export function planFor(
  customers: readonly Customer[],
  { contacts, keys, live, unclear }: Found,
  missing: MissingPolicy,
): Plan {
  const changesOf = new Map<string, Change[]>();
  const labelKeys = new Map<string, ReadonlySet<string>>();
  const strangers: Stranger[] = [];
  for (const customer of customers) {
    const contact = contacts.get(customer.email);
    if (contact === undefined) {
      strangers.push({ customer, ...split(wishesOf(customer.changes)) });
      continue;
    }
    // One contact may hold the addresses of two customers: their orders have one time line.
    changesOf.set(contact.id, [...(changesOf.get(contact.id) ?? []), ...customer.changes]);
    labelKeys.set(contact.id, new Set(contact.labelKeys));
  }
  const all = [...changesOf].map(([contactId, changes]) => {
    const has = (name: string) => labelKeys.get(contactId)?.has(keys.get(name) ?? '') ?? false;
    // The log has names as it masks them.
    const isOpen = (name: string) =>
      !unclear?.has(contactId) && !live.get(contactId)?.has(maskAddresses(name));
    const earned = split(wishesOf(changes));
    const add = earned.add.filter((name) => !has(name));
    const remove = earned.remove.filter(has);
    const isOvertaken = ![...add, ...remove].every(isOpen);
    return { contactId, add: add.filter(isOpen), remove: remove.filter(isOpen), isOvertaken };
  });
  const wishes = all.filter(({ add, remove }) => add.length + remove.length > 0);
  const created = missing === 'create' ? strangers.filter(({ add }) => add.length > 0) : [];
  const labels = countLabels([...wishes, ...created.map(({ add }) => ({ add, remove: [] }))]);
  return {
    wishes,
    strangers,
    created,
    settled: all.length - wishes.length,
    overtaken: all.filter(({ isOvertaken }) => isOvertaken).length,
    contacts: all.length,
    newLabels: [...labels.keys()].filter((name) => !keys.has(name)).toSorted(),
    labels,
  };
}

/** The wishes as label keys. @param keys those of every name, but for the names a full site has no room for */
export function toKeys(
  wishes: readonly ContactWish[],
  keys: ReadonlyMap<string, string>,
): ContactKeys[] {
  const known = (names: readonly string[]) =>
    [...new Set(names.flatMap((name) => keys.get(name) ?? []))].toSorted();
  return wishes
    .map(({ contactId, add, remove }) => ({ contactId, add: known(add), remove: known(remove) }))
    .filter(({ add, remove }) => add.length + remove.length > 0);
}

/** The calls that a plan takes. */
export interface PlannedCalls {
  readonly newLabels: number;
  readonly newContacts: number;
  /** Bulk jobs, each started and asked for once. */
  readonly jobs: number;
  /** Looks at whether the labels are there. */
  readonly checks: number;
  /** Calls for one contact alone. */
  readonly singles: number;
  readonly total: number;
}

export function plannedCalls(plan: Plan): PlannedCalls {
  // Before its label exists a name stands for its key.
  const names = new Map([...plan.labels.keys()].map((name) => [name, name]));
  const grouping = group(toKeys(plan.wishes, names));
  const newContacts = plan.created.length;
  const alone = plan.created.reduce((sum, { add }) => sum + callsAlone({ add, remove: [] }), 0);
  const jobs = callsFor({ tasks: grouping.tasks, singles: [] });
  const checks = Math.ceil(inTasks(grouping).size / IDS_PER_TASK);
  const singles = callsFor({ tasks: [], singles: grouping.singles }) + alone;
  const newLabels = plan.newLabels.length;
  return {
    newLabels,
    newContacts,
    jobs,
    checks,
    singles,
    total: newLabels + newContacts + jobs + checks + singles,
  };
}

/** Whom the bulk jobs label. */
export const inTasks = ({ tasks }: Grouping): Set<string> =>
  new Set(tasks.flatMap(({ contactIds }) => contactIds));

function split(wishes: ReturnType<typeof wishesOf>) {
  const of = (verb: 'add' | 'remove') =>
    [...wishes].filter(([, one]) => one === verb).map(([name]) => name);
  return { add: of('add'), remove: of('remove') };
}

export function countLabels(wishes: readonly Omit<ContactWish, 'contactId'>[]) {
  const labels = new Map<string, { add: number; remove: number }>();
  for (const wish of wishes) {
    for (const verb of ['add', 'remove'] as const) {
      for (const name of wish[verb]) {
        const count = labels.get(name) ?? { add: 0, remove: 0 };
        count[verb] += 1;
        labels.set(name, count);
      }
    }
  }
  return labels;
}
