import { table } from '../command.ts';
import type { Comparison, Speed } from './neighbours.ts';
import type { FaultResult } from './result.ts';

const HEAD = [
  '',
  'lost',
  'doubled',
  'order',
  'blind',
  'dead letters',
  'calls',
  'meanwhile',
  '60 s',
  'breaker',
  'recovery',
  'least',
  '',
];

const FOOT = `lost: the label is not as the last event wants it, and no dead letter says why. doubled: on, off and on
again although the events say on, off; contacts created twice. order: only an older event explains it.
blind: not wrong; within five minutes of a deletion by hand a worker trusts what it saw.
dead letters: of expected reasons only. meanwhile: calls while the fault lasted. 60 s: the most calls in any 60 s.
breaker: times it opened, of both processes. recovery: minutes from the end of the fault until all that was
sent before is settled; least: what the contacts that waited take at 180 calls a minute, one call each.`;

function cells(result: FaultResult): readonly string[] {
  const { name, anomalies, duplicateContacts, deadLetters, calls, callsMeanwhile, largestWindow } =
    result;
  const { opened, recoveryMinutes, leastMinutes, problems } = result;
  const dead = Object.values(deadLetters).reduce((sum, count) => sum + count, 0);
  const counts = [
    anomalies.lost,
    anomalies.doubled + anomalies.strange + duplicateContacts,
    anomalies['out of order'],
    anomalies.blind,
    dead,
    calls,
    callsMeanwhile,
    largestWindow,
    opened,
  ];
  const verdict = problems.length === 0 ? 'PASS' : 'FAIL';
  const minutes = [recoveryMinutes, leastMinutes].map((value) => value.toFixed(1));
  return [name, ...counts.map(String), ...minutes, verdict];
}

/** One row a fault; what failed, and why, below. */
export function faultTable(results: readonly FaultResult[]): string {
  const problems = results.flatMap(({ name, problems }) =>
    problems.map((problem) => `FAIL ${name}: ${problem}`),
  );
  return [table([HEAD, ...results.map(cells)]), '', FOOT, ...problems].join('\n');
}

const COMPARISON_HEAD = ['neighbour', 'alone', 'p99', 'beside', 'p99', 'ratio', 'p99', 'calls', ''];
const COMPARISON_FOOT = `The neighbour's labels, milliseconds from the event to the label: mean and p99, alone and beside a site that
is in trouble (its name in the first column); the ratios; the calls to the site in trouble.`;

function verdictOf({ passed, atMost }: Comparison): string {
  if (!passed) return 'FAIL';
  return atMost === undefined ? '' : 'PASS';
}

/** One row a trouble. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const speed = ({ mean, p99 }: Speed): readonly string[] => [mean.toFixed(0), p99.toFixed(0)];
  const rows = comparisons.map((one) => [
    one.name,
    ...speed(one.alone),
    ...speed(one.together),
    one.meanRatio.toFixed(2),
    one.p99Ratio.toFixed(2),
    String(one.troubledCalls),
    verdictOf(one),
  ]);
  return [table([COMPARISON_HEAD, ...rows]), '', COMPARISON_FOOT].join('\n');
}
