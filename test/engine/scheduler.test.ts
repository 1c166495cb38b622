import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Scheduler, startScheduler } from '../../engine/scheduler.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-28T12:00:00Z');

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});
let scheduler: Scheduler;
afterEach(() => scheduler.stop());

/** A function that is over when it is let go on. */
function stage() {
  const runs: PromiseWithResolvers<void>[] = [];
  const events: unknown[] = [];
  const errors: unknown[] = [];
  const invoke = (functionId: string, event: unknown) => {
    const run = Promise.withResolvers<void>();
    events.push({ functionId, event });
    runs.push(run);
    return run.promise;
  };
  const clock = { now: () => Date.now() + 30 * 24 * 60 * MINUTE };
  const schedules = [{ functionId: 'Wake', everyMs: MINUTE }];
  scheduler = startScheduler(schedules, clock, invoke, (error) => errors.push(error));
  return { runs, events, errors };
}

const settle = () => jest.advanceTimersByTimeAsync(0);

test('a function is invoked each minute, with the time of the clock', async () => {
  const { runs, events } = stage();

  await jest.advanceTimersByTimeAsync(MINUTE);
  runs[0]?.resolve();
  await jest.advanceTimersByTimeAsync(MINUTE);

  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({
    functionId: 'Wake',
    event: { 'detail-type': 'Scheduled Event', time: '2026-12-28T12:01:00Z' },
  });
});

test('a run that takes longer than a minute is not joined by another', async () => {
  const { runs, events } = stage();

  await jest.advanceTimersByTimeAsync(3 * MINUTE);
  expect(events).toHaveLength(1);

  runs[0]?.resolve();
  await jest.advanceTimersByTimeAsync(MINUTE);
  expect(events).toHaveLength(2);
});

test('who asks for a run gets one that begins then, and waits for its end', async () => {
  const { runs, events } = stage();
  await jest.advanceTimersByTimeAsync(MINUTE);
  let isOver = false;

  void scheduler.runAll().then(() => {
    isOver = true;
  });
  await settle();
  expect(events).toHaveLength(1);
  runs[0]?.resolve();
  await settle();
  expect(events).toHaveLength(2);
  expect(isOver).toBe(false);

  runs[1]?.resolve();
  await settle();
  expect(isOver).toBe(true);
});

test('a run that fails is reported, and the next is due all the same', async () => {
  const { runs, events, errors } = stage();
  await jest.advanceTimersByTimeAsync(MINUTE);

  runs[0]?.reject(new Error('out of memory'));
  await jest.advanceTimersByTimeAsync(MINUTE);

  expect(errors).toEqual([new Error('out of memory')]);
  expect(events).toHaveLength(2);
});

test('once stopped, nothing is run or reported', async () => {
  const { runs, events, errors } = stage();
  await jest.advanceTimersByTimeAsync(MINUTE);

  scheduler.stop();
  runs[0]?.reject(new Error('killed'));
  await jest.advanceTimersByTimeAsync(3 * MINUTE);

  expect(events).toHaveLength(1);
  expect(errors).toEqual([]);
});
