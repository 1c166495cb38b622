import { touch } from './contact.ts';
import type { SimulatedContact, Site } from './state.ts';
import type { World } from './world.ts';

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

export const BULK_JOB_DEFAULTS: BulkJobOptions = {
  durationMs: 1000,
  indexLagMs: 0,
  statusPath: 'bulk/jobs',
  counters: 'totals',
  fails: () => false,
};

export interface BulkJob {
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

/** Labels as the index has them, until it catches up (epoch milliseconds). */
export interface LateLabels {
  readonly keys: readonly string[];
  readonly until: number;
}

/** Lets the jobs that are due take effect; called before anybody looks at the site. */
export function settleBulkJobs(world: World, site: Site): void {
  for (const job of site.bulkJobs.values()) {
    if (job.applied || job.endsAt > world.now()) continue;
    job.applied = true;
    for (const id of job.contactIds) {
      const contact = site.contacts.get(id);
      if (!contact || world.bulkJobs.fails(id)) job.failed += 1;
      else label(world, site, contact, job);
    }
  }
}

function label(world: World, site: Site, contact: SimulatedContact, job: BulkJob): void {
  const { labelKeys } = contact.info;
  const before = new Set(labelKeys.items);
  const added = job.add.filter((key) => site.labels.has(key) && !before.has(key));
  const removed = job.remove.filter((key) => before.has(key));
  if (added.length + removed.length === 0) return;
  const until = job.endsAt + world.bulkJobs.indexLagMs;
  if (until > world.now()) site.lateLabels.set(contact.id, { keys: [...before], until });
  labelKeys.items = [...[...before].filter((key) => !removed.includes(key)), ...added];
  touch(contact, new Date(job.endsAt).toISOString());
  world.onContactUpdated({
    siteId: site.id,
    contactId: contact.id,
    addedLabelKeys: added,
    removedLabelKeys: removed,
  });
}

/** The contact as a query shows it: with its labels from before, while the index is behind. */
export function asIndexed(world: World, site: Site, contact: SimulatedContact): SimulatedContact {
  const late = site.lateLabels.get(contact.id);
  if (!late || late.until <= world.now()) return contact;
  return { ...contact, info: { ...contact.info, labelKeys: { items: [...late.keys] } } };
}
