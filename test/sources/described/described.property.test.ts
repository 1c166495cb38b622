import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asVerified } from '../../../lib/sources/as-verified.ts';
import { samplePost } from '../../../lib/sources/authoring/check-samples.ts';
import { loadedSource, sourceFiles } from '../../../lib/sources/authoring/files.ts';
import type { LoadedSource } from '../../../lib/sources/authoring/load.ts';
import { readDescribed } from '../../../lib/sources/described/reader.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import { NOW } from '../fixtures.ts';

const SOURCES = [...sourceFiles().keys()].map((name) => [name, loaded(name)] as const);

function loaded(name: string): LoadedSource {
  const source = loadedSource(name);
  if (source === undefined) throw new Error(`There is no ${name}.`);
  return source;
}

function readOf({ description }: LoadedSource, body: string, headers = {}): Reading {
  return readDescribed(
    description,
    asVerified({}, { headers, body: Buffer.from(body), receivedAt: NOW }),
  );
}

const emailsOf = (reading: Reading): readonly (string | undefined)[] =>
  reading.kind === 'events'
    ? reading.events.map(({ contact }) => contact.email?.toLowerCase())
    : [];

/** Where a sample holds several addresses of the person that it is about, another of them is no other person. */
const SEVERAL_ADDRESSES: ReadonlySet<string> = new Set(['clerk', 'hubspot', 'pipedrive', 'resend']);

/** Every way to take one value out of a structure, or to put another in its place. */
function* without(value: unknown, instead?: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const i of value.keys()) {
      yield value.toSpliced(i, 1);
      for (const inner of without(value[i], instead)) yield value.with(i, inner);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      const { [key]: _, ...others } = value as Record<string, unknown>;
      yield others;
      yield { ...others, [key]: instead };
      for (const inner of without(one, instead)) yield { ...others, [key]: inner };
    }
  }
}

describe.each(SOURCES)('%s', (name, source) => {
  const samples = source.file.samples.map((sample) => ({ ...sample, post: samplePost(sample) }));

  test('names nobody else where a value of its samples is missing', () => {
    const wrong: string[] = [];
    for (const { topic, body, form, expect: expected, post } of samples) {
      const own = emailsOf(readOf(source, post.body, post.headers));
      for (const changed of without(body ?? form, null)) {
        const again = samplePost({
          topic,
          ...(form ? { form: changed as object } : { body: changed as object }),
          expect: expected,
        } as never);
        const read = emailsOf(readOf(source, again.body, { ...post.headers, ...again.headers }));
        const isOther = (email?: string): boolean =>
          email !== undefined && !own.includes(email) && !SEVERAL_ADDRESSES.has(name);
        const others = read.filter(isOther);
        if (others.length > 0) wrong.push(`${topic}: ${others[0]}`);
      }
    }
    expect([...new Set(wrong)]).toEqual([]);
  });

  test('reads any body without a throw, and no e-mail that is not in it', () => {
    const shapes = samples.map(({ body, form }) => body ?? form ?? {});
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes).chain((shape) => scrambled(shape)),
        (body) => {
          const text = JSON.stringify(body);
          for (const email of emailsOf(readOf(source, text))) {
            expect(email === undefined || text.toLowerCase().includes(email)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** The shape with any values at some of its places. */
function scrambled(value: unknown): fc.Arbitrary<unknown> {
  const any = fc.oneof(
    { weight: 3, arbitrary: fc.constant(value) },
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('x@y', 'Kim <kim@example.com>', -1, 1e308, '9'.repeat(400), [[]], { 0: {} }),
  );
  if (Array.isArray(value)) {
    return fc.oneof({ weight: 8, arbitrary: fc.tuple(...value.map(scrambled)) }, any);
  }
  if (typeof value !== 'object' || value === null) return any;
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, scrambled(one)]),
  );
  return fc.oneof({ weight: 8, arbitrary: fc.record(inner) }, any);
}
