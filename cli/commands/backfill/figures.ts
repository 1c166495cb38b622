import type { MissingPolicy } from '../../../lib/events/event.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { KEYS_PER_CALL } from '../../../lib/wix/labels.ts';
import type { Rate } from '../../kit/rate.ts';
import { bulkGroups, bulkRate, callsInBulk } from './bulk.ts';
import type { Earned } from './customers.ts';
import type { LiveEvents } from './live.ts';
import type { ReadFile } from './read-orders.ts';
import { changesAnything } from './send.ts';
import type { SentJobs } from './sent.ts';

/** How many customers get and lose a label. */
export interface LabelCount {
  readonly name: string;
  readonly add: number;
  readonly remove: number;
}

/** What `--json` prints of a plan. */
export type Figures = ReturnType<typeof figuresOf>;

/** What a run is to do. */
export interface Plan {
  readonly figures: Figures;
  /** Those that are labelled in bulk as well. */
  readonly jobs: readonly LabelJob[];
}

interface PlanOptions {
  /** What the rules say of those who are no contact. */
  readonly missing: MissingPolicy;
  readonly sent: SentJobs;
  readonly live: LiveEvents;
  readonly rate: Rate;
  /** Whether Wix can be asked to label in bulk. */
  readonly isBulk: boolean;
}

/** The jobs that are not sent yet and change anything, those of the oldest orders first. */
export function planOf(read: ReadFile, earned: Earned, options: PlanOptions): Plan {
  const unsent = earned.customers.flatMap(({ job }) =>
    job && !options.sent.has(job.id) ? job : [],
  );
  const open = unsent.map((job) => ({ job, left: options.live.without(job) }));
  const toSend = open
    .filter(({ left }) => changesAnything(left))
    .toSorted((a, b) => (a.job.cause.occurredAt < b.job.cause.occurredAt ? -1 : 1));
  const overtaken = open.filter(({ job, left }) => namesIn(left) < namesIn(job)).length;
  const left = toSend.map((one) => one.left);
  return {
    jobs: toSend.map(({ job }) => job),
    figures: figuresOf(read, earned, options, { left, unsent: unsent.length, overtaken }),
  };
}

interface Open {
  /** The jobs to send, without what webhooks have settled. */
  readonly left: readonly LabelJob[];
  readonly unsent: number;
  /** Customers of whom some label is left alone, for a webhook that came since has settled it. */
  readonly overtaken: number;
}

function figuresOf(
  { mapping, rows, orders, unread, undatedRefunds, unknownStatuses }: ReadFile,
  { customers, failures, events }: Earned,
  { missing, rate, isBulk }: PlanOptions,
  { left, unsent, overtaken }: Open,
) {
  const earning = customers.filter(({ job }) => job !== undefined).length;
  const labels = countLabels(left);
  const groups = isBulk ? bulkGroups(left) : [];
  const inBulk = new Set(groups.flat());
  const toSend = left.filter((job) => !inBulk.has(job));
  const bulkCalls = callsInBulk(groups, left.length);
  const calls = callsOf(toSend, countLabels(toSend).length);
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
      total: customers.length,
      earning,
      overtaken,
      missing: missing === 'create' ? missing : 'ignore',
    },
    labels,
    bulk: { customers: inBulk.size, calls: bulkCalls },
    jobs: { toSend: toSend.length, sentBefore: earning - unsent },
    calls: bulkCalls + calls,
    minutes: Math.ceil(
      bulkCalls / bulkRate(rate) + Math.max(toSend.length / rate.perMinute, calls / rate.budget),
    ),
  } as const;
}

const namesIn = ({ add, remove }: LabelJob): number => add.length + remove.length;

/** Each contact is looked up, labelled and unlabelled, and each label found or made once. */
function callsOf(jobs: readonly LabelJob[], labels: number): number {
  const callsFor = (names: readonly string[]): number => Math.ceil(names.length / KEYS_PER_CALL);
  return jobs.reduce((sum, { add, remove }) => sum + 1 + callsFor(add) + callsFor(remove), labels);
}

export function countLabels(jobs: readonly LabelJob[]): readonly LabelCount[] {
  const counts = new Map<string, { add: number; remove: number }>();
  for (const job of jobs) {
    for (const verb of ['add', 'remove'] as const) {
      for (const name of job[verb]) {
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
