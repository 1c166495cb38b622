import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { createClock } from '../../simulators/clock.ts';
import { type Program, startPool } from '../../simulators/deployment/lambda.ts';
import { createSqs } from '../../simulators/sqs/sqs.ts';

const START = 1_000_000;
const DONE = { batchItemFailures: [] };
const failed = (records: readonly SQSRecord[]) => ({
  batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});
const never = new Promise<never>(() => {});

/** A pool whose processes reach a Wix that answers after 100 ms, `before` with a failure, and keeps count. */
function openStage(program: Program, concurrency = 2) {
  const clock = createClock(START);
  const sqs = createSqs(clock.now);
  const calls: string[] = [];
  const pool = () =>
    startPool({
      clock,
      sqs,
      seed: 1,
      concurrency,
      program,
      fetchOf:
        ({ id }) =>
        async (input) => {
          calls.push(`${id} ${input}`);
          await clock.sleep(100);
          if (input === 'before') throw new TypeError('fetch failed');
          return new Response('answer');
        },
    });
  const send = (...bodies: string[]): void => {
    for (const body of bodies) {
      sqs.jobs.send({ body, group: body, deduplication: body, attributes: {} });
    }
  };
  return { clock, sqs, calls, pool, send };
}

test('what a worker does not report is deleted, the rest comes back when its visibility ends', async () => {
  const seen: string[] = [];
  const { clock, sqs, pool, send } = openStage(({ now }) => async (records) => {
    seen.push(`${records.map(({ body }) => body).join(' ')} at ${now() - START}`);
    return failed(
      records.filter(
        ({ body, attributes }) => body === 'b' && attributes.ApproximateReceiveCount === '1',
      ),
    );
  });
  send('a', 'b', 'c');
  await clock.run(async () => {
    pool();
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
  });
  expect(seen).toEqual(['a b c at 20', 'b at 120040']);
});

test('so many batches at once as the mapping allows, each process one at a time, and over again', async () => {
  const seen: string[] = [];
  const { clock, sqs, pool, send } = openStage(
    ({ now, sleep }, { id, seat }) =>
      async (records) => {
        seen.push(`${id} in ${seat}: ${records.length} at ${now() - START}`);
        await sleep(1_000);
        return DONE;
      },
  );
  send(...Array.from({ length: 35 }, (_, index) => `m${index}`));
  const stats = await clock.run(async () => {
    const { stats } = pool();
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
    return stats;
  });
  expect(seen).toEqual([
    '1 in 0: 10 at 20',
    '2 in 1: 10 at 20',
    '1 in 0: 10 at 1060',
    '2 in 1: 5 at 1060',
  ]);
  expect(stats).toMatchObject({ invocations: 4, processes: 2, billedMs: 4_000 });
});

test('a worker that throws keeps its process and gets the whole batch again', async () => {
  const seen: string[] = [];
  const { clock, sqs, pool, send } = openStage((_world, { id }) => async (records) => {
    seen.push(`${id}: ${records.map(({ body }) => body).join(' ')}`);
    if (seen.length === 1) throw new Error('broken');
    return DONE;
  });
  send('a', 'b');
  const stats = await clock.run(async () => {
    const { stats } = pool();
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
    return stats;
  });
  expect(seen).toEqual(['1: a b', '1: a b']);
  expect(stats).toMatchObject({ errors: 1, processes: 1 });
});

test('a worker sees its minute run out, and is ended at its end', async () => {
  const remaining: number[] = [];
  const seen: string[] = [];
  const { clock, sqs, pool, send } = openStage(
    ({ sleep, now }, { id }) =>
      async (_records, remainingMs) => {
        seen.push(`${id} at ${now() - START}`);
        if (id > 1) return DONE;
        await sleep(59_000);
        remaining.push(remainingMs());
        await sleep(1_001);
        remaining.push(remainingMs());
        return DONE;
      },
    1,
  );
  send('a');
  const stats = await clock.run(async () => {
    const { stats } = pool();
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
    return stats;
  });
  expect(remaining).toEqual([1_000]);
  // Its message is visible again 120 s after it was received, at 20.
  expect(seen).toEqual(['1 at 20', '2 at 120040']);
  expect(stats).toMatchObject({ timeouts: 1, processes: 2 });
});

test('a process killed in mid-call never hears of it, or of anything; what it asked for happens', async () => {
  const log: string[] = [];
  const { clock, sqs, calls, pool, send } = openStage(
    ({ fetch, sleep, client }, { id }) =>
      async (records) => {
        const say = (what: string) => () => {
          log.push(`${id} ${what}`);
        };
        void sleep(50).then(say('slept'));
        void sleep(200).then(say('slept long'));
        void client.send(undefined as never).then(say('sent'), say('was refused'));
        await fetch('wix').then(say('heard'));
        return failed(records.slice(1));
      },
    1,
  );
  send('a');
  await clock.run(async () => {
    const { kill } = pool();
    await clock.sleep(80);
    kill(0);
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
    await clock.sleep(1_000);
  });
  expect(calls).toEqual(['1 wix', '2 wix']);
  expect(log).toEqual([
    '1 was refused',
    '1 slept',
    '2 was refused',
    '2 slept',
    '2 heard',
    '2 slept long',
  ]);
});

test('an idle process can be killed too: another one takes its seat', async () => {
  const ids: number[] = [];
  const { clock, sqs, pool, send } = openStage(
    (_world, { id }) =>
      async () => {
        ids.push(id);
        return DONE;
      },
    1,
  );
  await clock.run(async () => {
    const { kill } = pool();
    for (const body of ['a', 'b', 'c']) {
      send(body);
      while (sqs.jobs.size() > 0) await sqs.jobs.changed();
      if (body === 'b') kill(0);
    }
  });
  expect(ids).toEqual([1, 1, 2]);
});

test('a dead process asks for nothing any more, and no failure reaches it', async () => {
  const log: string[] = [];
  const { clock, calls, pool, send } = openStage(
    ({ fetch }, { id }) =>
      async () => {
        void fetch('before').catch(() => log.push(`${id} failed`));
        // A way to wake that is not of its world, so that death does not stop it.
        await clock.sleep(30_000);
        log.push('woke');
        await fetch('after');
        return never;
      },
    1,
  );
  send('a');
  await clock.run(async () => {
    const { kill } = pool();
    await clock.sleep(80);
    kill(0);
    await clock.sleep(60_000);
  });
  expect(calls).toEqual(['1 before']);
  expect(log).toEqual(['woke']);
});

test('each process has its own luck', async () => {
  const numbers: number[] = [];
  const { clock, sqs, pool, send } = openStage(({ random, sleep }) => async () => {
    numbers.push(random());
    await sleep(1_000);
    return DONE;
  });
  send(...Array.from({ length: 20 }, (_, index) => `m${index}`));
  await clock.run(async () => {
    pool();
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
  });
  expect(new Set(numbers).size).toBe(2);
});

test('where SQS refuses to delete, a batch comes back though it was worked off', async () => {
  const times: number[] = [];
  const { clock, sqs, pool, send } = openStage(
    ({ now }) =>
      async () => {
        times.push(now() - START);
        return DONE;
      },
    1,
  );
  sqs.obstruct = (action) => {
    if (action === 'delete' && times.length === 1) throw new Error('no');
  };
  send('a');
  await clock.run(async () => {
    pool();
    while (sqs.jobs.size() > 0) await sqs.jobs.changed();
  });
  expect(times).toEqual([20, 120_040]);
});
