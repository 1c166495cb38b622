import { emailKey } from '../../../lib/events/contact.ts';
import type { ContactReference, CustomerEvent } from '../../../lib/events/event.ts';
import { type CompiledRules, matchRules } from '../../../lib/rules/match.ts';

/** What one event earned and lost, in label names. */
export interface Change {
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  /** Tells events of one moment apart, the same for any order of the rows. */
  readonly tie: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** All orders under one e-mail address, whatever its case. */
export interface Customer {
  /** In lower case. */
  readonly email: string;
  /** As the orders write it. */
  readonly spellings: Set<string>;
  orders: number;
  /** Those of the latest event: what a contact is created with. */
  latest: { at: number; contact: ContactReference };
  readonly changes: Change[];
}

export interface Customers {
  readonly customers: ReadonlyMap<string, Customer>;
  /** Events that a rule failed on, by rule and reason. */
  readonly failures: ReadonlyMap<string, number>;
  readonly events: number;
  /** When the newest of them happened, epoch milliseconds. */
  readonly newest: number;
}

/** Runs each event of each order through the rules, and gathers by customer what comes of it. */
export function earn(rules: CompiledRules, orders: Iterable<readonly CustomerEvent[]>): Customers {
  const customers = new Map<string, Customer>();
  const failures = new Map<string, number>();
  let count = 0;
  let newest = 0;
  for (const events of orders) {
    const [first] = events;
    if (!first?.contact.email) continue;
    const customer = customerOf(customers, first.contact.email);
    customer.orders += 1;
    for (const [step, event] of events.entries()) {
      count += 1;
      const { add, remove, failures: failed } = matchRules(rules, [event]);
      for (const { rule, reason } of failed) {
        const what = `"${rule}": ${reason}`;
        failures.set(what, (failures.get(what) ?? 0) + 1);
      }
      const at = Date.parse(event.occurredAt);
      newest = Math.max(newest, at);
      if (at >= customer.latest.at) customer.latest = { at, contact: event.contact };
      if (add.length + remove.length === 0) continue;
      customer.changes.push({ at, tie: `${event.order?.id}\n${step}`, add, remove });
    }
  }
  return { customers, failures, events: count, newest };
}

function customerOf(customers: Map<string, Customer>, written: string): Customer {
  const email = emailKey(written);
  const known = customers.get(email) ?? {
    email,
    spellings: new Set<string>(),
    orders: 0,
    latest: { at: Number.NEGATIVE_INFINITY, contact: { email: written } },
    changes: [],
  };
  known.spellings.add(written);
  customers.set(email, known);
  return known;
}

export type Verb = 'add' | 'remove';

/** What changes come to when they happen one after the other: for each label the last has its say. */
export function wishesOf(changes: readonly Change[]): ReadonlyMap<string, Verb> {
  const wishes = new Map<string, Verb>();
  const inTime = changes.toSorted((a, b) => a.at - b.at || (a.tie < b.tie ? -1 : 1));
  for (const { add, remove } of inTime) {
    for (const name of remove) wishes.set(name, 'remove');
    for (const name of add) wishes.set(name, 'add');
  }
  return wishes;
}
