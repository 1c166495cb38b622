import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SAMPLE_BUYERS, sampleDelivery } from '../../samples/samples.ts';
import type { LogRecord } from '../support/log-watch/record.ts';
import { inspect } from '../support/log-watch/reporter.ts';

// The search that follows every run of the tests (docs/architecture.md, “What production shows”). These lines are never logged.

/** Whatever Lambda would put into the log. */
const WRITES = /\bconsole\b|\bstdout\b|\bstderr\b|\bemitWarning\b|\bwriteSync\b|\bdebuglog\b/;
const FILE = `${process.cwd()}/test/a.test.ts`;
const recordOf = (fields: object): LogRecord => ({ file: FILE, line: JSON.stringify(fields) });
const problemsOf = (fields: object, ...secrets: string[]): string =>
  inspect(
    [recordOf(fields), ...secrets.map((secret) => ({ file: FILE, secret }))],
    1,
  ).problems.join('\n');
const sample = sampleDelivery('shopify', { secret: 'of-a-test', now: 0 });

describe('a logged line', () => {
  test.each<[string, string]>([
    ['an e-mail address', 'sent to ada@example.com'],
    ['an e-mail address', '/contacts?email=ada%40example.com'],
    ['an e-mail address', '/contacts?email=ada%252540example.com'],
    ['an e-mail address', 'to "ada"@example.com'],
    ['an e-mail address', 'ada＠example.com'],
    ['an e-mail address', 'ada&#64;example.com'],
    ['an e-mail address', 'cut off at ada@'],
    ['a phone number', 'call +1 555 0001'],
    ['a phone number', SAMPLE_BUYERS.stripe.phone.replace('+', '')],
    ['a name', `no contact for ${SAMPLE_BUYERS.wix.firstName}`],
    ['a name', 'Melo, Inês'],
    ['a credential', 'authorization: Bearer abc'],
    ['a credential', 'IST.eyJraWQi'],
    ['a credential', 'whsec_c2VjcmV0'],
    ['a JSON Web Token', 'eyJhbGciOiJSUzI1NiJ9.eyJkYXRhIjoiIn0.c2lnbmF0dXJl'],
    ['a key in PEM', '-----BEGIN PRIVATE KEY-----'],
    ['a body', '{"id":1}'],
    ['a body', Buffer.from(sample.body.repeat(3)).toString('base64')],
  ])('that holds %s is reported, with its file: %s', (what, detail) => {
    expect(problemsOf({ message: 'job', detail })).toContain(`test/a.test.ts: ${what}, `);
  });

  test('that holds a secret which a test made up', () => {
    const secret = 'hush\n"hush"';

    expect(problemsOf({ reason: `not ${secret}` })).toBe('');
    expect(problemsOf({ reason: `not ${secret}` }, secret)).toContain('a secret');
  });

  test('as the functions write them is fine', () => {
    const line = {
      time: '2026-11-22T05:34:40.496+00:00',
      message: 'job',
      jobId: '1'.repeat(64),
      eventId: '5600000000010',
      source: 'shopify',
      topic: 'orders/paid',
      added: ['Customer', 'Bought Lamp'],
      reason: 'no configured secret is usable: give whsec_ and base64, or whpk_ and the base64',
      at: ['createHandler (file:///srv/functions/label.ts:41:20)'],
    };

    expect(problemsOf(line)).toBe('');
  });
});

test('the code of the functions writes through the log alone: what went past it would not be searched', async () => {
  const root = join(import.meta.dirname, '../..');
  const files = (
    await Promise.all(
      ['lib', 'functions'].map(async (room) =>
        (await readdir(join(root, room), { recursive: true })).map((name) => join(room, name)),
      ),
    )
  )
    .flat()
    .filter((name) => name.endsWith('.ts'));
  const writers = await Promise.all(
    files.map(async (name) =>
      WRITES.test(await readFile(join(root, name), 'utf8')) ? [name] : [],
    ),
  );

  expect(files.length).toBeGreaterThan(60);
  expect(writers.flat()).toEqual(['lib/runtime/log.ts']);
});

describe('a run of the whole suite', () => {
  const lines = (count: number): LogRecord[] =>
    Array.from({ length: count }, (_, n) => ({
      ...recordOf({ message: ['delivery', 'job', 'metrics', 'breaker', 'throttled'][n % 5] }),
      file: `/test/${n % 50}.test.ts`,
    }));

  test('that records much of all kinds is fine', () => {
    expect(inspect(lines(10_000), 150).problems).toEqual([]);
  });

  test('is reported when next to nothing was recorded; a part of the suite may log nothing', () => {
    expect(inspect(lines(10), 150).problems).toHaveLength(1);
    expect(inspect([], 150).problems).toHaveLength(6);
    expect(inspect([], 20).problems).toEqual([]);
  });
});
