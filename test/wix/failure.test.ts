import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readEnvelope } from '../../lib/wix/calls/failure.ts';
import { retryAfterMs } from '../../lib/wix/calls/retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Sat, 21 Nov 2026 12:01:40 GMT', 100_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-21T12:01:40Z', undefined],
    ['Sat, 99 Nov 2026 12:01:40 GMT', undefined],
    ['9999999999', 9_999_999_999_000],
  ])('"%s": %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  test('no header, no wait; no text throws', () => {
    expect(retryAfterMs(null, now)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = retryAfterMs(text, now);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});

describe("Wix's error envelope", () => {
  test.each([
    ['', { envelope: false }],
    ['<html>', { envelope: false }],
    ['{}', { envelope: false }],
    ['[]', { envelope: false }],
    ['{"message":"Forbidden"}', { envelope: false }],
    ['{"code":5,"message":"Not Found","details":[]}', { envelope: false }],
    ['{"message":"not found","details":"no such route"}', { envelope: false }],
    ['{"message":"not found","details":{"path":"/contacts"}}', { envelope: false }],
    ['{"details":{}}', { envelope: false }],
    ['{"details":{"applicationError":"X"}}', { envelope: false }],
    ['{"message":"","details":{}}', { envelope: false }],
    ['{"message":"Not Found","details":{}}', { envelope: false }],
    ['{"message":"m","details":{"applicationError":null}}', { envelope: false }],
    ['{"message":"m","details":{"validationError":[]}}', { envelope: false }],
    ['{"message":"m","details":{"validationError":{}}}', { envelope: true }],
    ['{"details":{"applicationError":{"code":""}}}', { envelope: true }],
    ['{"details":{"applicationError":{"code":{}}}}', { envelope: true }],
    [
      '{"message":[],"details":{"applicationError":{"code":"X","data":[1]},"validationError":""}}',
      { envelope: true, code: 'X' },
    ],
    ['{"details":{"applicationError":{"code":"X","data":null}}}', { envelope: true, code: 'X' }],
    ['{"details":{"applicationError":{"code":7}}}', { envelope: true, code: '7' }],
    [
      '{"message":"m","details":{"applicationError":{"code":"X","description":"d","data":{"a":"1"}}}}',
      { envelope: true, code: 'X', data: { a: '1' } },
    ],
    [
      '{"details":{"validationError":{"fieldViolations":[{"field":"labelKeys","description":"d"},{}]}}}',
      { envelope: true, fields: ['labelKeys', '?'] },
    ],
  ])('%s', (text, read) => {
    expect(readEnvelope(text)).toEqual(read);
  });

  test('no text throws', () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(anything, (text) => {
        expect(typeof readEnvelope(text).envelope).toBe('boolean');
      }),
    );
  });
});
