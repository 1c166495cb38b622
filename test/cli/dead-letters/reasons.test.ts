import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NO_REASON, REMEDIES } from '../../../cli/commands/dead-letters/reasons.ts';
import { DEAD_LETTER_REASONS } from '../../../lib/queue/reasons.ts';

const REASONS: readonly string[] = [...DEAD_LETTER_REASONS, NO_REASON];

const textOf = (file: string) => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');

/** The last cell of each row of a table, by the reasons that its first cell names. */
function rowsOf(file: string, heading: string): ReadonlyMap<string, string> {
  const [, table = ''] = textOf(file).split(heading);
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n');
  return new Map(
    rows.flatMap((row) => {
      const [, reasons = '', last = ''] = /^\| (`[^|]*`) \|.*?([^|]+) \|$/.exec(row) ?? [];
      return [...reasons.matchAll(/`([^`]+)`/g)].map(
        ([, name = '']) => [name, last.trim()] as const,
      );
    }),
  );
}

const README = rowsOf('README.md', '| reason of a dead letter | what to do |');
const RUNBOOK = rowsOf('docs/operations.md', '| reason | what happened | what to do |');

describe.each(REASONS)('the reason %s', (reason) => {
  test('has its remedy in README.md, in the words of the command line', () => {
    expect([...README.keys()]).toContain(reason);
    expect(README.get(reason)).toBe(REMEDIES[reason as keyof typeof REMEDIES]);
  });

  test('has a row in docs/operations.md', () => {
    expect(RUNBOOK.get(reason)).toMatch(/\w/);
  });
});

test.each([
  ['the command line', Object.keys(REMEDIES)],
  ['README.md', [...README.keys()]],
  ['docs/operations.md', [...RUNBOOK.keys()]],
])('%s names no reason that there is not', (_, named) => {
  expect(named.filter((reason) => !REASONS.includes(reason))).toEqual([]);
});

test('the dashboard draws dead letters of every reason, and an alarm waits for one that there is', () => {
  const searches = textOf('monitoring/dashboard.yml').match(
    /SEARCH\(.*MetricName="DeadLettered".*/g,
  );
  expect(searches).toHaveLength(2);
  for (const search of searches ?? []) expect(search).toContain('{Earmark,FunctionName,Reason}');
  const alarms = textOf('monitoring/alarms.yml').matchAll(
    /MetricName: DeadLettered\n +Dimensions:\n(?: +- \{.*\}\n)*? +- \{ Name: Reason, Value: (\S+) \}/g,
  );
  const reasons = [...alarms].map(([, reason]) => reason);
  expect(reasons).not.toHaveLength(0);
  expect(REASONS).toEqual(expect.arrayContaining(reasons));
});
