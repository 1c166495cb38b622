import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { delaySeconds, isSpent, type Meaning, meaningOf } from '../../lib/labelling/policy.ts';
import type { Operation, WixFailure } from '../../lib/wix/failure.ts';

const OPERATIONS: Operation[] = [
  'findOrCreateLabel',
  'queryLabels',
  'labelContact',
  'unlabelContact',
  'getContact',
  'queryContacts',
  'createContact',
  'getMember',
  'createToken',
];

const answer = (status: number, over: Partial<WixFailure> = {}): WixFailure => ({
  operation: 'labelContact',
  kind: 'answer',
  status,
  envelope: false,
  ...over,
});

describe('what an answer means', () => {
  const rows: [Meaning, WixFailure][] = [
    ['contact-not-found', answer(404, { code: 'CONTACT_NOT_FOUND', envelope: true })],
    ['contact-not-found', answer(404, { code: 'CONTACT_NOT_FOUND', operation: 'unlabelContact' })],
    ['label-unknown', answer(404, { code: 'NOT_FOUND', envelope: true })],
    ['label-unknown', answer(404)],
    ['not-understood', answer(404, { operation: 'findOrCreateLabel' })],
    ['not-understood', answer(404, { operation: 'getContact' })],
    ['labels-quota-reached', answer(428, { code: 'LABELS_QUOTA_REACHED' })],
    ['precondition-failed', answer(428, { code: 'FAILED_PRECONDITION' })],
    ['precondition-failed', answer(428)],
    ['bad-request', answer(400)],
    ['credentials', answer(401)],
    ['credentials', answer(403, { envelope: true })],
    ['passing', answer(403)],
    ['credentials', answer(400, { operation: 'createToken' })],
    ['credentials', answer(403, { operation: 'createToken' })],
    ['throttled', answer(429, { operation: 'createToken' })],
    ['throttled', answer(429)],
    ...[408, 409, 425, 500, 502, 503, 504, 520, 599].map((s): [Meaning, WixFailure] => [
      'passing',
      answer(s),
    ]),
    ...[301, 302, 304, 402, 405, 406, 410, 412, 413, 415, 418, 422, 451, 501].map(
      (s): [Meaning, WixFailure] => ['not-understood', answer(s)],
    ),
    ['passing', { operation: 'labelContact', kind: 'network' }],
    ['passing', { operation: 'labelContact', kind: 'timeout' }],
    ['passing', { operation: 'labelContact', kind: 'not-understood', status: 200 }],
    ['no-time', { operation: 'labelContact', kind: 'no-time' }],
  ];
  test.each(rows)('%s: %j', (meaning, failure) => {
    expect(meaningOf(failure)).toBe(meaning);
  });

  test('every answer to every operation means something, and 428 is never tried again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATIONS),
        fc.integer({ min: 100, max: 599 }),
        fc.option(fc.string(), { nil: undefined }),
        fc.boolean(),
        (operation, status, code, envelope) => {
          const failure = answer(status, { operation, envelope, ...(code && { code }) });
          const meaning = meaningOf(failure);
          expect(typeof meaning).toBe('string');
          if (status === 428)
            expect(['throttled', 'passing', 'credentials']).not.toContain(meaning);
          if (status === 429) expect(meaning).toBe('throttled');
        },
      ),
    );
  });
});

describe('retry by age', () => {
  const tries = (age: number, sinceEvent = age, count = 1, sinceSeen = age) => ({
    now: 10 ** 12,
    firstTriedAt: 10 ** 12 - age,
    receivedAt: 10 ** 12 - sinceEvent,
    sentAt: 10 ** 12 - sinceEvent,
    count: 99,
    seen: { count, since: 10 ** 12 - sinceSeen },
  });
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;

  test.each([
    [0, 0, 3],
    [0, 0.999, 5],
    [10_000, 0, 5],
    [10_000, 0.999, 10],
    [HOUR, 0, 450],
    [HOUR, 0.999, 900],
  ])('after %i ms with chance %d: %i s', (age, random, seconds) => {
    expect(delaySeconds(tries(age), random)).toBe(seconds);
  });

  test('never sooner than was asked for, however the dice fall, and not much later', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 4 * 24 * HOUR }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.nat({ max: HOUR }),
        (age, random, atLeast) => {
          const ms = delaySeconds(tries(age), random, atLeast) * 1000;
          expect(ms).toBeGreaterThanOrEqual(atLeast);
          expect(ms).toBeLessThanOrEqual(Math.max(15 * MINUTE, 1.1 * atLeast) + 1000);
        },
      ),
    );
  });

  test.each([
    ['contact-not-found', tries(2 * HOUR, 2 * HOUR, 3), true],
    ['contact-not-found', tries(2 * HOUR, 2 * HOUR, 2), false],
    ['contact-not-found', tries(2 * HOUR, 2 * HOUR - 1, 9), false],
    ['contact-not-found', tries(MINUTE, 5 * HOUR, 3), true],
    ['contact-not-found', tries(24 * HOUR - 1, 26 * HOUR, 1), false],
    ['contact-not-found', tries(24 * HOUR, 26 * HOUR, 1), true],
    ['exception', tries(5 * HOUR, 5 * HOUR, 1, 0), false],
    ['exception', tries(24 * HOUR, 24 * HOUR, 1, 0), true],
    ['exception', tries(HOUR), true],
    ['exception', tries(HOUR - 1, 9 * HOUR), false],
    ['passing', tries(72 * HOUR), true],
    ['passing', tries(72 * HOUR - 1, 99 * HOUR), false],
    ['throttled', tries(72 * HOUR), true],
    ['credentials', tries(72 * HOUR), true],
    ['site-paused', tries(72 * HOUR), true],
    ['no-time', tries(999 * HOUR), false],
  ] as const)('%s %j: spent %s', (reason, given, spent) => {
    expect(isSpent(reason, given, given.seen)).toBe(spent);
  });
});
