import { digest } from '../../../lib/runtime/digest.ts';
import { getBulkJob, startBulkLabelling } from '../../../lib/wix/bulk.ts';
import { classify } from '../../../lib/wix/calls/classify.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { chunks, type Task } from './groups.ts';
import type { AtSite } from './session.ts';

/** A job is given so long before it is first asked for, and then so long between questions. */
const JOB_WAITS_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 60_000, 60_000] as const;
/** A filter of so few ids is not refused for their number. */
const SMALL_TASK = 20;

export interface StartedJobs {
  readonly jobIds: readonly string[];
  /** Contacts that a job which was not to be had would have labelled. */
  readonly missed: ReadonlySet<string>;
}

/**
 * A task that is refused is halved: it may have too many ids. Where Wix offers no bulk jobs, or not to these
 * credentials, or fails them for long, no more are asked for.
 */
export async function startAll(tasks: readonly Task[], site: AtSite): Promise<StartedJobs> {
  const todo = tasks.toReversed();
  const jobIds: string[] = [];
  const missed = new Set<string>();
  // Labels of which even a small task was refused: it is not the number of ids.
  const hopeless = new Set<string>();
  let isOff = false;
  for (let task = todo.pop(); task; task = todo.pop()) {
    const keys = JSON.stringify([task.add, task.remove]);
    const isAsked = !isOff && !hopeless.has(keys);
    const answer: Started = isAsked ? await start(task, site) : NOT_ASKED;
    if ('jobId' in answer) jobIds.push(answer.jobId);
    else if (answer.refused === 400 && task.contactIds.length > SMALL_TASK) {
      todo.push(...halved(task));
    } else {
      for (const id of task.contactIds) missed.add(id);
      hopeless.add(keys);
    }
    if ('refused' in answer && answer !== NOT_ASKED && answer.refused !== 400) {
      isOff = true;
      site.note(`Wix answers bulk jobs with ${answer.refused}: labelling one contact at a time.`);
    }
  }
  return { jobIds, missed };
}

/** By status or, of an answer that cannot be read, by what it is. */
type Started = { readonly jobId: string } | { readonly refused: number | string };
const NOT_ASKED: Started = { refused: 0 };

async function start(task: Task, { call, journal }: AtSite): Promise<Started> {
  const { contactIds, add, remove } = task;
  const step = `bulk ${digest(JSON.stringify([contactIds, add, remove]))}`;
  try {
    return await journal.once<Started>(step, async () => {
      try {
        return { jobId: await startBulkLabelling(call, task) };
      } catch (error) {
        const { status = 0 } = error instanceof WixError ? error.failure : {};
        if ([400, 403, 404, 428, 501].includes(status)) return { refused: status };
        throw error;
      }
    });
  } catch (error) {
    // Not noted: the next run asks for bulk jobs again.
    if (!(error instanceof WixError) || classify(error.failure) !== 'transient') throw error;
    const { kind, status = kind } = error.failure;
    if (kind === 'answer' || kind === 'unexpected-response') return { refused: status };
    throw error;
  }
}

function halved(task: Task): Task[] {
  const size = Math.ceil(task.contactIds.length / 2);
  return chunks(task.contactIds, size).map((contactIds) => ({ ...task, contactIds }));
}

/** Until each has ended, or nothing more is to be learnt of it: the contacts tell the rest. */
export async function waitForJobs(ids: readonly string[], { call, journal, sleep, note }: AtSite) {
  const isKnown = (id: string) => journal.has(`job ${id}`);
  let waiting = ids.filter((id) => !isKnown(id));
  for (const wait of JOB_WAITS_MS) {
    if (waiting.length === 0) return;
    await sleep(wait);
    for (const id of waiting) {
      const job = await getBulkJob(call, id).catch((error: unknown) => {
        const kind = error instanceof WixError ? error.failure.kind : undefined;
        // What refuses to tell of a job says nothing about the job.
        if (kind === 'answer') return undefined;
        if (kind === 'unexpected-response') return 'unexpected-response';
        throw error;
      });
      // It would not be understood of the others either.
      if (job === 'unexpected-response') return;
      if (job?.failed) {
        note(`Wix could not change ${job.failed} contacts in a job: they get a call each.`);
      }
      if (job === undefined || job.ended) {
        await journal.once(`job ${id}`, async () => job ?? 'unknown');
      }
    }
    waiting = waiting.filter((id) => !isKnown(id));
  }
}
