import { expect, test } from '@jest/globals';
import { createClock } from '../../simulators/clock.ts';

const START = 1_000_000;

test('sleepers wake in the order of their times, and among equal times of their asking', async () => {
  const clock = createClock(START);
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name} ${clock.now() - START}`);
  };
  await clock.run(() =>
    Promise.all([sleeper('a', 20), sleeper('b', 10), sleeper('c', 20), sleeper('d', 0)]),
  );
  expect(woken).toEqual(['d 0', 'b 10', 'a 20', 'c 20']);
});

test('time does not move while a promise can settle', async () => {
  const clock = createClock(START);
  let late = false;
  clock.at(START + 1, () => {
    late = true;
  });
  const seen = await clock.run(async () => {
    for (let hop = 0; hop < 1_000; hop += 1) await undefined;
    const text = await new Response(new Blob(['body']).stream()).text();
    await new Promise(setImmediate);
    return { text, late, at: clock.now() };
  });
  expect(seen).toEqual({ text: 'body', late: false, at: START });
});

test('a timeout signal aborts when its time has come, as AbortSignal.timeout does', async () => {
  const clock = createClock(START);
  const signal = clock.timeoutSignal(8_000);
  const before = await clock.run(async () => {
    await clock.sleep(7_999);
    return signal.aborted;
  });
  await clock.run(() => clock.sleep(1));
  expect(before).toBe(false);
  expect(signal.reason).toBeInstanceOf(DOMException);
  expect(signal.reason.name).toBe('TimeoutError');
});

test('what is taken back does not happen, and time does not stop there', async () => {
  const clock = createClock(START);
  const happened: number[] = [];
  const takeBack = clock.at(START + 10, () => happened.push(10));
  clock.at(START + 20, () => happened.push(clock.now() - START));
  takeBack();
  await clock.run(() => clock.sleep(30));
  expect(happened).toEqual([20]);
});

test('what is asked for in the past is due now', async () => {
  const clock = createClock(START);
  const at = await clock.run(
    () => new Promise<number>((resolve) => clock.at(START - 5, () => resolve(clock.now()))),
  );
  expect(at).toBe(START);
});

test('a run ends with its work, whatever is still due', async () => {
  const clock = createClock(START);
  let late = false;
  clock.at(START + 100, () => {
    late = true;
  });
  await clock.run(() => clock.sleep(50));
  expect(clock.now()).toBe(START + 50);
  expect(late).toBe(false);
});

test('a run throws what its work throws', async () => {
  const clock = createClock(START);
  const run = clock.run(async () => {
    await clock.sleep(5);
    throw new Error('broken');
  });
  await expect(run).rejects.toThrow('broken');
});

test('a run in which everybody waits for ever says so', async () => {
  const clock = createClock(START);
  await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow('nothing is due');
});

test('a run that goes on and on is ended', async () => {
  const clock = createClock(START);
  const run = clock.run(async () => {
    for (;;) await clock.sleep(1_000);
  }, 60_000);
  await expect(run).rejects.toThrow('not over after 60000 virtual ms');
});
