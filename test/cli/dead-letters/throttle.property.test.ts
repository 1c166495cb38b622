import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DeadLetter } from '../../../cli/commands/dead-letters/dead-letter.ts';
import {
  type DeadLetterQueue,
  LEASE_SECONDS,
} from '../../../cli/commands/dead-letters/dead-letter-queue.ts';
import { leasing } from '../../../cli/commands/dead-letters/lease.ts';
import { replayThrottled } from '../../../cli/commands/dead-letters/throttle.ts';
import { createFifoQueue } from '../../../simulators/sqs/fifo-queue.ts';
import { aJob } from '../../support/jobs.ts';

/** More un-taken dead letters than these in front of one hide it: SQS shows ten of a group at once. */
const SHOWN = 10;

interface Sent {
  readonly group: string;
  readonly fits: boolean;
}

/** What happens to a run, at its `at`th call of SQS or at the first thereafter where it can. */
interface Mishap {
  readonly at: number;
  readonly kind:
    | 'interrupt' // Ctrl-C
    | 'kill-before' // the process ends before the call takes effect
    | 'kill-after' // ... or after it did
    | 'refuse' // SQS does not do it (but for giving back: that is tried once)
    | 'lose' // a lease cannot be renewed
    | 'nap'; // the machine sleeps for a minute
}

class Killed extends Error {}
class Refused extends Error {}

/** Both queues on a clock of their own, with dead letters that say where they stood. */
function createStage(deadLetters: readonly Sent[], failsAgain = false) {
  let time = 1_000_000;
  const now = () => time;
  const dead = createFifoQueue(now, { name: 'dead', visibilityMs: LEASE_SECONDS * 1000 });
  const jobs = createFifoQueue(now, { name: 'job', visibilityMs: 360_000 });
  for (const [n, { group, fits }] of deadLetters.entries()) {
    const body = JSON.stringify({ n, fits });
    dead.send({ body, group, deduplication: `${n}`, attributes: {} });
  }
  time += 1;
  const held = () => dead.peek().filter(({ visibleAt }) => visibleAt > time);

  function change(receipt: string, seconds: number): boolean {
    try {
      dead.changeVisibility(receipt, seconds);
      return true;
    } catch {
      return false;
    }
  }

  function remove(receipt: string): void {
    expect(held().map((message) => message.receipt)).toContain(receipt);
    dead.remove([receipt]);
  }

  /** One command, which may end before its time. */
  async function run(mishap?: Mishap) {
    const interrupting = new AbortController();
    let calls = 0;
    let isOver = false;
    let isDead = false;
    /** Whether it is time for the mishap, which comes once. */
    const befalls = (...kinds: Mishap['kind'][]): boolean => {
      if (isOver || !mishap || calls < mishap.at || !kinds.includes(mishap.kind)) return false;
      isOver = true;
      return true;
    };
    const call = async <T>(effect: () => T, isRefusable = true): Promise<T> => {
      calls += 1;
      if (befalls('interrupt')) interrupting.abort();
      if (isRefusable && befalls('refuse')) throw new Refused();
      if (befalls('kill-before')) isDead = true;
      if (isDead) throw new Killed();
      const value = effect();
      time += 20;
      if (befalls('kill-after')) isDead = true;
      if (isDead) throw new Killed();
      return value;
    };
    const hold = (some: readonly DeadLetter[], seconds: number) => {
      const lost = seconds > 0 && befalls('lose') ? some[0] : undefined;
      return some.filter((one) => !change(one.receipt, one === lost ? 0 : seconds) || one === lost);
    };
    const queue: DeadLetterQueue = {
      count: () => call(() => ({ waiting: dead.size() - held().length, leased: held().length })),
      receive: () => call(() => dead.receive().map(toDeadLetter)),
      setVisibility: (some, seconds) => call(() => hold(some, seconds), seconds > 0),
      delete: ({ receipt }) => call(() => remove(receipt)),
    };
    const ending = leasing(queue, now, (lease) =>
      replayThrottled({
        lease,
        filter: ({ body }) => JSON.parse(body).fits,
        plan: async ({ body }) => ({ job: aJob({ contact: { firstName: body } }) }),
        send: (job, deduplication) =>
          call(() => {
            // While it goes on, what is not to be sent is there for others.
            for (const { body } of held()) expect(JSON.parse(body).fits).toBe(true);
            const body = job.contact.firstName ?? '';
            const { group = '' } = deadLetters[JSON.parse(body).n] ?? {};
            jobs.send({ body, group, deduplication, attributes: {} });
            if (failsAgain) dead.send({ body, group, deduplication: `${time}`, attributes: {} });
            return 'queued' as const;
          }),
        perMinute: 120,
        signal: interrupting.signal,
        now,
        wait: async (ms) => {
          time += befalls('nap') ? 60_000 : ms;
        },
      }),
    );
    const result = await ending.catch((error) => {
      if (!(error instanceof Killed || error instanceof Refused)) throw error;
    });
    // What a killed run had leased comes back by itself; any other run has given it back.
    if (isDead) time += LEASE_SECONDS * 1000;
    return result;
  }

  return {
    run,
    held,
    sent: () => jobs.peek().map(({ body }) => JSON.parse(body).n as number),
    left: () => dead.peek().map(({ body }) => JSON.parse(body).n as number),
  };
}

function toDeadLetter(
  message: ReturnType<ReturnType<typeof createFifoQueue>['receive']>[number],
): DeadLetter {
  const { id, receipt, group, sentAt, body } = message;
  return {
    id,
    receipt,
    group,
    sentAt,
    info: { reason: 'transient' },
    body,
    content: { kind: 'neither' },
  };
}

/** From dead letters of which most stay to dead letters of which most fit. */
const someDeadLetters = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 60 }))
  .chain(([share, maxLength]) =>
    fc.array(
      fc.record({
        group: fc.constantFrom('ada', 'ada', 'grace', 'joan', 'mary'),
        fits: fc.integer({ min: 0, max: 9 }).map((n) => n < share),
      }),
      { minLength: 1, maxLength, size: 'max' },
    ),
  );
const mishap: fc.Arbitrary<Mishap> = fc.record({
  at: fc.integer({ min: 1, max: 60 }),
  kind: fc.constantFrom('interrupt', 'kill-before', 'kill-after', 'refuse', 'lose', 'nap'),
});

/** Whether SQS can be brought to show the dead letter: fewer than ten that stay are in front of it. */
function isShown(deadLetters: readonly Sent[], n: number): boolean {
  const ofGroup = deadLetters.slice(0, n).filter(({ group }) => group === deadLetters[n]?.group);
  return ofGroup.filter(({ fits }) => !fits).length < SHOWN;
}

const ascending = (numbers: Iterable<number>) => [...numbers].toSorted((a, b) => a - b);

test('however a replay is stopped, and however often, each dead letter is sent once, in order, or stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      someDeadLetters,
      fc.array(mishap, { maxLength: 3 }),
      async (deadLetters, mishaps) => {
        // Arrange
        const stage = createStage(deadLetters);
        const all = deadLetters.map((_, n) => n);

        // Act
        for (const one of mishaps) {
          await stage.run(one);
          expect(ascending(new Set([...stage.sent(), ...stage.left()]))).toEqual(all);
          expect(stage.held()).toEqual([]);
        }
        await stage.run();

        // Assess
        const toSend = all.filter((n) => deadLetters[n]?.fits && isShown(deadLetters, n));
        const sent = stage.sent();
        expect(ascending(sent)).toEqual(toSend);
        expect(stage.left()).toEqual(all.filter((n) => !toSend.includes(n)));
        for (const { group } of deadLetters) {
          const ofGroup = sent.filter((n) => deadLetters[n]?.group === group);
          expect(ofGroup).toEqual(ascending(ofGroup));
        }
        expect(stage.held()).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

test('a job that is given up again while the replay goes on is a dead letter for the next one', async () => {
  // Arrange: more of one contact than SQS shows at once, so that the replay takes several rounds.
  const deadLetters = Array.from({ length: 25 }, () => ({ group: 'ada', fits: true }));
  const stage = createStage(deadLetters, true);

  // Act
  await stage.run();

  // Assess
  expect(stage.sent()).toHaveLength(25);
  expect(stage.left()).toHaveLength(25);
});
