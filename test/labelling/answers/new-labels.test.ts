import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type AnswerStage,
  byId,
  DAY,
  envelope,
  FIRST_DELAY,
  HOUR,
  MINUTE,
  openAnswers,
} from '../../support/answers.ts';

// A label that Label Contact does not know yet, and one that it knows no more.

/** The stage of the test that runs. */
let stage: AnswerStage;
afterEach(() => stage.close());

const id = (letter: string): string => letter.repeat(64);

describe('a label that was made moments ago and is not known to Label Contact yet is waited for', () => {
  test.each([
    ['404', 'error-404'],
    ['400', 'error-400'],
    ['409', 'error-409'],
    ['422', 'error-422'],
    ['428', 'error-428'],
    ['200 without it', 'ignored'],
  ] as const)('%s', async (_name, unknownLabelKey) => {
    stage = await openAnswers({ unknownLabelKey, labelLagMs: 3 * MINUTE });
    const { ada } = stage;
    expect(await stage.processJob(byId(ada))).toBe(true);
    // One call a try: the key is not asked for again while it is new.
    expect(stage.calls()).toHaveLength(2);
    expect(stage.logged('job')).toMatchObject([{ outcome: 'retry', delaySeconds: FIRST_DELAY }]);
    const tries = await stage.toTheEnd();
    expect(stage.wix.labelNamesOf(ada)).toEqual(['Customer']);
    expect(await stage.deadLetters()).toEqual([]);
    expect(stage.calls().length).toBeLessThanOrEqual(2 + tries + 2);
  });

  test('twenty first buyers of twenty new products', async () => {
    const unlimited = { requestsPerMinute: Number.POSITIVE_INFINITY };
    stage = await openAnswers({ unknownLabelKey: 'error-400', labelLagMs: 3_000, ...unlimited });
    const buyers = Array.from({ length: 20 }, (_, n) =>
      stage.wix.addContact({ email: `${n}@example.com` }),
    );
    for (const [n, buyer] of buyers.entries()) {
      await stage.send(byId(buyer, { add: [`Bought ${n}`] }));
    }
    for (let rounds = 0; rounds < 60; rounds += 1) await stage.again(5_000);
    expect(buyers.map((buyer) => stage.wix.labelNamesOf(buyer))).toEqual(
      buyers.map((_, n) => [`Bought ${n}`]),
    );
    expect(await stage.deadLetters()).toEqual([]);
  });

  test('beside a label that is known: both are put in the end', async () => {
    stage = await openAnswers({ labelLagMs: MINUTE });
    const { ada } = stage;
    await stage.processJob(byId(ada));
    await stage.toTheEnd();
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    expect(await stage.processJob(byId(bob, { add: ['Customer', 'New'], id: id('b') }))).toBe(true);
    await stage.toTheEnd();
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer', 'New']);
  });

  test('it ends where every try is in a process that knows nothing', async () => {
    stage = await openAnswers();
    const { ada } = stage;
    const times = Number.POSITIVE_INFINITY;
    stage.wix.fault({ operation: 'labelContact', status: 422, body: envelope('ODD'), times });
    const began = stage.now();
    await stage.processJob(byId(ada));
    for (let kept = true; kept; ) {
      stage.restart();
      kept = (await stage.again((stage.delays.at(-1) ?? 0) * 1000)).includes(true);
    }
    expect(stage.now() - began).toBeGreaterThan(DAY);
    expect(stage.now() - began).toBeLessThan(DAY + HOUR);
    expect(await stage.deadLetters()).toMatchObject([
      { attributes: { reason: 'unexpected-response', httpStatus: '422', wixCode: 'ODD' } },
    ]);
  });
});

describe('a remembered key that is refused permanently is forgotten, and found again once', () => {
  /** A label that the worker knows, and that a person deleted and made anew, as another one. */
  async function stale(
    unknownLabelKey: 'error-404' | 'error-400' | 'error-409' | 'error-422' | 'error-428',
  ) {
    stage = await openAnswers({ unknownLabelKey });
    const { ada } = stage;
    await stage.processJob(byId(ada, { add: ['Customer', 'VIP'] }));
    const remade = stage.wix.labels().find(({ displayName }) => displayName === 'Customer');
    stage.wix.deleteLabel(remade?.key ?? '');
    const key = stage.wix.addLabel('Customer');
    stage.wix.clearCalls();
    return { ada, key };
  }
  const ANSWERS = ['error-404', 'error-400', 'error-409', 'error-422', 'error-428'] as const;

  test.each(ANSWERS)('to put it, and with it the others of the call: %s', async (answer) => {
    await stale(answer);
    const bob = stage.wix.addContact({ email: 'bob@example.com' });
    expect(await stage.processJob(byId(bob, { add: ['VIP', 'Customer'], id: id('b') }))).toBe(
      false,
    );
    expect(stage.wix.labelNamesOf(bob)).toEqual(['Customer', 'VIP']);
    // And so for every further job.
    const carl = stage.wix.addContact({ email: 'carl@example.com' });
    stage.wix.clearCalls();
    expect(await stage.processJob(byId(carl, { id: id('c') }))).toBe(false);
    expect(stage.calls()).toEqual(['labelContact 200']);
  });

  test.each(ANSWERS)('to take it: it is looked up, and nothing is made: %s', async (answer) => {
    const { ada, key } = await stale(answer);
    const other = stage.wix.contact(ada)?.info.labelKeys.items ?? [];
    expect(other).not.toContain(key);
    expect(await stage.processJob(byId(ada, { add: [], remove: ['Customer'], id: id('b') }))).toBe(
      false,
    );
    expect(stage.calls().at(-1)).toBe('unlabelContact 200');
    expect(stage.calls()).toContain('queryLabels 200');
    expect(stage.calls()).not.toContain('findOrCreateLabel 200');
  });

  test('a label that is gone for good is taken off nobody: done', async () => {
    stage = await openAnswers({ unknownLabelKey: 'error-428' });
    const { ada } = stage;
    await stage.processJob(byId(ada));
    stage.wix.deleteLabel(stage.wix.contact(ada)?.info.labelKeys.items[0] ?? '');
    expect(await stage.processJob(byId(ada, { add: [], remove: ['Customer'], id: id('b') }))).toBe(
      false,
    );
    expect(stage.calls().slice(-2)).toEqual(['unlabelContact 428', 'queryLabels 200']);
    expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'done', inPlace: ['Customer'] });
    expect(await stage.deadLetters()).toEqual([]);
  });
});
