import type { LabelJob } from '../../../lib/queue/job.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import { drain } from './drain.ts';
import { createLease, type Lease } from './lease.ts';
import type { Letter } from './letter.ts';
import type { LetterQueue } from './letter-queue.ts';
import type { Plan } from './replay-plan.ts';

/** A wait is done in steps, so that the letters are held on to meanwhile. */
const STEP_MS = 1_000;

export interface ThrottleOptions {
  readonly queue: LetterQueue;
  /** Sends a job, which `plan` made small enough, under this deduplication id. @throws what the AWS client throws */
  readonly send: (job: LabelJob, deduplication: string) => Promise<unknown>;
  readonly filter: (letter: Letter) => boolean;
  readonly plan: (letter: Letter) => Promise<Plan>;
  readonly perMinute: number;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Waits, or ends early when the signal aborts. */
  readonly wait: (ms: number) => Promise<void>;
  readonly onReceived?: (received: number, of: number) => void;
  /** Hears how many were sent so far, and how many there are to send as far as is known. */
  readonly onSent?: (sent: number, of: number) => void;
}

/** What a replay came to. */
export interface Replayed {
  readonly sent: readonly Letter[];
  /** Letters that fitted and stay, each with why. */
  readonly stayed: readonly { readonly letter: Letter; readonly why: string }[];
  /** Letters that were to be sent and were not: the run was stopped, or lost its lease of them. */
  readonly remaining: number;
  readonly hidden: number;
  readonly heldByOthers: number;
}

/**
 * The deduplication id of a replayed letter: the letter's own, so that SQS takes it within five minutes of
 * the job's first send, and drops the second one of a run that ended between send and delete.
 */
const replayId = ({ id }: Letter): string => digest('replay', id);

/**
 * Sends the jobs of all letters that fit, evenly, and deletes each letter once its job is queued. Letters
 * of one group go in their order. In rounds: what stood behind a letter is shown when that one is gone.
 * @throws what the AWS client throws. Whatever happens, a letter whose job was not sent is not deleted,
 *   and those that were held are given back.
 */
export async function replayThrottled(options: ThrottleOptions): Promise<Replayed> {
  const { queue, filter, plan, signal, now, onReceived, onSent } = options;
  const startedAt = now();
  const lease = createLease(queue, now);
  const pace = createPace(options, lease);
  const sent: Letter[] = [];
  const stayed = new Map<string, { letter: Letter; why: string }>();
  const open = new Set<string>();
  try {
    for (let round = 1; ; round += 1) {
      const drained = await drain(queue, lease, signal, round === 1 ? onReceived : undefined);
      const jobs = new Map<Letter, LabelJob>();
      for (const letter of inTime(drained.letters)) {
        // What died since the start may be what was replayed just now: it must not go round in circles.
        const isNew = round > 1 && letter.sentAt >= startedAt;
        if (isNew || stayed.has(letter.id) || !filter(letter)) continue;
        const planned = await plan(letter);
        if ('job' in planned) jobs.set(letter, planned.job);
        else stayed.set(letter.id, { letter, why: planned.stays });
      }
      for (const { id } of jobs.keys()) open.add(id);
      await lease.release(drained.letters.filter((letter) => !jobs.has(letter)));
      const isWhole = await sendAll(jobs, options, lease, pace, (letter) => {
        sent.push(letter);
        open.delete(letter.id);
        onSent?.(sent.length, sent.length + open.size);
      });
      await lease.releaseAll();
      const isOver = jobs.size === 0 || (isWhole && drained.hidden === 0);
      if (!signal.aborted && !isOver) continue;
      const { hidden, heldByOthers } = drained;
      return { sent, stayed: [...stayed.values()], remaining: open.size, hidden, heldByOthers };
    }
  } finally {
    await lease.releaseAll();
  }
}

/**
 * In the order in which they died, for one contact's raw deliveries are a group each and SQS keeps none
 * between groups. Those of one group stay as they are.
 */
function inTime(letters: readonly Letter[]): readonly Letter[] {
  const latest = new Map<string, number>();
  const timed = letters.map((letter) => {
    const at = Math.max(letter.sentAt, latest.get(letter.group) ?? 0);
    latest.set(letter.group, at);
    return { letter, at };
  });
  return timed.sort((a, b) => a.at - b.at).map(({ letter }) => letter);
}

/** @returns whether each letter was still held when its turn came */
async function sendAll(
  jobs: ReadonlyMap<Letter, LabelJob>,
  { send, signal }: ThrottleOptions,
  lease: Lease,
  pace: () => Promise<void>,
  onSent: (letter: Letter) => void,
): Promise<boolean> {
  // A letter that is not ours any more may be sent by somebody else: those of its group wait for it.
  const lost = new Set<string>();
  for (const [letter, job] of jobs) {
    await pace();
    if (signal.aborted) break;
    if (lost.has(letter.group) || !lease.has(letter)) {
      lost.add(letter.group);
      continue;
    }
    await send(job, replayId(letter));
    await lease.delete(letter);
    onSent(letter);
  }
  return lost.size === 0;
}

/** Resolves when the next job may go: evenly, however long a send takes. */
function createPace({ perMinute, now, wait, signal }: ThrottleOptions, lease: Lease) {
  const intervalMs = 60_000 / perMinute;
  let next = now();
  return async (): Promise<void> => {
    await lease.refresh();
    while (now() < next && !signal.aborted) {
      await wait(Math.min(STEP_MS, next - now()));
      await lease.refresh();
    }
    next = Math.max(next, now() - intervalMs) + intervalMs;
  };
}
