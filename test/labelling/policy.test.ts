import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isForGood, isUnsent, type Meaning, meaningOf } from '../../lib/labelling/policy.ts';
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
  'queryMembers',
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
    ['passing', { operation: 'labelContact', kind: 'answer', status: 403 }],
    ['not-understood', { operation: 'labelContact', kind: 'answer' }],
    ['credentials', answer(403, { envelope: true, operation: 'queryContacts' })],
    ['members-unreadable', answer(403, { envelope: true, operation: 'getMember' })],
    ['members-unreadable', answer(403, { envelope: true, operation: 'queryMembers' })],
    ['passing', answer(403, { operation: 'getMember' })],
    ['credentials', answer(401, { operation: 'getMember' })],
    ...[400, 401, 403, 404].map((s): [Meaning, WixFailure] => [
      'credentials',
      answer(s, { operation: 'createToken' }),
    ]),
    ['passing', answer(500, { operation: 'createToken' })],
    ['precondition-failed', answer(428, { operation: 'createToken' })],
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
    ['over-budget', { operation: 'labelContact', kind: 'over-budget' }],
    ['site-paused', { operation: 'createToken', kind: 'site-paused' }],
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

const MEANINGS: Meaning[] = [
  'contact-not-found',
  'label-unknown',
  'labels-quota-reached',
  'precondition-failed',
  'bad-request',
  'credentials',
  'members-unreadable',
  'throttled',
  'passing',
  'no-time',
  'over-budget',
  'site-paused',
  'not-understood',
];

test('of the meanings three say that nothing was sent', () => {
  expect(MEANINGS.filter(isUnsent)).toEqual(['no-time', 'over-budget', 'site-paused']);
});

test('and five that to ask again is no use', () => {
  expect(MEANINGS.filter(isForGood)).toEqual([
    'label-unknown',
    'labels-quota-reached',
    'precondition-failed',
    'bad-request',
    'not-understood',
  ]);
});
