import { expect, test } from '@jest/globals';
import { timeLike } from '../../samples/described/time-like.ts';
import { addressOf } from '../../samples/samples.ts';

const NOW = Date.UTC(2027, 2, 1, 23, 30, 15, 250);

test.each([
  ['1782912000', '1803943815'],
  ['1782912000.5', '1803943815.3'],
  ['1782912000123', '1803943815250'],
  ['2026-07-05T14:22:31Z', '2027-03-01T23:30:15Z'],
  ['2026-07-05T14:22:31.123456Z', '2027-03-01T23:30:15.250000Z'],
  ['2026-07-05T14:22:31+02:00', '2027-03-02T01:30:15+02:00'],
  ['2026-07-05T14:22:31-0500', '2027-03-01T18:30:15-0500'],
  ['2026-07-05 14:22', '2027-03-01 23:30'],
  ['2026-07-05', '2027-03-01'],
  ['Sun, 05 Jul 2026 14:22:31 GMT', undefined],
  ['1,782,912,000', undefined],
])('now as %s', (written, now) => {
  expect(timeLike(written, NOW)).toBe(now);
});

test('an address takes the secret and the query, encoded', () => {
  const address = addressOf('https://shop.example.com/webhooks/acme?site=1', {
    secret: 'a/b c',
    query: { secret: 'x&y' },
  });

  expect(address).toBe('https://shop.example.com/webhooks/acme/a%2Fb%20c?site=1&secret=x%26y');
});
