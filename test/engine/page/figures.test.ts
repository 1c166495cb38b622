import { expect, test } from '@jest/globals';
import { breakerAfter } from '../../../engine/page/feed.ts';
import { createFigures } from '../../../engine/page/figures.ts';

const T0 = Date.parse('2026-11-28T10:00:00.000Z');
const NOTHING = {
  ...{ received: 0, ignored: 0, refused: 0, queued: 0, labelled: 0, retries: 0, deadLetters: 0 },
  ...{ wixCalls: 0, wixFailures: 0, waiting: 0 },
};

const line = (ms: number, fields: object) => ({
  function: 'any',
  time: new Date(T0 + ms).toISOString(),
  ...fields,
});
const delivery = (status: string, more = {}) => line(0, { message: 'delivery', status, ...more });
const job = (outcome: string, more = {}) => line(0, { message: 'job', outcome, ...more });

test.each([
  ['queued', delivery('queued'), { received: 1, queued: 1 }],
  ['duplicate', delivery('duplicate'), { received: 1 }],
  ['ignored', delivery('ignored'), { received: 1, ignored: 1 }],
  ['refused', delivery('refused'), { received: 1, refused: 1 }],
  ['unknown source', delivery('unknown-source'), { received: 1, refused: 1 }],
  ['too large', delivery('too-large'), { received: 1, refused: 1 }],
  ['kept raw', delivery('dead-letter'), { received: 1, deadLetters: 1 }],
  [
    'kept for a rule',
    delivery('queued', { failedRules: 'x' }),
    { received: 1, queued: 1, deadLetters: 1 },
  ],
  ['done', job('done', { contactId: 'c' }), { labelled: 1 }],
  ['nobody', job('done'), { ignored: 1 }],
  ['remembered, and nobody yet', job('done', { facts: 1 }), { ignored: 1 }],
  ['again', job('retry'), { retries: 1 }],
  ['given up', job('dead-letter'), { deadLetters: 1 }],
  ['another line', line(0, { message: 'breaker' }), {}],
])('%s', (_, one, counts) => {
  const figures = createFigures();
  figures.line(one);
  const sum = figures.list()[0] ?? NOTHING;
  expect(sum).toMatchObject({ ...NOTHING, ...counts });
});

test('each minute has its own, in their order, and the oldest go', () => {
  const figures = createFigures();
  figures.line(line(61_000, { message: 'delivery', status: 'ignored' }));
  figures.line(line(0, { message: 'delivery', status: 'ignored' }));
  expect(figures.list().map(({ minute }) => minute - T0)).toEqual([0, 60_000]);
  for (let minute = 2; minute < 200; minute += 1) {
    figures.line(line(minute * 60_000, { message: 'delivery', status: 'ignored' }));
  }
  expect(figures.list()).toHaveLength(120);
  expect(figures.list()[0]?.minute).toBe(T0 + 80 * 60_000);
});

test('calls that got no answer, or one that refuses, failed', () => {
  const figures = createFigures();
  for (const status of [200, 404, 428, 0, 429, 503]) figures.call({ at: T0, status });
  expect(figures.list()).toMatchObject([{ wixCalls: 6, wixFailures: 5 }]);
});

test('a queue that is empty makes no minute', () => {
  const figures = createFigures();
  figures.waiting(T0, 0);
  expect(figures.list()).toEqual([]);
  figures.waiting(T0, 4);
  figures.waiting(T0 + 1, 0);
  expect(figures.list()).toMatchObject([{ waiting: 0 }]);
});

test('the breaker opens and closes', () => {
  const about = { message: 'breaker', site: 's' };
  expect(breakerAfter(line(0, { ...about, state: 'open', reason: 'throttled' }))).toEqual({
    openUntil: T0 + 30_000,
    reason: 'the site had no requests left at Wix',
  });
  expect(breakerAfter(line(0, { ...about, state: 'closed' }))).toEqual({
    openUntil: undefined,
    reason: undefined,
  });
  expect(breakerAfter(job('retry', { reason: 'transient' }))).toBeUndefined();
});
