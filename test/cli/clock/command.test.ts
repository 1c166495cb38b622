import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Target } from '../../../cli/kit/target.ts';
import { startControl } from '../../../engine/control.ts';
import type { Loopback } from '../../../simulators/loopback.ts';
import { createMovableClock } from '../../../simulators/movable-clock.ts';
import { earmarkHere } from '../../support/earmark.ts';
import { somePresets } from '../../support/presets.ts';

const DAY = 86_400_000;

/** An engine without standing labels: its clock alone. */
const clock = createMovableClock();
/** When the one job comes back that was put off, and the times at which somebody asked for it. */
let backAt: number | undefined;
const asked: number[] = [];
function jobs() {
  asked.push(clock.now());
  return backAt !== undefined && clock.now() < backAt ? { left: 0, nextAt: backAt } : { left: 0 };
}
let control: Loopback;
beforeAll(async () => {
  control = await startControl({
    clock,
    scheduler: { runAll: async () => {} },
    presets: somePresets(),
    jobs,
  });
});
afterAll(() => control.close());

const run = (args: readonly string[], over: Partial<Target> = {}) => {
  const target = { name: 'an engine', controlUrl: control.url, close: () => {}, ...over };
  return earmarkHere(['clock', ...args], { openTarget: async () => target as Target });
};

test('on the way it stops where a job comes back', async () => {
  const to = clock.now() + 3 * 3_600_000;
  backAt = clock.now() + 3_600_000;

  const { code } = await run(['+3h']);

  const stops = asked.filter((time) => time >= (backAt ?? 0) && time < (backAt ?? 0) + 60_000);
  expect({ code, isThere: clock.now() >= to - 1_000 }).toEqual({ code: 0, isThere: true });
  expect(stops.length).toBeGreaterThan(0);
});

test('time is moved on, and said', async () => {
  const before = clock.now();

  const { code, out } = await run(['+30d']);

  const [, said = ''] = /^It is (\S+Z) for the engine\.\n$/.exec(out) ?? [];
  expect(code).toBe(0);
  expect(Date.parse(said)).toBeGreaterThan(before + 30 * DAY - 1_000);
  expect(Date.parse(said)).toBeLessThanOrEqual(clock.now());
});

test.each([
  [['-1d'], {}, /^-1d would go back, and time only goes forward: \+1d is later\.\n/],
  [['-0.5h'], {}, /^-0.5h would go back/],
  [['--days'], {}, /^error: unknown option '--days'\n/],
  [['-d'], {}, /^error: unknown option '-d'\n/],
  [['tomorrow'], {}, /^"tomorrow" is no time:\n/],
  [['--stage', 'prod'], {}, /^The time of stage prod is that of AWS/],
  [['+1d'], { controlUrl: undefined as never }, /^This engine labels a real site/],
] as const)('clock %j is refused, in lines of 80 columns', async (args, over, why) => {
  const before = clock.aheadMs();

  const { code, err } = await run(args, over);

  expect(code).toBe(2);
  expect(err).toMatch(why);
  expect(Math.max(...err.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(clock.aheadMs()).toBe(before);
});
