import type { FaultCase } from './fault.ts';
import type { FaultStage } from './stage.ts';

// What goes wrong at AWS, and in the worker's own process.

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const refuse = (): never => {
  throw new Error('SQS refuses this on demand.');
};

/** Deletes fail, and messages that were processed are visible again some time later. */
function letReceiptsExpire(
  { it, random }: FaultStage,
  { from, until }: { from: number; until: number },
): void {
  const { sqs, clock } = it;
  const remove = sqs.remove;
  sqs.remove = async (records) => {
    const isOn = clock.now() >= from && clock.now() < until;
    if (!isOn || random() < 0.5) return remove(records);
    const backIn = Math.floor(60 * random());
    for (const { receiptHandle } of records) sqs.jobs.changeVisibility(receiptHandle, backIn);
    return refuse();
  };
}

export const AT_HOME: readonly FaultCase[] = [
  {
    name: 'queue refuses',
    what: 'SQS takes no dead letter and no postponement for ten minutes',
    minutes: 10,
    deadLetters: ['unexpected-response'],
    begin({ it, intercept, random }, span) {
      const { sqs, clock } = it;
      const isOn = () => clock.now() >= span.from && clock.now() < span.until;
      sqs.obstruct = (action, url) => {
        const strikes = action === 'changeVisibility' || url === sqs.deadLetterQueueUrl;
        if (isOn() && strikes) refuse();
      };
      intercept(span, (_arrival, operate) => {
        const chance = random();
        if (chance < 0.1) return { status: 418, headers: {}, body: '' };
        return chance < 0.4 ? { status: 503, headers: {}, body: '' } : operate();
      });
    },
  },
  {
    name: 'receipts expired',
    what: 'for half an hour every other batch comes back though it was worked off',
    minutes: 30,
    begin: letReceiptsExpire,
  },
  {
    name: 'clock',
    what: "the workers' clock jumps by an hour, to and fro, on a busy day",
    minutes: 20,
    times: 2,
    traffic: { minutes: 62 },
    windowUnjudged: true,
    begin({ controls, often, random, it }, span) {
      often(span, [20 * SECOND, 120 * SECOND], () => {
        controls.clockOffsetMs = [0, HOUR, -HOUR][Math.floor(3 * random())] ?? 0;
      });
      it.clock.at(span.until, () => {
        controls.clockOffsetMs = 0;
      });
    },
  },
  {
    name: 'killed',
    what: 'a worker is killed every few seconds for ten minutes of a busy day, in mid-call too',
    minutes: 10,
    times: 2,
    traffic: { minutes: 52 },
    windowUnjudged: true,
    begin({ it, often, intercept, random, controls }, span) {
      often(span, [2 * SECOND, 8 * SECOND], () => it.pool.kill(random() < 0.5 ? 0 : 1));
      intercept(span, async (arrival, operate) => {
        if (random() >= 0.1) return operate();
        if (random() < 0.5) await operate();
        it.pool.kill(controls.seats.get(arrival.process) ?? 0);
        return { status: 503, headers: {}, body: '' };
      });
    },
  },
];
