import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retryAfterMs } from '../../lib/wix/calls/retry-after.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const YEAR_MS = 366 * 86_400_000;

/** What a date is made of, by Intl and toISOString: nothing of it is the reader's. */
const parts = (ms: number) => {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options }).format(ms);
  const [year = '', , day = ''] = new Date(ms).toISOString().split(/[-T]/);
  return {
    year,
    day,
    month: part({ month: 'short' }),
    weekday: part({ weekday: 'short' }),
    longWeekday: part({ weekday: 'long' }),
    time: new Date(ms).toISOString().slice(11, 19),
  };
};

const FORMS: Readonly<Record<string, (ms: number) => string>> = {
  'IMF-fixdate': (ms) => {
    const { weekday, day, month, year, time } = parts(ms);
    return `${weekday}, ${day} ${month} ${year} ${time} GMT`;
  },
  'RFC 850': (ms) => {
    const { longWeekday, day, month, year, time } = parts(ms);
    return `${longWeekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
  },
  asctime: (ms) => {
    const { weekday, day, month, year, time } = parts(ms);
    return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
  },
};

/** A second within 49 years of now: what two digits of a year can name. */
const aSecond = fc
  .integer({ min: -49 * YEAR_MS, max: 49 * YEAR_MS })
  .map((offset) => Math.floor((NOW + offset) / 1000) * 1000);

describe('a date is read in each of the forms of RFC 9110', () => {
  test.each(Object.entries(FORMS))('%s', (_name, write) => {
    fc.assert(
      fc.property(aSecond, (date) => {
        expect(retryAfterMs(write(date), NOW)).toBe(Math.max(0, date - NOW));
      }),
    );
  });

  test.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT'],
    ['Sunday, 06-Nov-94 08:49:37 GMT'],
    ['Sun Nov  6 08:49:37 1994'],
  ])('%s, as the RFC has it', (date) => {
    const at = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect(retryAfterMs(date, at - 5_000)).toBe(5_000);
    expect(retryAfterMs(date, at + 5_000)).toBe(0);
  });

  test.each([
    [
      'fifty years on is in the future',
      'Saturday, 28-Nov-76 12:00:00 GMT',
      Date.UTC(2076, 10, 28, 12),
    ],
    ['a second more is in the past', 'Saturday, 28-Nov-76 12:00:01 GMT', NOW],
    ['the next century', 'Friday, 01-Jan-10 00:00:00 GMT', Date.UTC(2110, 0, 1), Date.UTC(2080, 0)],
    ['a leap second', 'Sat, 28 Nov 2026 12:00:60 GMT', NOW + 60_000],
  ])('%s', (_name, date, at, now = NOW) => {
    expect(retryAfterMs(date, now)).toBe(at - now);
  });
});

test('seconds are read in any number of digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 20 }), (seconds, zeros) => {
      const header = ` ${'0'.repeat(zeros)}${seconds} `;
      expect(retryAfterMs(header, NOW)).toBe(Number(seconds) * 1000);
    }),
  );
  expect(retryAfterMs('9'.repeat(400), NOW)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  null,
  '',
  '-1',
  '+1',
  '1.5',
  '1e3',
  'soon',
  '2026-11-28T12:00:00Z',
  'Sat, 28 Nov 2026 12:00:00',
  'Sat, 28 Nov 2026 24:00:00 GMT',
  'Sat, 28 Nov 2026 12:60:00 GMT',
  'Sat, 28 Nov 2026 12:00:61 GMT',
  'Sat, 31 Nov 2026 12:00:00 GMT',
  'Sat, 00 Nov 2026 12:00:00 GMT',
  'Sat, 28 nov 2026 12:00:00 GMT',
  'Sat, 28 Nov 2026 12:00:00 PST',
  'Thursday, 29-Feb-27 12:00:00 GMT',
])('%j is neither', (header) => {
  expect(retryAfterMs(header, NOW)).toBeUndefined();
});
