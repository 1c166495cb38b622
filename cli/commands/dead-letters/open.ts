import type { CommandContext, TargetOptions } from '../../kit/command.ts';
import { adviceOn, errorText, isAwsError } from '../../kit/error-text.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import type { Target } from '../../kit/target.ts';
import { progress } from '../../kit/terminal.ts';
import type { DeadLetter } from './dead-letter.ts';
import { createDeadLetterQueue, type DeadLetterQueue } from './dead-letter-queue.ts';
import { type Drained, drain } from './drain.ts';
import { createLease } from './lease.ts';
import { deadLetters } from './words.ts';

/** Runs `work` on the dead-letter queue of the target. @throws CliFailure when SQS does not go along */
export async function withDeadLetters<T>(
  options: TargetOptions,
  context: CommandContext,
  work: (queue: DeadLetterQueue, target: Target) => Promise<T>,
): Promise<T> {
  const target = await context.openTarget(options);
  try {
    return await work(createDeadLetterQueue(target.sqs, target.deadLetterQueueUrl), target);
  } catch (error) {
    if (!isAwsError(error) && !isNetworkError(error)) throw error;
    throw new CliFailure(
      `SQS did not do what was asked of it: ${errorText(error)}\n` +
        'What was not replayed or dropped by then is still there, and can be received again in half a minute: ' +
        `run it again. ${adviceOn(error)} The credentials must allow reading, sending to and deleting from ` +
        `${target.deadLetterQueueUrl} and the jobs queue.`,
      EXIT.unreachable,
    );
  } finally {
    target.close();
  }
}

const isNetworkError = (error: unknown): boolean =>
  error instanceof Error && ('syscall' in error || 'code' in error);

/** All dead letters of the queue, as they are now. They are given back before this returns. */
export async function readDeadLetters(
  queue: DeadLetterQueue,
  context: CommandContext,
): Promise<Drained> {
  const lease = createLease(queue, context.now);
  const bar = lazyProgress(context, 'Reading');
  try {
    return await drain(queue, lease, context.terminal.signal, bar.to);
  } finally {
    bar.stop();
    await lease.releaseAll();
  }
}

/** A bar that begins when it is known how long it is. */
function lazyProgress({ terminal }: CommandContext, what: string) {
  let bar: ReturnType<typeof progress> | undefined;
  return {
    to: (done: number, of: number): void => {
      bar ??= progress(terminal, what, of);
      bar.to(done);
    },
    stop: (): void => bar?.stop(),
  };
}

/** Lets go of dead letters one by one, with a bar. Where that fails it says how many are gone: `Dropped 3 dead letters …` */
export async function lettingGo<T>(
  context: CommandContext,
  [doing, did]: readonly [string, string],
  work: (onGone: (gone: number, of: number) => void) => Promise<T>,
): Promise<T> {
  const bar = lazyProgress(context, doing);
  let done = 0;
  try {
    return await work((gone, of) => {
      done = gone;
      bar.to(gone, of);
    });
  } catch (error) {
    bar.stop();
    if (done > 0) context.terminal.err.write(`${did} ${deadLetters(done)} before it failed.\n`);
    throw error;
  } finally {
    bar.stop();
  }
}

/** What is to be said of dead letters that could not be read; '' where there are none. */
export function unreadNotice({ hidden, heldByOthers }: Pick<Drained, 'hidden' | 'heldByOthers'>) {
  const lines: string[] = [];
  if (heldByOthers > 0) {
    lines.push(
      `${heldByOthers} more ${heldByOthers === 1 ? 'is' : 'are'} held by another run, or by one that was killed: those come back within half a minute.`,
    );
  }
  if (hidden > 0) {
    lines.push(
      `${hidden} more ${hidden === 1 ? 'stands' : 'stand'} behind others of the same contact, where SQS does not show them until those in front are replayed or dropped.`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** How many dead letters have each reason, the most first. */
export function countBy(
  some: readonly DeadLetter[],
  keys: (deadLetter: DeadLetter) => readonly string[],
) {
  const counts = new Map<string, number>();
  for (const deadLetter of some) {
    for (const key of keys(deadLetter)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}
