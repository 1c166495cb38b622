import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { delaySeconds, isSpent, type RetryReason } from '../../lib/labelling/retry.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 10 ** 12;

/** A job first tried so long ago, sent and received when it was not said otherwise. */
const tries = (
  age: number,
  { event = age, sent = age }: { event?: number; sent?: number } = {},
) => ({
  now: NOW,
  firstTriedAt: NOW - age,
  receivedAt: NOW - event,
  sentAt: NOW - sent,
  receives: 99,
});
/** Seen to fail so often, for so long. */
const seen = (count: number, since = 0) => ({ count, since: NOW - since });

describe('the next try', () => {
  const REASONS: RetryReason[] = [
    'contact-not-found',
    'credentials',
    'members-unreadable',
    'transient',
    'exception',
  ];

  test.each([
    [0, 0, 3],
    [0, 0.999, 5],
    [5_000, 0, 3],
    [10_000, 0, 5],
    [10_000, 0.999, 10],
    [15 * MINUTE, 0, 450],
    [HOUR, 0, 450],
    [HOUR, 0.999, 900],
  ])('after %i ms with chance %d: %i s', (age, random, seconds) => {
    for (const reason of REASONS) expect(delaySeconds(reason, tries(age), random)).toBe(seconds);
  });

  test('is never sooner than was asked for, however the dice fall, and not much later', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...REASONS),
        fc.nat({ max: 4 * DAY }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.nat({ max: HOUR }),
        (reason, age, random, atLeast) => {
          const ms = delaySeconds(reason, tries(age), random, atLeast) * 1000;
          expect(ms).toBeGreaterThanOrEqual(atLeast);
          expect(ms).toBeLessThanOrEqual(Math.max(15 * MINUTE, 1.1 * atLeast) + 1000);
        },
      ),
    );
  });

  test('is at once where the invocation had no time left, and then the more rarely the older it is', () => {
    expect(delaySeconds('deadline', tries(0), 0.5)).toBe(0);
    expect(delaySeconds('deadline', tries(50 * MINUTE), 0.5)).toBe(60);
    // However short the invocations are, in 13 days it is not received as often as SQS lets it be.
    let receives = 0;
    for (let age = 1_000; age < 13 * DAY; receives += 1) {
      age += Math.max(1_000, delaySeconds('deadline', tries(age), 0.5) * 1000);
    }
    expect(receives).toBeLessThan(900);
  });

  test.each([
    ['rate-limited', 30_001, 0.5, 31],
    ['rate-limited', 30_000, 0.999, 30],
    ['circuit-open', 30_000, 0, 30],
    ['circuit-open', 30_000, 0.5, 32],
    ['throttled', 60_000, 0.5, 60],
  ] as const)(
    'of one that was held (%s) is when the hold ends: %i ms, chance %d, %i s',
    (reason, ms, random, seconds) => {
      expect(delaySeconds(reason, tries(0), random, ms)).toBe(seconds);
      expect(delaySeconds(reason, tries(20 * MINUTE), random, ms)).toBe(seconds);
    },
  );

  test.each([
    [50 * MINUTE, 60],
    [50 * MINUTE + 1, 61],
    [50 * HOUR, 3_600],
    [12 * DAY, 3_600],
  ])(
    'of one that is held for long is after a fiftieth of its age, an hour at most: %i ms, %i s',
    (age, seconds) => {
      for (const reason of ['rate-limited', 'circuit-open', 'throttled'] as const) {
        expect(delaySeconds(reason, tries(age), 0, SECOND)).toBe(seconds);
        expect(delaySeconds(reason, tries(age), 0, 2 * HOUR)).toBe(7_200);
      }
    },
  );
});

describe('a job is spent', () => {
  test.each([
    ['contact-not-found', tries(2 * HOUR), seen(3, 10 * MINUTE), true],
    ['contact-not-found', tries(2 * HOUR), seen(9, 10 * MINUTE - 1), false],
    ['contact-not-found', tries(2 * HOUR), seen(2, HOUR), false],
    ['contact-not-found', tries(2 * HOUR - 1), seen(9, HOUR), false],
    ['contact-not-found', tries(7_000, { event: 5 * HOUR }), seen(3, 7_000), false],
    ['contact-not-found', tries(10 * MINUTE, { event: 5 * HOUR }), seen(9, 10 * MINUTE), true],
    ['label-too-new', tries(5 * MINUTE - 1), seen(99, 5 * MINUTE - 1), false],
    ['label-too-new', tries(5 * MINUTE), seen(1, 5 * MINUTE), true],
    ['label-too-new', tries(23 * HOUR), seen(1), false],
    ['label-too-new', tries(DAY), seen(1), true],
    ['contact-not-found', tries(4 * DAY - 1), seen(1), false],
    ['contact-not-found', tries(4 * DAY), seen(1), true],
    ['exception', tries(5 * HOUR), seen(1), false],
    ['exception', tries(HOUR), seen(1, HOUR), true],
    ['exception', tries(9 * HOUR), seen(99, HOUR - 1), false],
    ['exception', tries(4 * DAY - 1), seen(1), false],
    ['exception', tries(4 * DAY), seen(1), true],
    ['transient', tries(3 * DAY), seen(3), true],
    ['transient', tries(3 * DAY), seen(2), false],
    ['transient', tries(3 * DAY - 1, { event: 9 * DAY }), seen(9), false],
    ['transient', tries(4 * DAY), seen(1), true],
    ['members-unreadable', tries(3 * DAY), seen(3), true],
    ['members-unreadable', tries(3 * DAY - 1), seen(3), false],
    ['bad-request', tries(MINUTE), seen(2), false],
    ['bad-request', tries(MINUTE), seen(3), true],
    ['labels-quota-reached', tries(MINUTE), seen(3), true],
    ['label-not-applied', tries(MINUTE), seen(3), true],
    ['precondition-failed', tries(MINUTE), seen(3), true],
    ['unexpected-response', tries(4 * DAY - 1), seen(1), false],
    ['unexpected-response', tries(4 * DAY), seen(1), true],
  ] as const)('%s %j, seen %j: %s', (reason, given, its, spent) => {
    expect(isSpent(reason, given, its)).toBe(spent);
  });

  test.each(['throttled', 'credentials', 'circuit-open', 'rate-limited', 'deadline'] as const)(
    'by no hold: %s',
    (reason) => {
      expect(isSpent(reason, tries(13 * DAY - 1), seen(999, 13 * DAY))).toBe(false);
    },
  );

  test('by no want of a token, until the 13th day', () => {
    expect(isSpent('transient', tries(13 * DAY - 1), seen(999), 'createToken')).toBe(false);
    expect(isSpent('transient', tries(13 * DAY, { sent: 13 * DAY }), seen(1), 'createToken')).toBe(
      true,
    );
    expect(isSpent('transient', tries(13 * DAY - 1), seen(999), 'getContact')).toBe(true);
  });

  test.each([
    'contact-not-found',
    'transient',
    'exception',
    'throttled',
    'credentials',
    'circuit-open',
    'rate-limited',
    'deadline',
  ] as const)('13 days after it was sent, whatever it is: %s', (reason) => {
    expect(isSpent(reason, tries(0, { sent: 13 * DAY }), seen(1))).toBe(true);
    expect(isSpent(reason, tries(0, { sent: 13 * DAY - 1 }), seen(1))).toBe(false);
  });
});
