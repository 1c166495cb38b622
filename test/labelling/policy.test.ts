import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  classify,
  type FailureKind,
  isPermanent,
  isUnsent,
  mayBeTheKey,
} from '../../lib/wix/calls/classify.ts';
import type { Operation, WixFailure } from '../../lib/wix/calls/failure.ts';

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
  envelope: true,
  ...over,
});
/** What a gateway says. */
const foreign = (status: number, over: Partial<WixFailure> = {}): WixFailure =>
  answer(status, { envelope: false, ...over });

/** Those that say nothing of a job unless a Wix service wrote them. */
const REFUSALS = [
  400, 402, 404, 405, 406, 407, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421,
].concat([422, 423, 424, 426, 428, 431, 451, 499, 501]);
const REDIRECTS = [300, 301, 302, 303, 304, 307, 308];
const FAULTS = [408, 409, 425, 500, 502, 503, 504, 520, 599];

describe('what an answer means', () => {
  const each = (
    statuses: readonly number[],
    meaning: FailureKind,
    of: (status: number) => WixFailure,
  ) => statuses.map((status): [FailureKind, WixFailure] => [meaning, of(status)]);
  const tokenAnswer = (status: number) => foreign(status, { operation: 'createToken' });
  const rows: [FailureKind, WixFailure][] = [
    ['contact-not-found', answer(404, { code: 'CONTACT_NOT_FOUND' })],
    ['contact-not-found', answer(404, { code: 'CONTACT_NOT_FOUND', operation: 'unlabelContact' })],
    ['label-unknown', answer(404, { code: 'NOT_FOUND' })],
    ['label-unknown', answer(404)],
    ['unexpected-response', answer(404, { operation: 'findOrCreateLabel' })],
    ['unexpected-response', answer(404, { operation: 'getContact' })],
    ['labels-quota-reached', answer(428, { code: 'LABELS_QUOTA_REACHED' })],
    ['precondition-failed', answer(428, { code: 'FAILED_PRECONDITION' })],
    ['precondition-failed', answer(428)],
    ['bad-request', answer(400)],
    ['credentials', answer(401)],
    ['credentials', foreign(401)],
    ['credentials', answer(403)],
    ['transient', foreign(403)],
    ['transient', { operation: 'labelContact', kind: 'answer', status: 403 }],
    ['transient', { operation: 'labelContact', kind: 'answer' }],
    ['credentials', answer(403, { operation: 'queryContacts' })],
    ['members-unreadable', answer(403, { operation: 'getMember' })],
    ['members-unreadable', answer(403, { operation: 'queryMembers' })],
    ['transient', foreign(403, { operation: 'getMember' })],
    ['credentials', answer(401, { operation: 'getMember' })],
    ['throttled', answer(429)],
    ['throttled', foreign(429)],
    ...each(FAULTS, 'transient', answer),
    ...each(FAULTS, 'transient', foreign),
    ...each(REDIRECTS, 'transient', answer),
    ...each(REDIRECTS, 'transient', foreign),
    ...each(REFUSALS, 'transient', foreign),
    ...each(
      REFUSALS.filter((status) => ![400, 404, 428].includes(status)),
      'unexpected-response',
      answer,
    ),
    ...each([408, 425, 500, 502, 503, 504, 599], 'transient', tokenAnswer),
    ...each([...REDIRECTS, ...REFUSALS, 401, 403, 409, 501], 'credentials', tokenAnswer),
    ['credentials', answer(428, { operation: 'createToken', code: 'LABELS_QUOTA_REACHED' })],
    ['throttled', tokenAnswer(429)],
    ['credentials', { operation: 'createToken', kind: 'unexpected-response', status: 200 }],
    ['credentials', { operation: 'createToken', kind: 'unexpected-response', status: 204 }],
    ['transient', { operation: 'createToken', kind: 'network' }],
    ['transient', { operation: 'createToken', kind: 'timeout' }],
    ['transient', { operation: 'labelContact', kind: 'network' }],
    ['transient', { operation: 'labelContact', kind: 'timeout' }],
    ['transient', { operation: 'labelContact', kind: 'unexpected-response', status: 200 }],
    ['deadline', { operation: 'labelContact', kind: 'deadline' }],
    ['rate-limited', { operation: 'labelContact', kind: 'rate-limited' }],
    ['circuit-open', { operation: 'createToken', kind: 'circuit-open' }],
  ];
  test.each(rows)('%s: %j', (meaning, failure) => {
    expect(classify(failure)).toBe(meaning);
  });

  const anyAnswer = fc.record({
    operation: fc.constantFrom(...OPERATIONS),
    status: fc.integer({ min: 100, max: 599 }),
    code: fc.string({ minLength: 1 }),
    fields: fc.array(fc.string()),
  });

  test("a gateway's answer is never permanent, nor of the contact or the label", () => {
    fc.assert(
      fc.property(anyAnswer, ({ operation, status }) => {
        const meaning = classify(foreign(status, { operation }));
        expect(['transient', 'throttled', 'credentials']).toContain(meaning);
      }),
    );
  });

  test('no answer of the token endpoint is permanent, whatever it says', () => {
    fc.assert(
      fc.property(anyAnswer, fc.boolean(), ({ status, ...parts }, envelope) => {
        const refused = answer(status, { ...parts, operation: 'createToken', envelope });
        expect(['transient', 'throttled', 'credentials']).toContain(classify(refused));
      }),
    );
  });

  test("Wix's own 428 is never tried again", () => {
    fc.assert(
      fc.property(anyAnswer, ({ operation, ...parts }) => {
        fc.pre(operation !== 'createToken');
        expect(isPermanent(classify({ ...answer(428), ...parts, operation, status: 428 }))).toBe(
          true,
        );
      }),
    );
  });
});

describe('a key that Wix may not know', () => {
  test.each([
    ["Wix's 404", answer(404)],
    ["a gateway's 404", foreign(404)],
    ['400', answer(400)],
    ['428', answer(428)],
    ['409', answer(409)],
    ['410 to Unlabel', answer(410, { operation: 'unlabelContact' })],
  ])('%s', (_name, failure) => {
    expect(mayBeTheKey(failure)).toBe(true);
  });

  test.each([
    ['no such contact', answer(404, { code: 'CONTACT_NOT_FOUND' })],
    ["a gateway's 400", foreign(400)],
    ["a gateway's 409", foreign(409)],
    ['a full site', answer(428, { code: 'LABELS_QUOTA_REACHED' })],
    ['401', answer(401)],
    ['404 to another call', answer(404, { operation: 'findOrCreateLabel' })],
    ['no token', answer(404, { operation: 'createToken' })],
    ['no answer', { operation: 'labelContact', kind: 'timeout' } as const],
  ])('but not: %s', (_name, failure) => {
    expect(mayBeTheKey(failure)).toBe(false);
  });
});

const MEANINGS: FailureKind[] = [
  'contact-not-found',
  'label-unknown',
  'labels-quota-reached',
  'precondition-failed',
  'bad-request',
  'credentials',
  'members-unreadable',
  'throttled',
  'transient',
  'deadline',
  'rate-limited',
  'circuit-open',
  'unexpected-response',
];

test('of the meanings three say that nothing was sent', () => {
  expect(MEANINGS.filter(isUnsent)).toEqual(['deadline', 'rate-limited', 'circuit-open']);
});

test('and five that to ask again is no use', () => {
  expect(MEANINGS.filter(isPermanent)).toEqual([
    'label-unknown',
    'labels-quota-reached',
    'precondition-failed',
    'bad-request',
    'unexpected-response',
  ]);
});
