import { randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { LabelJob } from '../../../lib/queue/job.ts';
import type { Queue } from '../../../lib/queue/queue.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import { CliFailure } from '../../kit/failure.ts';
import { lookOrStop, type Running } from './live.ts';

/** So many go at once: workers look up the contacts of a batch in one call. */
const AT_ONCE = 10;
/** The log is read again for what webhooks have settled, at the latest after this. */
const LOOK_EVERY_MS = 60_000;

export interface SendingOptions extends Omit<Running, 'note'> {
  readonly queue: Pick<Queue, 'send'>;
  readonly sent: SentJobs;
  readonly perMinute: number;
  readonly onSent: (sent: number) => void;
}

/** What of the jobs a run sent, with the labels that it sent them with. */
export interface SentNow {
  readonly jobs: readonly LabelJob[];
  /** Jobs that do not fit a message. */
  readonly tooLarge: readonly LabelJob[];
}

/**
 * Sends the jobs evenly, ten at once, and notes each. What a webhook has settled by then is left out.
 * @throws AbortError; CliFailure where the log cannot be read or the note not be written; what the AWS client throws
 */
export async function sendJobs(
  jobs: readonly LabelJob[],
  options: SendingOptions,
): Promise<SentNow> {
  const { queue, sent, live, perMinute, signal, now, wait, onSent } = options;
  const done: LabelJob[] = [];
  const tooLarge: LabelJob[] = [];
  const intervalMs = (AT_ONCE * 60_000) / perMinute;
  let next = now();
  // Somebody may have thought about the plan for long.
  let lookedAt = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < jobs.length; at += AT_ONCE) {
    if (now() < next) await wait(next - now());
    signal.throwIfAborted();
    next = Math.max(next, now() - intervalMs) + intervalMs;
    if (now() - lookedAt >= LOOK_EVERY_MS) {
      lookedAt = now();
      await lookOrStop(live);
    }
    const some = jobs.slice(at, at + AT_ONCE);
    const open = some.map((job) => live.without(job)).filter(changesAnything);
    const results = await Promise.all(
      open.map((job) => queue.send(job, sent.deduplicationOf(job))),
    );
    const refused = open.filter((_, i) => results[i] === 'too-large');
    tooLarge.push(...refused);
    done.push(...open.filter((job) => !refused.includes(job)));
    const ids = some.map(({ id }) => id);
    await sent.add(ids.filter((id) => !refused.some((job) => job.id === id)));
    onSent(Math.min(at + AT_ONCE, jobs.length));
  }
  return { jobs: done, tooLarge };
}

export const changesAnything = ({ add, remove, facts = [] }: LabelJob): boolean =>
  add.length + remove.length + facts.length > 0;

/** The jobs that were sent, by id: a run that was cut off goes on behind them. */
export interface SentJobs {
  has(id: string): boolean;
  /** Under which id SQS takes the job; another after each --restart, so that it is not taken for the former one. */
  deduplicationOf(job: Pick<LabelJob, 'id'>): string;
  /** On disk when it returns. @throws CliFailure */
  add(ids: readonly string[]): Promise<void>;
}

/**
 * Opens the note of what was sent: the plan's digest, and behind it what is the restart's own; then a job id a line.
 * It is begun anew with the first job that is sent for another plan.
 */
export async function openSent(path: string, plan: string, restart: boolean): Promise<SentJobs> {
  const written = await textOf(path);
  // What stands behind the last whole line was cut off.
  const whole = written.slice(0, written.lastIndexOf('\n') + 1);
  const [begun = '', ...ids] = whole.split('\n');
  const isSame = begun.split(' ')[0] === plan && !restart;
  const head = isSame ? begun : [plan, ...(restart ? [randomUUID()] : [])].join(' ');
  const [, restarted] = head.split(' ');
  const sent = new Set(isSame ? ids : []);
  let length = isSame ? whole.length : 0;

  async function write(text: string): Promise<void> {
    const file = await open(path, 'a', 0o600);
    try {
      await file.truncate(length);
      await file.appendFile(text);
      await file.datasync();
      length += text.length;
    } finally {
      await file.close();
    }
  }

  return {
    has: (id) => sent.has(id),
    deduplicationOf: ({ id }) => (restarted === undefined ? id : digest(id, restarted)),
    async add(added) {
      if (added.length === 0) return;
      const lines = [...(length === 0 ? [head] : []), ...added].map((line) => `${line}\n`);
      await write(lines.join('')).catch((error: Error) => {
        throw new CliFailure(
          `${path} could not be written: ${error.message}\nWhat was sent before is noted. Make room: the same command, without --restart, goes on from there.`,
        );
      });
      for (const id of added) sent.add(id);
    },
  };
}

/** '' where there is no such file. One that cannot be read is not taken for empty, and begun anew. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
