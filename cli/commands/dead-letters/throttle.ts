import type { LabelJob } from '../../../lib/queue/job.ts';
import type { Queue } from '../../../lib/queue/queue.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import type { DeadLetter } from './dead-letter.ts';
import { drain, type Lease } from './lease.ts';
import type { ReplayPlan } from './replay-plan.ts';

/** A wait is done in steps, so that the leases are renewed meanwhile. */
const STEP_MS = 1_000;

export interface ThrottleOptions {
  readonly lease: Lease;
  /** Sends a job, which `plan` made small enough. @throws what the AWS client throws */
  readonly send: (job: LabelJob, deduplication: string) => ReturnType<Queue['send']>;
  readonly filter: (deadLetter: DeadLetter) => boolean;
  readonly plan: (deadLetter: DeadLetter) => Promise<ReplayPlan>;
  readonly perMinute: number;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Waits, or ends early when the signal aborts. */
  readonly wait: (ms: number) => Promise<void>;
  /** Hears how many were sent so far, and how many there are to send as far as is known. */
  readonly onSent?: (sent: number, of: number) => void;
}

/** A dead letter that stays where it is, and why. */
export interface Staying {
  readonly deadLetter: DeadLetter;
  readonly why: string;
}

/** What a replay came to. */
export interface Replayed {
  readonly sent: readonly DeadLetter[];
  /** Those that fit and stay. */
  readonly stayed: readonly Staying[];
  /** Dead letters that were to be sent and were not: the run was stopped, or lost its lease of them. */
  readonly remaining: number;
  readonly hidden: number;
  readonly leasedByOthers: number;
}

/**
 * The deduplication id of a replayed dead letter: the dead letter's own, so that SQS takes it within five minutes of
 * the job's first send, and drops the second one of a run that ended between send and delete.
 */
const replayId = ({ id }: DeadLetter): string => digest('replay', id);

/**
 * Sends the jobs of all dead letters that fit, evenly, and deletes each dead letter once its job is queued.
 * Those of one group go in their order. In rounds: what stood behind a dead letter is shown when that one is gone.
 * @throws what the AWS client throws. Whatever happens, a dead letter whose job was not sent is not deleted.
 */
export async function replayThrottled(options: ThrottleOptions): Promise<Replayed> {
  const { lease, filter, plan, signal, now, onSent } = options;
  const startedAt = now();
  const pace = createPace(options);
  const sent: DeadLetter[] = [];
  const stayed = new Map<string, Staying>();
  const open = new Set<string>();
  for (let round = 1; ; round += 1) {
    const drained = await drain(lease, signal);
    const jobs = new Map<DeadLetter, LabelJob>();
    for (const deadLetter of inTime(drained.deadLetters)) {
      // One that is newer than the start may be what was replayed just now: it must not go round in circles.
      const isNew = round > 1 && deadLetter.sentAt >= startedAt;
      if (isNew || stayed.has(deadLetter.id) || !filter(deadLetter)) continue;
      const planned = await plan(deadLetter);
      if ('job' in planned) jobs.set(deadLetter, planned.job);
      else stayed.set(deadLetter.id, { deadLetter, why: planned.stays });
    }
    for (const { id } of jobs.keys()) open.add(id);
    await lease.release(drained.deadLetters.filter((deadLetter) => !jobs.has(deadLetter)));
    const isWhole = await sendAll(jobs, options, pace, (deadLetter) => {
      sent.push(deadLetter);
      open.delete(deadLetter.id);
      onSent?.(sent.length, sent.length + open.size);
    });
    await lease.releaseAll();
    const isOver = jobs.size === 0 || (isWhole && drained.hidden === 0);
    if (!signal.aborted && !isOver) continue;
    const { hidden, leasedByOthers } = drained;
    return { sent, stayed: [...stayed.values()], remaining: open.size, hidden, leasedByOthers };
  }
}

/**
 * In the order in which they were given up: one contact's raw deliveries are a group each, and SQS keeps no
 * order between groups. Those of one group stay as they are.
 */
function inTime(deadLetters: readonly DeadLetter[]): readonly DeadLetter[] {
  const latest = new Map<string, number>();
  const timed = deadLetters.map((deadLetter) => {
    const at = Math.max(deadLetter.sentAt, latest.get(deadLetter.group) ?? 0);
    latest.set(deadLetter.group, at);
    return { deadLetter, at };
  });
  return timed.sort((a, b) => a.at - b.at).map(({ deadLetter }) => deadLetter);
}

/** @returns whether each dead letter was still leased when its turn came */
async function sendAll(
  jobs: ReadonlyMap<DeadLetter, LabelJob>,
  { lease, send, signal }: ThrottleOptions,
  pace: () => Promise<void>,
  onSent: (deadLetter: DeadLetter) => void,
): Promise<boolean> {
  // A dead letter that is not ours any more may be sent by somebody else: those of its group wait for it.
  const lost = new Set<string>();
  for (const [deadLetter, job] of jobs) {
    await pace();
    if (signal.aborted) break;
    if (lost.has(deadLetter.group) || !lease.has(deadLetter)) {
      lost.add(deadLetter.group);
      continue;
    }
    const answer = await send(job, replayId(deadLetter));
    if (answer === 'too-large') throw new Error(`${deadLetter.id} was planned, and is too large.`);
    await lease.delete(deadLetter);
    onSent(deadLetter);
  }
  return lost.size === 0;
}

/** Resolves when the next job may go: evenly, however long a send takes. */
function createPace({ lease, perMinute, now, wait, signal }: ThrottleOptions) {
  const intervalMs = 60_000 / perMinute;
  let next = now();
  return async (): Promise<void> => {
    await lease.renew();
    while (now() < next && !signal.aborted) {
      await wait(Math.min(STEP_MS, next - now()));
      await lease.renew();
    }
    next = Math.max(next, now() - intervalMs) + intervalMs;
  };
}
