import { describe, expect, test } from '@jest/globals';
import type { DeadLetter } from '../../../cli/commands/dead-letters/dead-letter.ts';
import type { DeadLetterQueue } from '../../../cli/commands/dead-letters/dead-letter-queue.ts';
import { drain, leasing } from '../../../cli/commands/dead-letters/lease.ts';
import { replayThrottled } from '../../../cli/commands/dead-letters/throttle.ts';
import { deadJob } from '../../../lib/queue/dead-letter.ts';
import { aJob, START } from '../../support/jobs.ts';
import { received } from './received.ts';

const never = new AbortController().signal;

/** A queue that answers each receive with the next of these; what it was asked to wait is in `waits`. */
function answering(waiting: number, ...answers: (readonly DeadLetter[])[]) {
  const waits: number[] = [];
  const queue: DeadLetterQueue = {
    count: async () => ({ waiting, leased: 0 }),
    receive: async (seconds) => {
      waits.push(seconds);
      return answers.shift() ?? [];
    },
    setVisibility: async () => [],
    delete: async () => {},
  };
  return { queue, waits };
}

const deadLetterOf = (email: string, sentAt = START) =>
  received(deadJob(aJob({ contact: { email } }), { reason: 'transient' }), email, sentAt);
const deadLettersOf = (count: number) =>
  Array.from({ length: count }, (_, i) => deadLetterOf(`${i}`));
const drained = ({ queue }: ReturnType<typeof answering>) =>
  leasing(
    queue,
    () => START,
    (lease) => drain(lease, never),
  );

describe('a drain', () => {
  test('believes that there is nothing when SQS has looked everywhere, whatever its count says', async () => {
    const stage = answering(0);

    expect((await drained(stage)).deadLetters).toEqual([]);
    expect(stage.waits).toEqual([1]);
  });

  test('asks everywhere for the rest of a group that a full answer may have cut', async () => {
    const ten = deadLettersOf(10);
    const group = [ten[9], deadLetterOf('9')].flatMap((deadLetter) => deadLetter ?? []);
    const stage = answering(11, ten, [], group);

    const { deadLetters } = await drained(stage);

    expect(deadLetters.map(({ id }) => id)).toEqual(ten.map(({ id }) => id));
    expect(stage.waits.slice(0, 3)).toEqual([1, 1, 1]);
  });
});

test('the dead letters go in the order in which they were given up, in whichever SQS shows their groups', async () => {
  const shown = [
    deadLetterOf('ada', START + 2),
    deadLetterOf('bob', START),
    deadLetterOf('cat', START + 1),
  ];
  const sent: (string | undefined)[] = [];
  let time = START + 10;

  await leasing(
    answering(3, shown).queue,
    () => time,
    (lease) =>
      replayThrottled({
        lease,
        filter: () => true,
        plan: async ({ content }) =>
          content.kind === 'job' ? { job: content.job } : { stays: '' },
        send: async ({ contact }) => {
          sent.push(contact.email);
          return 'queued';
        },
        perMinute: 60,
        signal: never,
        now: () => time,
        wait: async (ms) => {
          time += ms;
        },
      }),
  );

  expect(sent).toEqual(['bob', 'cat', 'ada']);
});

test('a job that turns out too large ends the replay, and its dead letter stays', async () => {
  const { queue } = answering(1, [deadLetterOf('ada')]);
  const deleted: DeadLetter[] = [];
  const keeping = { ...queue, delete: async (one: DeadLetter) => void deleted.push(one) };
  const clock = () => START;

  const replay = leasing(keeping, clock, (lease) =>
    replayThrottled({
      lease,
      filter: () => true,
      plan: async () => ({ job: aJob() }),
      send: async () => 'too-large',
      perMinute: 60,
      signal: never,
      now: clock,
      wait: async () => {},
    }),
  );

  await expect(replay).rejects.toThrow('is too large');
  expect(deleted).toEqual([]);
});
