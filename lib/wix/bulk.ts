import * as z from 'zod/mini';
import type { Call } from './calls/client.ts';
import { WixError } from './calls/failure.ts';

// Bulk jobs of Contacts v4: npm @wix/auto_sdk_crm_contacts 1.0.1375 and
// https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/bulk-job (checked 2026-11-22).
// Not tried on a real site. No part of the label function: only the command line asks for bulk jobs.

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

const Text = z.optional(z.nullable(z.string()));
const Job = z.object({ job: z.object({ status: Text, finishedDate: Text }) });

/** NEW, LOADING, RUNNING, INDEXING and COMPLETED are documented; FAILED and the like are a precaution. */
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FINISHED', 'FAILED', 'CANCELED']);

/** The reference has the first path, the curl lines of its samples the second. */
const JOB_PATHS = ['/contacts/v4/bulk/jobs/', '/contacts/v4/bulk/contact/jobs/'] as const;

/**
 * Get Bulk Job. A job that has ended says little: only the contacts show whether they have their labels.
 * @returns whether it has ended; undefined where Wix knows no such job under either path
 */
export async function hasBulkJobEnded(call: Call, jobId: string): Promise<boolean | undefined> {
  for (const path of JOB_PATHS) {
    try {
      const { job } = await call({
        operation: 'getBulkJob',
        method: 'GET',
        path: `${path}${encodeURIComponent(jobId)}`,
        answer: Job,
      });
      return ENDED.has(job.status ?? '') || (!job.status && Boolean(job.finishedDate));
    } catch (error) {
      if (!(error instanceof WixError) || error.failure.status !== 404) throw error;
    }
  }
  return undefined;
}
