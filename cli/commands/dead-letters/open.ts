import { type CommandContext, usingTarget } from '../../kit/command.ts';
import { adviceOn, CliFailure, EXIT, errorText, isAwsError } from '../../kit/failure.ts';
import { progress } from '../../kit/progress.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import { countOf } from './dead-letter.ts';
import { createDeadLetterQueue } from './dead-letter-queue.ts';
import { type Drained, drain, type Lease, leasing } from './lease.ts';

/** Runs `work` on the dead letters of the target. @throws CliFailure when SQS does not go along */
export const withDeadLetters = (
  options: TargetOptions,
  context: CommandContext,
  work: (lease: Lease, target: Target) => Promise<void>,
): Promise<void> =>
  usingTarget(options, context, async (target) => {
    const queue = createDeadLetterQueue(target.sqs, target.deadLetterQueueUrl);
    try {
      await leasing(queue, context.now, (lease) => work(lease, target));
    } catch (error) {
      if (!isAwsError(error) && !isNetworkError(error)) throw error;
      throw new CliFailure(
        `SQS did not do what was asked of it: ${errorText(error)}\n` +
          'What was not replayed or dropped by then is still there, and can be received again in half a minute: ' +
          `run it again. ${adviceOn(error)} The credentials must allow reading, sending to and deleting from ` +
          `${target.deadLetterQueueUrl} and the jobs queue.`,
        EXIT.unreachable,
      );
    }
  });

const isNetworkError = (error: unknown): boolean =>
  error instanceof Error && ('syscall' in error || 'code' in error);

/** All dead letters of the queue, as they are now. They are given back before this returns. */
export async function readDeadLetters(lease: Lease, context: CommandContext): Promise<Drained> {
  const bar = lazyProgress(context, 'Reading');
  try {
    return await drain(lease, context.terminal.signal, bar.to);
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

/** Works on dead letters one by one, with a bar. A failure says how many are done: `Dropped 3 dead letters …` */
export async function withProgress<T>(
  context: CommandContext,
  [doing, did]: readonly [string, string],
  work: (onDone: (done: number, of: number) => void) => Promise<T>,
): Promise<T> {
  const bar = lazyProgress(context, doing);
  let count = 0;
  try {
    return await work((done, of) => {
      count = done;
      bar.to(done, of);
    });
  } catch (error) {
    bar.stop();
    if (count > 0) context.terminal.err.write(`${did} ${countOf(count)} before it failed.\n`);
    throw error;
  } finally {
    bar.stop();
  }
}

/** Reports dead letters that could not be read; '' where there are none. */
export function renderUnread({
  hidden,
  leasedByOthers: leased,
}: Pick<Drained, 'hidden' | 'leasedByOthers'>): string {
  const lines = [
    leased > 0 &&
      `${leased} more ${leased === 1 ? 'is' : 'are'} leased by another run, or by one that was killed: those come back within half a minute.\n`,
    hidden > 0 &&
      `${hidden} more ${hidden === 1 ? 'stands' : 'stand'} behind others of the same contact, where SQS does not show them until those in front are replayed or dropped.\n`,
  ];
  return lines.filter(Boolean).join('');
}
