import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readEnvelope } from '../../lib/wix/calls/failure.ts';

const RUNS = { numRuns: 2_000 };

/** What JSON can hold. */
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, true, 0, '', 'text', [], {}, [{}], [null], { code: 7 }),
);
const junkObject = fc.dictionary(fc.string(), junk);
/** Left out, or anything. */
const odd = fc.option(junk, { nil: undefined });
const validCode = fc.oneof(
  fc.constantFrom('CONTACT_NOT_FOUND', 'LABELS_QUOTA_REACHED', 'DUPLICATE_CONTACT_EXISTS'),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);

test('a code at its place is read, whatever else the envelope holds', () => {
  const parts = fc.record({
    code: validCode,
    message: odd,
    data: odd,
    description: odd,
    validationError: odd,
    around: junkObject,
    beside: junkObject,
    within: junkObject,
  });
  fc.assert(
    fc.property(parts, ({ code, message, data, description, validationError, ...others }) => {
      const { around, beside, within } = others;
      const applicationError = { ...within, code, data, description };
      const details = { ...beside, applicationError, validationError };
      const text = JSON.stringify({ ...around, message, details });
      expect(readEnvelope(text)).toMatchObject({ envelope: true, code });
    }),
    RUNS,
  );
});

test('fields at their place are read, whatever else the envelope holds', () => {
  const parts = fc.record({ fields: fc.array(fc.string()), message: odd, other: odd, around: odd });
  fc.assert(
    fc.property(parts, ({ fields, message, other, around }) => {
      const fieldViolations = fields.map((field) => ({ field, data: around }));
      const details = { applicationError: other, validationError: { fieldViolations, around } };
      expect(readEnvelope(JSON.stringify({ message, details }))).toMatchObject({
        envelope: true,
        fields,
      });
    }),
    RUNS,
  );
});

test('without an object for either error there is no envelope, whatever else there is', () => {
  const noObject = odd.filter((value) => typeof value !== 'object' || Array.isArray(value));
  const parts = fc.record({ message: odd, around: junkObject, beside: junkObject });
  fc.assert(
    fc.property(parts, noObject, noObject, ({ message, around, beside }, one, other) => {
      const details = { ...beside, applicationError: one, validationError: other };
      expect(readEnvelope(JSON.stringify({ ...around, message, details }))).toEqual({
        envelope: false,
      });
    }),
    RUNS,
  );
});

test('no JSON and no text throws; without details there is no envelope', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const { envelope, code, fields, data } = readEnvelope(text);
      if (!envelope) expect([code, fields, data]).toEqual([undefined, undefined, undefined]);
      if (!text.includes('"details"')) expect(envelope).toBe(false);
    }),
    RUNS,
  );
});
