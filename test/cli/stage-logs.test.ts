import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { insightsQuery, queryLogs } from '../../cli/kit/stage-logs.ts';
import type { UnreadableLine } from '../../cli/kit/target.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../support/aws-endpoint.ts';

interface Query {
  readonly logGroupNames: readonly string[];
  readonly startTime: number;
  readonly queryString: string;
  readonly limit: number;
}
type Row = readonly { readonly field: string; readonly value: string }[];

/** CloudWatch Logs, as far as a query goes: it is started, runs for a while, and has ended. */
let queries: Query[] = [];
let states: { readonly status: string; readonly results?: readonly Row[] }[] = [];
const before = { ...process.env };
let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint(({ action, input }) => {
    if (action !== 'StartQuery') return { body: states.shift() ?? {} };
    queries.push(input as unknown as Query);
    return { body: { queryId: 'q-1' } };
  });
  Object.assign(process.env, aws.env);
});
beforeEach(() => {
  queries = [];
  states = [];
});
afterAll(() => {
  process.env = before;
  return aws.stop();
});

const row = (line: string, group = 'receive'): Row => [
  { field: '@message', value: `${line}\n` },
  { field: '@log', value: `123456789012:/aws/lambda/earmark-prod-${group}` },
  { field: '@ptr', value: 'x' },
];

test('lines of both functions come, oldest first, when the query has ended', async () => {
  // Arrange
  states = [
    { status: 'Scheduled' },
    { status: 'Running', results: [row('{"eventId":"e-1","n":2}')] },
    {
      status: 'Complete',
      results: [
        row('{"eventId":"e-1","n":2}', 'label'),
        row('{"eventId":"e-1","n":1}'),
        row('REPORT RequestId: e-1 is no line of ours'),
      ],
    },
  ];

  // Act
  const lines = await queryLogs(
    '/aws/lambda/earmark-prod',
    { anyOf: ['e-1'], since: 1_700_000_000_999 },
    { region: 'eu-west-1' },
  );

  // Assess
  expect(lines).toEqual([
    { function: 'receive', eventId: 'e-1', n: 1 },
    { function: 'label', eventId: 'e-1', n: 2 },
  ]);
  expect(queries).toEqual([
    expect.objectContaining({
      logGroupNames: ['/aws/lambda/earmark-prod-receive', '/aws/lambda/earmark-prod-label'],
      startTime: 1_700_000_000,
      queryString: 'fields @message, @log | filter (@message like "e-1") | sort @timestamp desc',
    }),
  ]);
});

test('a text with quotes and backslashes is asked for by its plain parts, and held against whole', async () => {
  const id = String.raw`a1" or 1=1 | stats count(*) \ b2`;
  const inJson = JSON.stringify(id).slice(1, -1);
  states = [
    {
      status: 'Complete',
      results: [row(JSON.stringify({ eventId: id })), row('{"eventId":"a1 or 1=1 stats b2"}')],
    },
  ];

  const lines = await queryLogs('/aws/lambda/x', { anyOf: [inJson], since: 0 }, {});

  expect(lines).toEqual([{ function: 'receive', eventId: id }]);
  expect(queries[0]?.queryString).toBe(
    'fields @message, @log | filter (@message like "a1" and @message like "or" and @message like "stats" and @message like "count") | sort @timestamp desc',
  );
});

test('no text can break out of its quotes', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
      const searchable = texts.map((one) => `id${one}`);

      const query = insightsQuery(searchable);

      const part = '@message like "[\\w.:/-]+"';
      const condition = `\\(${part}( and ${part})*\\)`;
      expect(query).toMatch(
        new RegExp(
          `^fields @message, @log \\| filter ${condition}( or ${condition})* \\| sort @timestamp desc$`,
        ),
      );
    }),
  );
});

test.each(['x', 'ab"', 'a\\'])(
  'the most events that may be asked for at once fit a query: %s',
  (text) => {
    const ids = Array.from({ length: 50 }, (_, n) => `10${n}${text.repeat(500)}`);

    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html (checked 2026-11-22)
    expect(insightsQuery(ids).length).toBeLessThan(10_000);
  },
);

test('what cannot be searched for is said', () => {
  expect(() => insightsQuery(['"'])).toThrow('cannot be searched for "');
});

test('nothing to search for asks nothing', async () => {
  expect(await queryLogs('/aws/lambda/x', { anyOf: [], since: 0 }, {})).toEqual([]);
  expect(queries).toEqual([]);
});

test('a search that is stopped ends', async () => {
  const stop = new AbortController();
  states = Array.from({ length: 1000 }, () => ({ status: 'Running' }));

  const lines = queryLogs('/aws/lambda/x', { anyOf: ['e-1'], since: 0, signal: stop.signal }, {});
  stop.abort();

  await expect(lines).rejects.toMatchObject({ name: 'AbortError' });
});

test('a query that fails is said', async () => {
  states = [{ status: 'Timeout' }];

  const lines = queryLogs('/aws/lambda/x', { anyOf: ['e-1'], since: 0 }, {});

  await expect(lines).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('Timeout'),
  });
});

test('a line that matches and cannot be read is reported, but for what Lambda itself writes', async () => {
  const broken = '{"time":"2026-11-28T01:00:00.000Z","eventId":"e-1 "x"';
  const results = [
    row(broken, 'label'),
    row('e-1 alone'),
    row('REPORT RequestId: e-1'),
    row('{"time":"2026-11-01T01:00:00.000Z","eventId":"e-1 "of another time"'),
    row('{"eventId":"e-1"}'),
    row('{"eventId":"another" broken'),
  ];
  states = [{ status: 'Complete', results }];
  const reported: UnreadableLine[] = [];
  const since = Date.UTC(2026, 10, 20);

  const query = {
    anyOf: ['e-1'],
    since,
    onUnreadable: (line: UnreadableLine) => reported.push(line),
  };
  const lines = await queryLogs('/aws/lambda/x', query, {});

  expect(lines).toEqual([{ function: 'receive', eventId: 'e-1' }]);
  expect(reported).toEqual([
    { where: 'label at 2026-11-28T01:00:00.000Z', text: broken },
    { where: 'receive', text: 'e-1 alone' },
  ]);
});
