import * as z from 'zod/mini';
import {
  applicationError,
  emptyError,
  ok,
  type SimulatedAnswer,
  validationError,
} from '../answers.ts';
import { compileFilter } from '../filter.ts';
import { read } from '../reading.ts';
import { isIndexed, type RouteCall } from '../setup.ts';
import type { SimulatedBulkJob } from '../state.ts';
import { CONTACT_FILTERS, LabelKey, refuseUnknownKeys } from './contacts.ts';

// Bulk jobs of Contacts v4: npm @wix/auto_sdk_crm_contacts 1.0.1375 and
// https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/bulk-job (checked 2026-11-22)

const keys = z.nullish(z.array(LabelKey).check(z.maxLength(100)));
const Labelling = z.object({
  filter: z.optional(z.unknown()),
  search: z.nullish(z.string().check(z.maxLength(100))),
  labelKeysToAdd: keys,
  labelKeysToRemove: keys,
});

/** Starts a job. Whom it is about is decided now, by the index; the labels come when it ends. */
export function bulkLabelAndUnlabelContacts(call: RouteCall): SimulatedAnswer {
  const { setup, site, body } = call;
  const { value, refusal } = read(Labelling, body);
  if (refusal) return refusal;
  const { filter, search, labelKeysToAdd, labelKeysToRemove } = value;
  if (search) {
    return validationError([
      { field: 'search', description: 'is not imitated here', violatedRule: 'OTHER' },
    ]);
  }
  if (filter === undefined || filter === null) {
    const description = 'A bulk job needs a filter or a search';
    return applicationError(400, 'NEITHER_FILTER_NOR_SEARCH', description);
  }
  const matches = compileFilter(filter, CONTACT_FILTERS, 'UNSUPPORTED_FILTER_FIELD_UNKNOWN');
  if (typeof matches !== 'function') return matches;
  const add = [...new Set(labelKeysToAdd)];
  const remove = [...new Set(labelKeysToRemove)];
  const refused = refuseUnknownKeys(call, [...add, ...remove]);
  if (refused) return refused;
  const startedAt = setup.now();
  const job: SimulatedBulkJob = {
    id: setup.newId(),
    startedAt,
    endsAt: startedAt + setup.bulkJobs.durationMs,
    contactIds: [...site.contacts.values()]
      .filter((one) => isIndexed(setup, one) && matches(one))
      .map(({ id }) => id),
    add,
    remove,
    applied: false,
    failed: 0,
  };
  site.bulkJobs.set(job.id, job);
  return ok({ jobId: job.id });
}

export const getBulkJob = jobAt('bulk/jobs');
export const getBulkContactJob = jobAt('bulk/contact/jobs');

/** Wix's reference and its samples disagree on the path: one of the two answers. */
function jobAt(path: string): (call: RouteCall) => SimulatedAnswer {
  return ({ setup, site, params: { jobId = '' } }) => {
    const { statusPath, counters } = setup.bulkJobs;
    const job = site.bulkJobs.get(jobId);
    if (path !== statusPath) return emptyError(404);
    if (!job) return applicationError(404, 'NOT_FOUND', `Bulk job ${jobId} not found`);
    const done = job.applied ? job.contactIds.length - job.failed : 0;
    return ok({
      job: {
        id: job.id,
        type: 'ADD_REMOVE_LABELS',
        status: job.applied ? 'COMPLETED' : 'RUNNING',
        startedDate: new Date(job.startedAt).toISOString(),
        ...(job.applied && { finishedDate: new Date(job.endsAt).toISOString() }),
        totalItems: job.contactIds.length,
        ...(counters === 'totals'
          ? { successTotal: done, failedTotal: job.failed }
          : { processedCount: done, failedCount: job.failed }),
        errors: [],
      },
    });
  };
}
