import * as z from 'zod/mini';
import type { Call } from './calls/client.ts';
import { WixError } from './calls/failure.ts';

// Bulk jobs of Contacts v4: npm @wix/auto_sdk_crm_contacts 1.0.1375 and
// https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/bulk-job (checked 2026-11-22).
// Not tried on a real site. No part of the label function: only the command line asks for bulk jobs.

const nullish = <T extends z.ZodMiniType>(type: T) => z.optional(z.nullable(type));

export interface BulkLabelling {
  readonly contactIds: readonly string[];
  /** Label keys, KEYS_PER_CALL at the most of each. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

const Started = z.object({ jobId: z.string().check(z.minLength(1)) });

/**
 * Bulk Label And Unlabel Contacts, for the contacts of these ids. Wix goes by its index, which may be behind.
 * @returns the id of the job that was started; the contacts are not labelled yet
 */
export async function startBulkLabelling(
  call: Call,
  { contactIds, add, remove }: BulkLabelling,
): Promise<string> {
  const { jobId } = await call({
    operation: 'bulkLabelAndUnlabelContacts',
    method: 'POST',
    path: '/contacts/v4/bulk/contacts/add-remove-labels',
    body: {
      filter: { id: { $in: contactIds } },
      labelKeysToAdd: add,
      labelKeysToRemove: remove,
    },
    answer: Started,
  });
  return jobId;
}

// The reference names the counter failedTotal, its sample failedCount.
const Count = nullish(z.number());
const Job = z.object({
  job: z.object({
    status: nullish(z.string()),
    finishedDate: nullish(z.string()),
    failedTotal: Count,
    failedCount: Count,
  }),
});

export interface BulkJob {
  readonly ended: boolean;
  /** Contacts that could not be changed, as far as Wix says. */
  readonly failed: number | undefined;
}

/** NEW, LOADING, RUNNING, INDEXING and COMPLETED are documented; FAILED and the like are a precaution. */
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FINISHED', 'FAILED', 'CANCELED']);

/** The reference has the first path, the curl lines of its samples the second. */
const JOB_PATHS = ['/contacts/v4/bulk/jobs/', '/contacts/v4/bulk/contact/jobs/'] as const;

/**
 * Get Bulk Job. A job that has ended says little: only the contacts show whether they have their labels.
 * @returns undefined where Wix knows no such job under either path
 */
export async function getBulkJob(call: Call, jobId: string): Promise<BulkJob | undefined> {
  for (const path of JOB_PATHS) {
    try {
      const { job } = await call({
        operation: 'getBulkJob',
        method: 'GET',
        path: `${path}${encodeURIComponent(jobId)}`,
        answer: Job,
      });
      return {
        ended: ENDED.has(job.status ?? '') || (!job.status && Boolean(job.finishedDate)),
        failed: job.failedTotal ?? job.failedCount ?? undefined,
      };
    } catch (error) {
      if (!(error instanceof WixError) || error.failure.status !== 404) throw error;
    }
  }
  return undefined;
}
