import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { playRounds } from '../../bench/measure.ts';
import type { Exchange } from '../../bench/peers.ts';
import { measureLabel } from '../../bench/warm/label.ts';
import { measureReceive } from '../../bench/warm/receive.ts';
import { replayOf } from '../../bench/warm/replay.ts';
import { cells, rowOf } from '../../bench/warm/row.ts';

test('rounds that warm up do not count', async () => {
  const shown: string[] = [];
  const options = { warmUps: 2, rounds: 2, progress: (text: string) => shown.push(text) };

  expect(await playRounds(options, async (round) => round)).toEqual([1, 2]);
  expect(shown).toEqual(['warming up', 'warming up', 'round 1 of 2', 'round 2 of 2', '']);
});

describe('rowOf', () => {
  const rounds = [
    { ours: 3, floor: 1 },
    { ours: 5, floor: 4 },
    { ours: 2, floor: 1 },
  ];

  test('the median of the ratios counts, not the ratio of the medians', () => {
    const row = rowOf('receive', 'ratio', 2, rounds);

    expect(row).toMatchObject({ value: 2, lowest: 1.25, highest: 3, ours: 3, floor: 1 });
  });

  test.each([
    ['ratio', 2, true],
    ['ratio', 1.99, false],
    ['above the floor', 1, true],
    ['above the floor', 0.99, false],
  ] as const)('%s against a bound of %d: passed %p', (figure, bound, passed) => {
    expect(rowOf('it', figure, bound, rounds).passed).toBe(passed);
  });

  test('the report says by which figure it failed', () => {
    const row = cells(rowOf('a job', 'above the floor', 0.5, rounds));

    expect(row.slice(3)).toEqual(['1.000', '1.00 to 2.00', '0.5 ms above the floor', 'FAIL']);
  });
});

describe('replayOf', () => {
  const exchange = (url: string, answer = '{}', over: object = {}): Exchange => ({
    request: { method: 'POST', url, headers: {}, body: '{}', ...over },
    answer: { status: 200, headers: {}, body: answer },
  });
  const labelling = (id: string) => exchange(`/contacts/v4/contacts/${id}/labels`);

  test('to label a contact waits for the search that found it, and for nothing else', () => {
    const search = exchange('/contacts/v4/contacts/query', '{"contacts":[{"id":"ada"}]}');

    const calls = replayOf([labelling('bob'), search, labelling('ada')], 'http://site');

    expect(calls.map(({ after }) => after)).toEqual([undefined, undefined, 1]);
    expect(calls[2]?.url).toBe('http://site/contacts/v4/contacts/ada/labels');
  });

  test('sends what the caller chose, and leaves the rest to the client', () => {
    const headers = { authorization: 'key', 'wix-site-id': 'site', host: 'h', connection: 'close' };

    const [call] = replayOf([exchange('/x', '{}', { headers, body: '', method: 'GET' })], '');

    expect(call).toEqual({
      url: '/x',
      method: 'GET',
      headers: { authorization: 'key', 'wix-site-id': 'site' },
      body: null,
    });
  });
});

describe('a fast bundle that only answers is found out', () => {
  const options = { rounds: 1, progress: () => {} };
  const QUEUED = '{ statusCode: 200, body: \'{"status":"queued"}\' }';
  const SENDS_A_JOB = `fetch(process.env.QUEUE_URL, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({
      QueueUrl: process.env.QUEUE_URL,
      MessageBody: '{}',
      MessageGroupId: 'group',
      MessageDeduplicationId: 'one',
    }),
  })`;
  const GIVES_BACK = '{ batchItemFailures: [{ itemIdentifier: Records.at(-1).messageId }] }';
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earmark-warm-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function liar(answer: string): Promise<string> {
    const path = join(folder, `${randomUUID()}.cjs`);
    await writeFile(path, `exports.handler = async ({ Records }) => (${answer});\n`);
    return path;
  }

  test.each([
    [QUEUED, 'floor has 0 messages, 0 log lines, and should have 300 messages, 0 log lines'],
    ['{ statusCode: 500 }', 'queued nothing'],
  ])('receive: %s', async (answer, message) => {
    const bundles = { ours: await liar(answer), floor: await liar(answer) };
    await expect(measureReceive(bundles, options)).rejects.toThrow(message);
  });

  test.each([
    [GIVES_BACK, 'A contact has the labels "", not "Bought Desk Lamp, Customer, VIP".'],
    ['{ batchItemFailures: [] }', 'did not label'],
  ])('label: %s', async (answer, message) => {
    const bundles = { ours: await liar(answer), floor: await liar('0') };
    const measured = measureLabel(await liar(SENDS_A_JOB), bundles, options);
    await expect(measured).rejects.toThrow(message);
  });

  test('receive that queues no job for label', async () => {
    const bundles = { ours: await liar('{}'), floor: await liar('0') };
    const measured = measureLabel(await liar(QUEUED), bundles, options);
    await expect(measured).rejects.toThrow('queued no job');
  });
});
