import { request } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { startControl } from '../../engine/control.ts';
import type { Loopback } from '../../simulators/loopback.ts';
import { createMovableClock, type MovableClock } from '../../simulators/movable-clock.ts';
import { somePresets } from '../support/presets.ts';

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
  const jobs = () => ({ left: 2, nextAt: 7 });
  const onMoved = async () => {
    await new Promise(setImmediate);
    happened.push('made known');
  };
  control = await startControl({ clock, scheduler, presets: somePresets(), jobs, onMoved });
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
    body: {
      now: expect.any(String),
      aheadMs: clock.aheadMs(),
      jobs: { left: 2, nextAt: 7 },
    },
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

test('a preset is switched on and off, and the answer is all of them', async () => {
  const { ask } = await stage();
  const turn = (name: string, isOn: boolean) =>
    ask('POST', '/presets', JSON.stringify({ name, isOn }));
  const down = (isOn: boolean) => ({
    status: 200,
    body: { presets: expect.arrayContaining([expect.objectContaining({ name: 'down', isOn })]) },
  });

  expect(await ask('GET', '/presets')).toEqual(down(false));
  expect(await turn('down', true)).toEqual(down(true));
  expect(await ask('GET', '/presets')).toEqual(down(true));
  expect(await turn('down', false)).toEqual(down(false));
});

test.each([
  ['one that is none', '{"name":"toString","isOn":true}', 404],
  ['one that cannot be done', '{"name":"merged","isOn":true}', 409],
  ['no switch', '{"name":"down"}', 400],
  ['no JSON', 'down', 400],
])('of presets, %s is refused with the reason', async (_, body, status) => {
  const { ask } = await stage();

  const answer = await ask('POST', '/presets', body);

  expect(answer).toEqual({ status, body: { message: expect.any(String) } });
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
