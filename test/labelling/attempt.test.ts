import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAttempt } from '../../lib/labelling/attempt.ts';
import { createSiteMemories } from '../../lib/labelling/site.ts';
import type { CallContext } from '../../lib/wix/budget.ts';
import { WixError } from '../../lib/wix/failure.ts';
import { createFakeWix, refusal } from '../support/fake-wix.ts';
import { ADA, BOB, jobOf } from '../support/jobs-stage.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';

let log: CapturedLog;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  jest.restoreAllMocks();
});

function open() {
  let time = 1_000_000;
  const wix = createFakeWix();
  wix.addContact(ADA);
  const contexts: CallContext[] = [];
  const memoryOf = createSiteMemories();
  const world = {
    openSite: (context: CallContext) => {
      contexts.push(context);
      return wix.openSite(context);
    },
  };
  const attempt = createAttempt({
    openSite: (context) => world.openSite(context),
    memoryOf,
    clock: () => time,
  });
  let serial = 0;
  return {
    wix,
    attempt,
    world,
    contexts,
    /** A try at a job of its own. */
    try(...names: readonly string[]) {
      serial += 1;
      const id = `${serial}`.padStart(64, '0');
      const [first = jobOf({ id }), ...others] = names.map((name) => jobOf({ id, add: [name] }));
      return attempt([first, ...others], () => 60_000);
    },
    /** Whether the breaker is closed. */
    isClosed: (): boolean => memoryOf(jobOf().site).gate.waitMs(time, false) === 0,
    pass(ms: number): void {
      time += ms;
    },
  };
}

describe('a try', () => {
  test('is made with the time that is left, on behalf of the site of its jobs', async () => {
    const stage = open();
    expect(await stage.try('A', 'B')).toMatchObject([{ kind: 'done' }, { kind: 'done' }]);
    const [context] = stage.contexts;
    expect(context?.site).toBe(jobOf().site);
    expect(context?.timeLeft()).toBe(60_000);
    expect(context?.breakerWaitMs()).toBe(0);
    expect(context?.calls).toBe(3);
  });

  test('is not begun while the breaker is open: one outcome says for how long', async () => {
    const stage = open();
    stage.wix.hooks.before = (operation) => {
      throw refusal(operation, 401);
    };
    await stage.try('A');
    stage.pass(10_000);
    expect(await stage.try('A', 'B')).toEqual([
      { kind: 'retry', reason: 'site-paused', atLeastMs: 20_000 },
    ]);
    expect(stage.contexts).toHaveLength(1);
  });

  test('that began before it opened makes no further call', async () => {
    const stage = open();
    const released = Promise.withResolvers<void>();
    const { hooks, calls } = stage.wix;
    hooks.before = (operation, id) => {
      if (id === BOB) throw refusal(operation, 401);
    };
    hooks.after = (_operation, name) => (name === 'slow' ? released.promise : undefined);
    const slow = stage.try('slow');
    await stage.attempt([jobOf({ contact: { contactId: BOB }, add: ['A'] })], () => 60_000);
    released.resolve();
    expect(await slow).toMatchObject([
      { kind: 'retry', reason: 'site-paused', atLeastMs: 30_000, failure: { kind: 'site-paused' } },
    ]);
    expect(calls.filter((call) => call.includes(ADA))).toEqual([]);
  });

  test('that is the probe goes on, though the breaker is open', async () => {
    const stage = open();
    stage.wix.hooks.before = (operation) => {
      throw refusal(operation, 401);
    };
    await stage.try('A');
    stage.wix.hooks.before = () => {};
    stage.pass(30_000);
    expect(await stage.try('A')).toMatchObject([{ kind: 'done' }]);
    expect(stage.isClosed()).toBe(true);
  });
});

describe('what a try teaches of the site', () => {
  /** Opens the breaker, waits for its probe, and lets the probe meet this. */
  async function probeMeets(meet: (stage: ReturnType<typeof open>) => Promise<unknown>) {
    const stage = open();
    await stage.try('known');
    stage.wix.hooks.before = (operation) => {
      throw refusal(operation, 401);
    };
    await stage.try('A');
    stage.wix.hooks.before = () => {};
    stage.pass(30_000);
    await meet(stage);
    return stage;
  }

  test.each([
    ['a dead job', 400],
    ['a contact that is missing', 404],
  ])('%s: it answers', async (_name, status) => {
    const stage = await probeMeets(async ({ wix, try: attempt }) => {
      wix.contacts.clear();
      wix.hooks.before = (operation) => {
        if (status === 400) throw refusal(operation, 400);
      };
      await attempt('B');
    });
    expect(stage.isClosed()).toBe(true);
  });

  test('nobody found, without any refusal: it answers', async () => {
    const stage = await probeMeets(({ attempt }) =>
      attempt([jobOf({ contact: { email: 'nobody@e.com' }, add: ['B'] })], () => 60_000),
    );
    expect(stage.isClosed()).toBe(true);
  });

  test('a job that later events left nothing of: nothing, for nothing was asked', async () => {
    const stage = await probeMeets(({ try: attempt }) => attempt());
    expect(stage.contexts.at(-1)?.calls).toBe(0);
    expect(stage.isClosed()).toBe(false);
    expect(await stage.try('B')).toMatchObject([{ kind: 'done' }]);
  });

  test('an exception: nothing, and the next one is the probe', async () => {
    const stage = await probeMeets(async ({ wix, try: attempt }) => {
      wix.hooks.before = () => {
        throw new TypeError('ada@example.com is not a function');
      };
      expect(await attempt('B')).toEqual([{ kind: 'retry', reason: 'exception' }]);
      wix.hooks.before = () => {};
    });
    expect(stage.isClosed()).toBe(false);
    expect(await stage.try('B')).toMatchObject([{ kind: 'done' }]);
    expect(stage.isClosed()).toBe(true);
    expect(log.text()).not.toContain('ada@');
  });

  test('an exception before anything was asked: nothing either', async () => {
    const stage = await probeMeets(async ({ world, try: attempt }) => {
      const { openSite } = world;
      world.openSite = () => {
        throw new TypeError('unforeseen');
      };
      expect(await attempt('B', 'C')).toEqual([{ kind: 'retry', reason: 'exception' }]);
      world.openSite = openSite;
    });
    expect(log.lines().at(-1)).toMatchObject({ message: 'exception', error: 'TypeError' });
    expect(await stage.try('B')).toMatchObject([{ kind: 'done' }]);
  });

  test('a failure: five of them, of five jobs, open the breaker', async () => {
    const stage = open();
    stage.wix.hooks.before = (operation) => {
      throw new WixError({ operation, kind: 'timeout' });
    };
    for (let n = 0; n < 4; n += 1) await stage.try('A');
    expect(stage.isClosed()).toBe(true);
    await stage.try('A');
    expect(stage.isClosed()).toBe(false);
  });
});
