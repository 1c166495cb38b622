import type { MissingPolicy } from '../../../lib/events/event.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { KEYS_PER_CALL } from '../../../lib/wix/labels.ts';
import { bulkGroups, type NamedChange } from '../../kit/bulk-labels.ts';
import type { Rate } from '../../kit/rate.ts';
import { bulkRate, callsInBulk } from './bulk.ts';
import type { Earned } from './customers.ts';
import type { LiveEvents } from './live.ts';
import type { ReadFile } from './read-orders.ts';
import { changesAnything, type SentJobs } from './send.ts';

/** How many customers get and lose a label. */
export interface LabelCount {
  readonly name: string;
  readonly add: number;
  readonly remove: number;
}

/** More reasons than these are in the file of what could not be read. */
const MOST_REASONS = 3;

/** What a run is to do. */
export type BackfillPlan = ReturnType<typeof planBackfill>;
/** What `--json` prints of it. */
export type PlanFigures = BackfillPlan['figures'];

interface PlanOptions {
  /** What the rules say of those who are no contact. */
  readonly missing: MissingPolicy;
  /** The standing labels that the facts of a job bring by themselves. */
  readonly standing: (job: LabelJob) => readonly string[];
  readonly sent: SentJobs;
  readonly live: LiveEvents;
  readonly rate: Rate;
  /** Whether Wix can be asked to label in bulk. */
  readonly isBulk: boolean;
}

/** The jobs that are not sent yet and change anything, and the figures of them. */
export function planBackfill(read: ReadFile, earned: Earned, options: PlanOptions) {
  const { missing, standing, sent, live, rate, isBulk } = options;
  const { mapping, orders, unread, undatedRefunds } = read;
  const { customers, failures, events } = earned;
  const all = customers.flatMap(({ job }) => job ?? []);
  const unsent = all
    .filter(({ id }) => !sent.has(id))
    .toSorted((a, b) => (a.cause.occurredAt < b.cause.occurredAt ? -1 : 1))
    .map((job) => ({ job, left: live.without(job) }));
  const open = unsent.filter(({ left }) => changesAnything(left));
  const left = open.map((one) => one.left);
  const groups = isBulk ? bulkGroups(left) : [];
  const inBulk = new Set(groups.flat());
  const toSend = left.filter((job) => !inBulk.has(job));
  const bulkCalls = callsInBulk(groups, left.length);
  const withStanding = toSend.map((job) => ({ ...job, add: [...job.add, ...standing(job)] }));
  const calls = callsOf(withStanding, countLabels(withStanding).length);
  const figures = {
    source: mapping.source,
    export: mapping.name ?? null,
    columns: Object.fromEntries(mapping.columns),
    rows: read.rows,
    orders: orders.length,
    unread: unread.length,
    // The commonest reasons why, of all rows and orders that could not be read.
    unreadReasons: [...Map.groupBy(unread, ({ reason }) => reason)]
      .map(([reason, { length }]) => ({ reason, count: length }))
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_REASONS),
    undatedRefunds,
    unknownStatuses: [...read.unknownStatuses].map(([status, n]) => ({ status, orders: n })),
    events,
    ruleFailures: [...failures].map(([rule, n]) => ({ rule, events: n })),
    customers: {
      total: customers.length,
      earning: all.filter((job) => namesIn(job) > 0).length,
      // Of whom some label is left alone, because a webhook that came since has settled it.
      overtaken: unsent.filter((one) => namesIn(one.left) < namesIn(one.job)).length,
      missing: missing === 'create' ? missing : 'ignore',
    },
    labels: countLabels(left),
    history: {
      facts: left.reduce((sum, { facts = [] }) => sum + facts.length, 0),
      // By these orders alone.
      standing: countLabels(left.map((job) => ({ add: standing(job), remove: [] }))).map(
        ({ name, add }) => ({ name, customers: add }),
      ),
    },
    bulk: { customers: inBulk.size, calls: bulkCalls },
    jobs: {
      toSend: toSend.length,
      sentBefore: all.length - unsent.length,
      // Of these, who was no contact of the site when the job came.
      metNobody: all.filter((job) => sent.has(job.id) && live.metNobody(job)).length,
    },
    calls: bulkCalls + calls,
    minutes: Math.ceil(
      bulkCalls / bulkRate(rate) + Math.max(toSend.length / rate.perMinute, calls / rate.budget),
    ),
  } as const;
  // The jobs of those in bulk as well, the oldest orders first.
  return { figures, jobs: open.map(({ job }) => job) };
}

const namesIn = ({ add, remove }: LabelJob): number => add.length + remove.length;

/** Each contact is looked up, labelled and unlabelled, and each label found or made once. */
function callsOf(jobs: readonly LabelJob[], labels: number): number {
  const callsFor = (names: readonly string[]): number => Math.ceil(names.length / KEYS_PER_CALL);
  return jobs.reduce((sum, { add, remove }) => sum + 1 + callsFor(add) + callsFor(remove), labels);
}

export function countLabels(changes: readonly NamedChange[]): readonly LabelCount[] {
  const counts = new Map<string, { add: number; remove: number }>();
  for (const change of changes) {
    for (const verb of ['add', 'remove'] as const) {
      for (const name of change[verb]) {
        const count = counts.get(name) ?? { add: 0, remove: 0 };
        count[verb] += 1;
        counts.set(name, count);
      }
    }
  }
  return [...counts]
    .map(([name, count]) => ({ name, ...count }))
    .toSorted((a, b) => b.add + b.remove - a.add - a.remove || (a.name < b.name ? -1 : 1));
}
