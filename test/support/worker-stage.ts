import { createWorker } from '../../lib/labelling/worker.ts';
import type { DeadLetterMessage } from '../../lib/queue/dead-letter.ts';
import type { CallContext } from '../../lib/wix/calls/budget.ts';
import type { WixSite } from '../../lib/wix/site.ts';
import { createFakeWix } from './fake-wix.ts';
import { START } from './jobs.ts';
import { ADA, BOB } from './jobs-stage.ts';

/** The worker between a fake Wix that knows Ada and Bob and plain functions for the queue; what it does is noted. */
export function openWorkerStage() {
  let time = START;
  const wix = createFakeWix();
  wix.addContact(ADA, { emails: ['ada@e.com'] });
  wix.addContact(BOB, { emails: ['bob@e.com'] });
  const postponed: [string, number][] = [];
  const deadLetters: DeadLetterMessage[] = [];
  const hooks = {
    openSite: (context: CallContext): WixSite => wix.openSite(context),
    postpone: async (): Promise<void> => {},
    deadLetter: async (): Promise<void> => {},
  };
  const work = createWorker({
    openSite: (context) => hooks.openSite(context),
    queue: {
      postpone: async (receiptHandle, seconds) => {
        postponed.push([receiptHandle.replace('receipt of ', ''), seconds]);
        await hooks.postpone();
      },
      deadLetter: async (deadLetter) => {
        await hooks.deadLetter();
        deadLetters.push(deadLetter);
      },
    },
    now: () => time,
    clock: () => time,
    random: () => 0.5,
  });
  return {
    now: () => time,
    wix,
    hooks,
    postponed,
    deadLetters,
    /** Processes a batch. @returns the ids of the messages to keep */
    async work(records: Parameters<typeof work>[0], remainingMs = 60_000): Promise<string[]> {
      const { batchItemFailures } = await work(records, () => remainingMs);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    pass(ms: number): void {
      time += ms;
    },
    /** The calls that change labels, since it was asked last. */
    changes: (): string[] =>
      wix.calls.splice(0).filter((call) => /^(?:un)?labelContact/.test(call)),
  };
}
