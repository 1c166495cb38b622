import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { warn } from '../../../cli/commands/doctor/diagnosis.ts';
import { historyChecks, judgeRuns, judgeTable } from '../../../cli/commands/doctor/history.ts';
import type { Target } from '../../../cli/kit/target.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';

const TABLE: TableDescription = {
  TableName: 'earmark-prod-history',
  TableStatus: 'ACTIVE',
  GlobalSecondaryIndexes: [{ IndexName: 'due', IndexStatus: 'ACTIVE' }],
};
const UPKEEP = { recovery: 'ENABLED', timeToLive: 'ENABLED' };

test('a table as serverless.yml has it passes, and so does one of the emulator, which has no upkeep', () => {
  for (const findings of [judgeTable(TABLE, UPKEEP), judgeTable(TABLE)]) {
    expect(findings).toEqual([
      { status: 'pass', what: 'earmark-prod-history is there, as serverless.yml has it' },
    ]);
  }
});

test.each([
  ['no table', undefined, UPKEEP, 'fail the table is not there'],
  [
    'one that is made',
    { ...TABLE, TableStatus: 'CREATING' as const },
    UPKEEP,
    'fail earmark-prod-history is CREATING',
  ],
  [
    'one without its index',
    { ...TABLE, GlobalSecondaryIndexes: [] },
    UPKEEP,
    'fail earmark-prod-history: its index due is not there',
  ],
  [
    'one that cannot be recovered',
    TABLE,
    { ...UPKEEP, recovery: 'DISABLED' },
    'warn earmark-prod-history: point-in-time recovery is off',
  ],
  [
    'one that keeps all',
    TABLE,
    { ...UPKEEP, timeToLive: 'DISABLED' },
    'warn earmark-prod-history: its time to live is off',
  ],
])('%s is reported, with what to do', (_, table, upkeep, expected) => {
  const findings = judgeTable(table, upkeep);

  expect(findings.map(({ status, what }) => `${status} ${what}`)).toEqual([expected]);
  expect(findings[0]?.advice).toEqual(expect.stringMatching(/\w/));
});

const NONE = warn('none', 'look');

test.each([
  ['no run', [], 'warn none'],
  [
    'a run',
    [{ latenessSeconds: 0 }],
    'pass wake ran 1 time in the last 10 minutes, and no review is late',
  ],
  [
    'a late review',
    [{ latenessSeconds: 0 }, { latenessSeconds: 7_200 }],
    'warn wake runs, and a review is 2 h late',
  ],
  [
    'one that was late',
    [{ latenessSeconds: 7_200 }, { latenessSeconds: 0 }],
    'pass wake ran 2 times',
  ],
  [
    'a store that refuses',
    [{ store: 'refused' }],
    'fail wake ran, and the store was refused to it',
  ],
])('of the schedule %s is reported', (_, lines, expected) => {
  const { status, what } = judgeRuns(lines, NONE);

  expect(`${status} ${what}`).toContain(expected);
});

test('nothing is looked at without standing labels, and rules that run without them are reported', async () => {
  const target = {} as Target;
  const rules = (labels?: RulesConfig['labels']): RulesConfig => ({
    missing: 'wait',
    rules: [],
    ...(labels && { labels }),
  });

  expect(historyChecks(target, rules(), Date.now)).toEqual([]);
  const [check] = historyChecks(target, rules([{ label: 'VIP', while: 'true' }]), Date.now);
  expect(await check?.run(new AbortController().signal)).toEqual([
    expect.objectContaining({ status: 'warn', what: expect.stringContaining('made without them') }),
  ]);
});
