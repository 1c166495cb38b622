import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Target } from '../../../cli/kit/target.ts';
import { startControl } from '../../../engine/control.ts';
import type { Loopback } from '../../../simulators/loopback.ts';
import { createMovableClock } from '../../../simulators/movable-clock.ts';
import { earmarkHere } from '../../support/earmark.ts';
import { somePresets } from '../../support/presets.ts';

const presets = somePresets();
let control: Loopback;
beforeAll(async () => {
  control = await startControl({
    clock: createMovableClock(),
    scheduler: { runAll: async () => {} },
    presets,
    jobs: () => ({ left: 0 }),
  });
});
afterAll(() => control.close());
beforeEach(async () => {
  for (const { name } of presets.list().filter(({ isOn }) => isOn)) await presets.set(name, false);
});

const run = (args: readonly string[], over: Partial<Target> = {}) => {
  const target = { name: 'an engine', controlUrl: control.url, close: () => {}, ...over };
  return earmarkHere(['simulate', ...args], { openTarget: async () => target as Target });
};
const on = () => presets.list().flatMap(({ name, isOn }) => (isOn ? [name] : []));

test('without a name the presets are listed, with those that are on', async () => {
  await presets.set('slow', true);

  const { code, out } = await run([]);
  const json = await run(['--json']);

  expect(code).toBe(0);
  expect(out).toMatch(/^slow +on +Wix takes 4 s for each call$/m);
  expect(out).toMatch(/^down {2,}Wix answers every call with 503$/m);
  expect(out).toMatch(/^merged +once +Somebody merges/m);
  expect(JSON.parse(json.out)).toEqual({ presets: presets.list() });
});

test('a preset is switched on, and it is said what one sees of it, where, and how it ends', async () => {
  const { code, out } = await run(['full']);

  expect({ code, on: on() }).toEqual({ code: 0, on: ['full'] });
  expect(out).toMatch(/^full is on: The site has no room for another label\.\n/);
  expect(out).toContain('\n  ./earmark dead-letters list\n');
  expect(out).toContain('\n  ./earmark simulate off full\n');
  expect(out).toMatch(/docs\/operations\.md, "Label quota full"\n$/);
});

test('what is done at once is done, and is never on', async () => {
  const { code, out } = await run(['label-deleted']);

  expect({ code, on: on() }).toEqual({ code: 0, on: [] });
  expect(out).toMatch(/^Done: Somebody deletes every label of the site\.\n/);
  expect(out).not.toContain('simulate off');
});

test('off ends one, or all', async () => {
  for (const name of ['down', 'slow', 'full'] as const) await presets.set(name, true);

  const one = await run(['off', 'slow']);
  const left = on();
  const json = await run(['off', '--json']);
  const none = [(await run(['off'])).out, (await run(['off', 'down'])).out];

  expect([one.out, left]).toEqual(['Off: slow.\n', ['down', 'full']]);
  expect([JSON.parse(json.out), on()]).toEqual([{ presets: presets.list() }, []]);
  expect(none).toEqual(['Nothing was on.\n', 'down was not on.\n']);
});

test('where there is nobody to merge, that is said', async () => {
  const { code, err } = await run(['merged']);

  expect({ code, err }).toEqual({ code: 1, err: 'There is no contact to merge.\n' });
});

test.each([
  [['ful'], {}, /^There is no preset "ful"\. Did you mean `full`\? There are down, /],
  [['off', 'ful'], {}, /^There is no preset "ful"\./],
  [['full', 'down'], {}, /^One at a time: \.\/earmark simulate full$/m],
  [['full', '--stage', 'prod'], {}, /only on the local engine,\nand not on stage prod/],
  [['full'], { controlUrl: undefined }, /^This engine labels a real site/],
])('%j is a wrong command line, and switches nothing', async (args, over, words) => {
  const { code, err } = await run(args, over as Partial<Target>);

  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(words) });
  expect(on()).toEqual([]);
});

test('an engine that does not answer cannot be reached', async () => {
  const { code, err } = await run(['full'], { controlUrl: 'http://127.0.0.1:1' });

  expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('does not answer') });
});
