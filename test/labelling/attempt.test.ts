import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAttempt } from '../../lib/labelling/attempt.ts';
import { createSiteMemories } from '../../lib/labelling/site-memory.ts';
import type { CallContext } from '../../lib/wix/calls/budget.ts';
import { type Operation, WixError } from '../../lib/wix/calls/failure.ts';
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
  const memoryOf = createSiteMemories(() => time);
  const world = {
    openSite: (context: CallContext) => {
      contexts.push(context);
      return wix.openSite(context);
    },
  };
  const attempt = createAttempt({
    openSite: (context) => world.openSite(context),
    memoryOf,
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
    isClosed: (): boolean => memoryOf(jobOf().site).breaker.waitMs(false) === 0,
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
    expect(context).toMatchObject({ patience: 'batch', probe: false });
  });

  test('is not begun while the breaker is open: one outcome says for how long', async () => {
    const stage = open();
    stage.wix.hooks.before = (operation) => {
      throw refusal(operation, 401);
    };
    await stage.try('A');
    stage.pass(10_000);
    expect(await stage.try('A', 'B')).toEqual([
      { kind: 'retry', reason: 'circuit-open', atLeastMs: 20_000 },
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
      {
        kind: 'retry',
        reason: 'circuit-open',
        atLeastMs: 30_000,
        failure: { kind: 'circuit-open' },
      },
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
    ['a job refused permanently', 400],
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
    const stage = await probeMeets(({ wix, try: attempt }) => {
      wix.calls.splice(0);
      return attempt();
    });
    expect(stage.wix.calls).toEqual([]);
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

describe('a permanent refusal', () => {
  /** What nobody can label, and the others can. */
  const refuse =
    (isMeant: (name: unknown) => boolean) =>
    (operation: Operation, name: unknown): void => {
      if (operation === 'findOrCreateLabel' && isMeant(name)) throw refusal(operation, 400);
    };
  const kindsOf = (outcomes: readonly { readonly kind: string }[]) =>
    outcomes.map(({ kind }) => kind);

  test('is believed of four jobs in a row; the fifth opens the breaker and waits', async () => {
    const stage = open();
    stage.wix.hooks.before = refuse(() => true);
    for (let n = 0; n < 4; n += 1)
      expect(kindsOf(await stage.try(`${n}`))).toEqual(['dead-letter']);
    expect(stage.isClosed()).toBe(true);
    expect(await stage.try('4')).toMatchObject([
      { kind: 'retry', reason: 'bad-request', atLeastMs: 30_000, failure: { status: 400 } },
    ]);
    expect(stage.isClosed()).toBe(false);
    expect(await stage.try('5')).toMatchObject([{ kind: 'retry', reason: 'circuit-open' }]);
  });

  test('of one job among others that are done stays one of that job', async () => {
    const stage = open();
    stage.wix.hooks.before = refuse((name) => name === 'bad');
    for (let n = 0; n < 9; n += 1) {
      expect(kindsOf(await stage.try('bad'))).toEqual(['dead-letter']);
      expect(kindsOf(await stage.try(`good ${n}`))).toEqual(['done']);
    }
    expect(stage.isClosed()).toBe(true);
  });

  test('counts for each of the jobs of one contact: the fifth and those behind it wait', async () => {
    const stage = open();
    stage.wix.hooks.before = refuse(() => true);
    const ids = [1, 2, 3, 4, 5, 6, 7].map((n) => `${n}`.repeat(64));
    const [first = jobOf(), ...others] = ids.map((id) => jobOf({ id, add: [id] }));
    const outcomes = await stage.attempt([first, ...others], () => 60_000);
    expect(kindsOf(outcomes)).toEqual([
      'dead-letter',
      'dead-letter',
      'dead-letter',
      'dead-letter',
      'retry',
    ]);
  });

  test('counts for each job that shared one call', async () => {
    const stage = open();
    for (const id of 'abcdefgh') stage.wix.addContact(id);
    stage.wix.hooks.before = refuse(() => true);
    const outcomes = await Promise.all(
      [...'abcdefgh'].map((id) =>
        stage.attempt(
          [jobOf({ id: id.repeat(64), contact: { contactId: id }, add: ['A'] })],
          () => 60_000,
        ),
      ),
    );
    expect(stage.wix.calls).toEqual(['findOrCreateLabel A']);
    expect(kindsOf(outcomes.flat()).toSorted()).toEqual([
      ...Array(4).fill('dead-letter'),
      ...Array(4).fill('retry'),
    ]);
  });

  test('is doubted too of a try that was under way when the breaker opened', async () => {
    const stage = open();
    const released = Promise.withResolvers<void>();
    stage.wix.hooks.before = async (operation, name) => {
      if (name === 'slow') await released.promise;
      throw refusal(operation, name === 'slow' ? 400 : 401);
    };
    const slow = stage.try('slow');
    await stage.attempt([jobOf({ contact: { contactId: BOB }, add: ['A'] })], () => 60_000);
    released.resolve();
    expect(await slow).toMatchObject([{ kind: 'retry', reason: 'bad-request', atLeastMs: 30_000 }]);
  });

  test('of a probe is one of its first job alone', async () => {
    const stage = open();
    stage.wix.hooks.before = refuse(() => true);
    for (let n = 0; n < 5; n += 1) await stage.try(`${n}`);
    stage.pass(30_000);
    stage.wix.calls.splice(0);
    expect(await stage.try('A', 'B', 'C')).toMatchObject([
      { kind: 'retry', reason: 'bad-request', atLeastMs: 60_000 },
    ]);
    expect(stage.wix.calls).toEqual(['findOrCreateLabel A']);
    stage.pass(60_000);
    stage.wix.hooks.before = () => {};
    expect(kindsOf(await stage.try('A', 'B', 'C'))).toEqual(['done']);
    expect(stage.isClosed()).toBe(true);
    expect(kindsOf(await stage.try('A', 'B', 'C'))).toEqual(['done', 'done', 'done']);
  });
});
