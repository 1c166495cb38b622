import { emailKey } from '../../../lib/events/contact.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import type { Fact } from '../../../lib/history/fact.ts';
import { factsOf } from '../../../lib/history/facts-of.ts';
import { groupOf } from '../../../lib/queue/identity.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { makeJob } from '../../../lib/receiving/to-job.ts';
import { foldChanges, toLists } from '../../../lib/rules/changes.ts';
import { type CompiledRules, matchRules } from '../../../lib/rules/match.ts';
import { digest } from '../../../lib/runtime/digest.ts';

/** All orders under one e-mail address, whatever its case. */
export interface Customer {
  /** As their first order in the file writes it. */
  readonly email: string;
  readonly orders: number;
  /** What the orders come to; undefined where they neither earn nor lose a label, and leave no history. */
  readonly job: LabelJob | undefined;
}

/** The job of one event. `tie` orders events of one moment, the same for any order of the rows. */
interface DatedJob {
  readonly job: LabelJob;
  readonly at: number;
  readonly tie: string;
}

export type Earned = ReturnType<typeof earn>;

/**
 * Runs each event of each order through the rules, and makes one job for each customer.
 * @param site the Wix site that the jobs are for
 * @param now epoch milliseconds
 */
export function earn(
  orders: Iterable<readonly CustomerEvent[]>,
  site: string,
  rules: CompiledRules,
  now: number,
) {
  const customers = new Map<string, { email: string; orders: number; jobs: DatedJob[] }>();
  const failures = new Map<string, number>();
  let count = 0;
  let newest = 0;
  for (const events of orders) {
    const email = events[0]?.contact.email;
    if (!email) continue;
    const customer = customers.get(emailKey(email)) ?? { email, orders: 0, jobs: [] };
    customers.set(emailKey(email), customer);
    customer.orders += 1;
    for (const [step, event] of events.entries()) {
      count += 1;
      const match = matchRules(rules, [event]);
      for (const { rule, reason } of match.failures) {
        const what = `"${rule}": ${reason}`;
        failures.set(what, (failures.get(what) ?? 0) + 1);
      }
      const at = Date.parse(event.occurredAt);
      newest = Math.max(newest, at);
      const facts = rules.keepsHistory ? oldFacts(event, now) : [];
      if (match.add.length + match.remove.length + facts.length === 0) continue;
      const job = makeJob({ events: [event], match, site, origin: { receivedAt: now } });
      const whole: LabelJob = rules.keepsHistory ? { ...job, v: 2, facts } : job;
      customer.jobs.push({ job: whole, at, tie: `${event.order?.id}\n${step}` });
    }
  }
  const all = [...customers.values()].map(({ email, orders, jobs }): Customer => {
    const inTime = jobs.toSorted((a, b) => a.at - b.at || (a.tie < b.tie ? -1 : 1));
    return { email, orders, job: fold(inTime.map(({ job }) => job)) };
  });
  // `failures`: events that a rule failed on, by rule and reason. `newest`: when the newest of all happened.
  return { customers: all, failures, events: count, newest };
}

/** What an old order says. A row is no webhook's body: that an order is not canceled is not to be read from it. */
const oldFacts = (event: CustomerEvent, now: number): Fact[] =>
  factsOf([event], now).map((fact) =>
    fact.kind === 'order' ? { ...fact, state: { ...fact.state, canceled: undefined } } : fact,
  );

/** Event ids of a backfill begin so: its lines in the worker's log are no webhook's. */
export const BACKFILL_ID = 'backfill ';

/**
 * The one job that jobs of one customer come to: of each label the last has its say. A customer who is no
 * contact by now is not waited for.
 * @param jobs in the order of their time
 */
export function fold(jobs: readonly LabelJob[]): LabelJob | undefined {
  const last = jobs.at(-1);
  if (last === undefined) return undefined;
  const { add, remove } = toLists(foldChanges(jobs));
  const { missing, cause } = last;
  const facts = jobs.flatMap((job) => job.facts ?? []);
  const keepsHistory = last.facts !== undefined;
  const lists = JSON.stringify([
    add.toSorted(),
    remove.toSorted(),
    ...(keepsHistory ? [facts] : []),
  ]);
  return {
    ...last,
    ...(keepsHistory && { facts }),
    id: digest('backfill', groupOf(last), cause.occurredAt, lists),
    missing: missing === 'wait' ? 'ignore' : missing,
    add,
    remove,
    // Without the list each of the names counts as one that another rule may undo.
    reversible: undefined,
    cause: {
      ...cause,
      eventId: `${BACKFILL_ID}${cause.eventId}`,
      types: [...new Set(jobs.flatMap((job) => job.cause.types))],
      rules: [...new Set(jobs.flatMap((job) => job.cause.rules))],
    },
  };
}
