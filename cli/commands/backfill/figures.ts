import type { Applied } from './apply.ts';
import type { Customer, Customers } from './customers.ts';
import { type ContactWish, countLabels, type Plan, plannedCalls } from './plan.ts';
import type { ReadFile } from './read-orders.ts';

/** How many contacts get and lose a label. */
export interface LabelCount {
  readonly name: string;
  readonly add: number;
  readonly remove: number;
}

/** What `--json` prints of a plan. */
export interface Figures {
  readonly source: string;
  /** The export that the file was taken for; null where `--map` says it. */
  readonly export: string | null;
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly orders: number;
  readonly unread: number;
  readonly undatedRefunds: number;
  /** Orders whose status says nothing here: read as not paid. */
  readonly unknownStatuses: readonly { readonly status: string; readonly orders: number }[];
  readonly events: number;
  /** Events that a rule failed on. */
  readonly ruleFailures: readonly { readonly rule: string; readonly events: number }[];
  readonly customers: {
    readonly total: number;
    /** Whose orders earn or lose some label: only they are looked up. */
    readonly earning: number;
    readonly found: number;
    readonly missing: number;
    /** What rules.yml says of those who are no contact. */
    readonly policy: 'wait' | 'create' | 'ignore';
  };
  readonly contacts: {
    readonly total: number;
    readonly toChange: number;
    /** Who have all that they earned, but for what a webhook settled since. */
    readonly settled: number;
    /** Of which some label is left as a webhook that came since has settled it. */
    readonly overtaken: number;
    readonly toCreate: number;
  };
  readonly labels: readonly LabelCount[];
  readonly newLabels: readonly string[];
  readonly calls: {
    /** To find contacts and labels. */
    readonly lookUps: number;
    /** Requests that this run has sent for that: none for what an earlier one has noted. */
    readonly sent: number;
    readonly planned: ReturnType<typeof plannedCalls>;
  };
  /** For the planned calls, at this rate. */
  readonly minutes: number;
}

export function figuresOf(
  { mapping, rows, orders, unread, undatedRefunds, unknownStatuses }: ReadFile,
  { customers, failures, events }: Customers,
  plan: Plan,
  perMinute: number,
  policy: Figures['customers']['policy'],
  calls: Pick<Figures['calls'], 'lookUps' | 'sent'>,
): Figures {
  const earning = [...customers.values()].filter(({ changes }) => changes.length > 0).length;
  const planned = plannedCalls(plan);
  return {
    source: mapping.source,
    export: mapping.name ?? null,
    columns: Object.fromEntries(mapping.columns),
    rows,
    orders: orders.length,
    unread: unread.length,
    undatedRefunds,
    unknownStatuses: [...unknownStatuses].map(([status, count]) => ({ status, orders: count })),
    events,
    ruleFailures: [...failures].map(([rule, count]) => ({ rule, events: count })),
    customers: {
      total: customers.size,
      earning,
      found: earning - plan.strangers.length,
      missing: plan.strangers.length,
      policy,
    },
    contacts: {
      total: plan.contacts,
      toChange: plan.wishes.length,
      settled: plan.settled,
      overtaken: plan.overtaken,
      toCreate: plan.created.length,
    },
    labels: labelCounts(plan.labels),
    newLabels: plan.newLabels,
    calls: { ...calls, planned },
    minutes: Math.ceil(planned.total / perMinute),
  };
}

/** Every label name that some order earned or lost. */
export function namesIn(customers: Iterable<Customer>): string[] {
  const names = new Set<string>();
  for (const { changes } of customers) {
    for (const { add, remove } of changes) for (const name of [...add, ...remove]) names.add(name);
  }
  return [...names].toSorted();
}

function labelCounts(labels: Plan['labels']): LabelCount[] {
  return [...labels]
    .map(([name, counts]) => ({ name, ...counts }))
    .toSorted((a, b) => b.add + b.remove - a.add - a.remove || (a.name < b.name ? -1 : 1));
}

/** What was done, as `--json` prints it. */
export interface Done {
  readonly labels: readonly LabelCount[];
  readonly contacts: number;
  readonly created: number;
  /** Contacts that were labelled by calls of their own. */
  readonly alone: number;
  readonly failed: number;
  /** Labels that a full site had no room for. */
  readonly refusedLabels: readonly string[];
  /** Requests of this run, look-ups and tries again included. */
  readonly calls: number;
}

export function doneOf(
  wishes: readonly ContactWish[],
  { done, failed, alone }: Applied,
  refused: readonly string[],
  created: number,
  calls: number,
): Done {
  const isRefused = new Set(refused);
  const kept = (names: readonly string[]) => names.filter((name) => !isRefused.has(name));
  const labelled = wishes
    .filter(({ contactId }) => done.has(contactId))
    .map(({ add, remove }) => ({ add: kept(add), remove }));
  return {
    labels: labelCounts(countLabels(labelled)),
    contacts: done.size,
    created,
    alone,
    failed: failed.size,
    refusedLabels: refused,
    calls,
  };
}
