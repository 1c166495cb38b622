import { request } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { startControl } from '../../engine/control.ts';
import type { Loopback } from '../../simulators/loopback.ts';
import { createMovableClock, type MovableClock } from '../../simulators/movable-clock.ts';

const DAY = 86_400_000;

let control: Loopback;
afterEach(() => control.close());

interface Stage {
  readonly clock: MovableClock;
  readonly happened: string[];
  ask(method: string, path: string, body?: string): Promise<{ status: number; body: unknown }>;
}

async function stage(): Promise<Stage> {
  const clock = createMovableClock();
  const happened: string[] = [];
  const scheduler = { runAll: async () => void happened.push('ran') };
  control = await startControl(clock, scheduler, async () => {
    await new Promise(setImmediate);
    happened.push('made known');
  });
  const ask = async (method: string, path: string, body?: string) => {
    const init = body === undefined ? { method } : { method, body };
    const response = await fetch(`${control.url}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return { clock, happened, ask };
}

test('the clock is moved on, and made known before that is answered', async () => {
  const { clock, happened, ask } = await stage();
  const to = clock.now() + 30 * DAY;

  const moved = await ask('POST', '/clock', JSON.stringify({ to }));

  expect(happened).toEqual(['made known']);
  expect(moved).toEqual({
    status: 200,
    body: { now: expect.any(String), aheadMs: clock.aheadMs() },
  });
  expect(clock.now()).toBeGreaterThanOrEqual(to);
  expect(await ask('GET', '/clock')).toMatchObject({ body: { aheadMs: clock.aheadMs() } });
});

test('the schedules are run before that is answered', async () => {
  const { happened, ask } = await stage();

  expect(await ask('POST', '/schedules')).toMatchObject({ status: 200 });

  expect(happened).toEqual(['ran']);
});

test.each([
  ['back', (now: number) => JSON.stringify({ to: now - DAY }), 409],
  ['by a text', () => '{"to":"tomorrow"}', 400],
  ['by no JSON', () => 'tomorrow', 400],
  ['by nothing', () => '', 400],
])('a clock that is to be moved %s stays', async (_, body, status) => {
  const { clock, happened, ask } = await stage();

  const answer = await ask('POST', '/clock', body(clock.now()));

  expect(answer).toMatchObject({ status, body: { message: expect.any(String) } });
  expect(clock.aheadMs()).toBe(0);
  expect(happened).toEqual([]);
});

test('there is nothing else', async () => {
  const { ask } = await stage();

  for (const [method, path] of [
    ['GET', '/'],
    ['DELETE', '/clock'],
    ['GET', '/schedules'],
  ] as const) {
    expect(await ask(method, path)).toMatchObject({ status: 404 });
  }
});

test('what is for another host, as through a tunnel or from a page, moves nothing', async () => {
  const { clock } = await stage();
  const answered = Promise.withResolvers<number | undefined>();
  const headers = { host: 'my-shop.ngrok.app' };
  request(`${control.url}/clock`, { method: 'POST', headers }, (response) => {
    response.resume();
    answered.resolve(response.statusCode);
  }).end(JSON.stringify({ to: clock.now() + DAY }));

  expect(await answered.promise).toBe(403);
  expect(clock.aheadMs()).toBe(0);
});
