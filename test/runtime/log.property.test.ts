import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorFields, log, setLogSink, withLogFields } from '../../lib/runtime/log.ts';

// What is written here goes to no search but this file's.
let written = '';
setLogSink((line) => {
  written += line;
});
beforeEach(() => {
  written = '';
});

/** Texts with much of what takes JSON, quotes and masks apart. */
const ODD = [
  '"',
  '\\',
  '\n',
  ' ',
  '@',
  '%',
  '%40',
  '%25',
  '&#64;',
  '\u2028',
  '\ud83d',
  '＠',
  'a',
  '.',
  '{',
  ':',
  '\ufeff',
  '[e-mail]',
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...ODD), maxLength: 40 }),
  fc.stringMatching(/^[\w"\\@ ]{0,90}$/),
);
const inQuotes = fc
  .string({ unit: fc.constantFrom(' ', 'x', '\\"', '\\\\', '\u00e9', '.'), maxLength: 12 })
  .map((text) => `"zoe7x${text}"`);
const address = fc
  .tuple(
    fc.oneof(inQuotes, fc.constantFrom('zoe7x', `zoe7x${'y'.repeat(80)}`, 'zoe7x+"z"', "zoe7x'")),
    fc.constantFrom('@', '%40', '%2540', '%252540', '＠', '&#64;', '@@', '@a@'),
    fc.constantFrom(
      'victim7.example',
      `victim7.${'z'.repeat(300)}`,
      'VICTIM7.EXAMPLE',
      '[victim7]',
    ),
  )
  .map((parts) => parts.join(''));
const withAddress = fc.tuple(anyText, address, anyText).map((parts) => parts.join(''));

/** Every text of what JSON gave, keys too. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!(value instanceof Object)) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsOf(one)]);
}

/** Not by the mask's own means: the parts of the address that was put in, and no @ that follows on a visible character. */
function expectClean(): void {
  expect(written).toMatch(/^[^\n]*\n$/);
  const texts = textsOf(JSON.parse(written));
  for (const text of [written, ...texts]) {
    expect(text.toLowerCase()).not.toContain('zoe7x');
    expect(text.toLowerCase()).not.toContain('victim7');
    expect(text).not.toMatch(/[^\s"@]@|%(25)*40/);
  }
}

test('any texts anywhere: one line of JSON, and no address in it', () => {
  fc.assert(
    fc.property(
      withAddress,
      fc.oneof(withAddress, anyText),
      fc.jsonValue({ stringUnit: 'binary' }),
      (one, other, json) => {
        written = '';
        const error = Object.assign(new Error(one), { name: other });
        withLogFields({ [one]: other, source: one }, () =>
          log.warn('delivery', {
            eventId: other,
            add: [one, [other]],
            nested: { [other]: { [one]: json } },
            json,
            ...errorFields(error),
          }),
        );
        expectClean();
      },
    ),
    { numRuns: 1_000 },
  );
});

test('any value at all: one line of JSON, and its numbers and words as they were', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      anyText,
      (value, text) => {
        written = '';
        log.info('job', { value, topic: text, attempt: 7 });
        expect(written).toMatch(/^[^\n]*\n$/);
        expect(JSON.parse(written)).toMatchObject({ level: 'info', message: 'job', attempt: 7 });
      },
    ),
  );
});
