import { touch } from './contact.ts';
import type { BulkJobOptions, Setup } from './setup.ts';
import type { SimulatedBulkJob, SimulatedContact, Site } from './state.ts';

export const BULK_JOB_DEFAULTS: BulkJobOptions = {
  durationMs: 1000,
  indexLagMs: 0,
  statusPath: 'bulk/jobs',
  counters: 'totals',
  fails: () => false,
};

/** Lets the jobs that are due take effect; called before anybody looks at the site. */
export function settleBulkJobs(setup: Setup, site: Site): void {
  for (const job of site.bulkJobs.values()) {
    if (job.applied || job.endsAt > setup.now()) continue;
    job.applied = true;
    for (const id of job.contactIds) {
      const contact = site.contacts.get(id);
      if (!contact || setup.bulkJobs.fails(id)) job.failed += 1;
      else label(setup, site, contact, job);
    }
    site.bulkJobs.set(job.id, job);
  }
}

function label(setup: Setup, site: Site, contact: SimulatedContact, job: SimulatedBulkJob): void {
  const { labelKeys } = contact.info;
  const before = new Set(labelKeys.items);
  const added = job.add.filter((key) => site.labels.has(key) && !before.has(key));
  const removed = job.remove.filter((key) => before.has(key));
  if (added.length + removed.length === 0) return;
  const until = job.endsAt + setup.bulkJobs.indexLagMs;
  if (until > setup.now()) site.lateLabels.set(contact.id, { keys: [...before], until });
  labelKeys.items = [...[...before].filter((key) => !removed.includes(key)), ...added];
  touch(site, contact, new Date(job.endsAt).toISOString());
  setup.onContactUpdated({
    siteId: site.id,
    contactId: contact.id,
    addedLabelKeys: added,
    removedLabelKeys: removed,
  });
}

/** The contact as a query shows it: with its labels from before, while the index is behind. */
export function asIndexed(setup: Setup, site: Site, contact: SimulatedContact): SimulatedContact {
  const late = site.lateLabels.get(contact.id);
  if (!late || late.until <= setup.now()) return contact;
  return { ...contact, info: { ...contact.info, labelKeys: { items: [...late.keys] } } };
}
