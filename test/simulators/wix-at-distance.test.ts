import { expect, test } from '@jest/globals';
import { createClock } from '../../simulators/clock.ts';
import {
  API_KEY,
  type Arrival,
  createWixAtDistance,
  largestWindow,
} from '../../simulators/deployment/distant-wix.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const SITE = '5a1e0000-0000-4000-8000-000000000001';

function openWix(seed = 1) {
  const clock = createClock(START);
  const wix = createWixAtDistance(clock, seed, { sites: [SITE], requestsPerMinute: 2 });
  const ask = (displayName: string, signal?: AbortSignal) =>
    wix.fetchOf({ id: 7 })('https://www.wixapis.com/contacts/v4/labels', {
      method: 'POST',
      headers: { authorization: API_KEY, 'wix-site-id': SITE },
      body: JSON.stringify({ displayName }),
      ...(signal && { signal }),
    });
  return { clock, wix, ask };
}

test('a call reaches Wix half way, and is recorded as it arrived, with what became of it', async () => {
  const { clock, wix, ask } = openWix();
  const took = await clock.run(async () => {
    for (const name of ['a', 'b', 'c']) await ask(name);
    return clock.now() - START;
  });
  expect(wix.arrivals).toMatchObject(
    [200, 200, 429].map((status) => ({
      operation: 'findOrCreateLabel',
      site: SITE,
      path: '/contacts/v4/labels',
      process: 7,
      status,
    })),
  );
  const [first, , last] = wix.arrivals.map(({ at }) => at - START);
  expect(first).toBeGreaterThanOrEqual(30);
  expect(first).toBeLessThan(125);
  expect(took).toBeGreaterThanOrEqual(180);
  expect(took).toBeLessThan(750);
  expect(took - (last ?? 0)).toBeGreaterThanOrEqual(30);
});

test('the same seed gives the same latencies, another one others', async () => {
  const took = async (seed: number): Promise<number> => {
    const { clock, ask } = openWix(seed);
    await clock.run(() => ask('a'));
    return clock.now();
  };
  const [first, again, other] = [await took(1), await took(1), await took(2)];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test('intercept comes between the door and Wix', async () => {
  const { clock, wix, ask } = openWix();
  wix.intercept = async (_arrival, operate) => {
    await clock.sleep(5_000);
    await operate();
    return { status: 503, headers: {}, body: '' };
  };
  const { status } = await clock.run(() => ask('a'));
  expect(status).toBe(503);
  expect(clock.now() - START).toBeGreaterThan(5_000);
  expect(wix.simulator.labels().map(({ displayName }) => displayName)).toContain('a');
});

test('who gives up does not stop what is under way', async () => {
  const { clock, wix, ask } = openWix();
  const outcome = await clock.run(async () => {
    const answer = ask('a', clock.timeoutSignal(10)).catch((error: Error) => error.name);
    await clock.sleep(1_000);
    return answer;
  });
  expect(outcome).toBe('TimeoutError');
  expect(wix.arrivals).toMatchObject([{ status: 200 }]);
});

test('the largest window counts what comes within less than 60 s', () => {
  const at = (...seconds: number[]): Arrival[] =>
    seconds.map((second) => ({
      at: second * 1_000,
      operation: 'labelContact',
      site: SITE,
      path: '',
      process: 1,
      status: 200,
    }));
  expect(largestWindow([])).toBe(0);
  expect(largestWindow(at(0, 60))).toBe(1);
  expect(largestWindow(at(0, 59.999))).toBe(2);
  expect(largestWindow(at(0, 30, 61, 62, 90, 122))).toBe(3);
});
