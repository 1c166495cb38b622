import type { ModelResult } from './model.ts';
import { LATEST_MINUTES, type TimeResult } from './time.ts';

const rowsOf = (counts: Readonly<Record<string, number>>): string[][] =>
  Object.entries(counts).map(([what, count]) => [what, count.toLocaleString('en-US')]);

/** What a run was, what was injected, and what became of the labels. */
export function modelRows(result: ModelResult): string[][] {
  const { customers, days, counts, changes, wakeRuns, processes, injected, deadLetters } = result;
  return [
    ...rowsOf({ customers, 'virtual days': days, ...counts }),
    ...rowsOf({ 'calls that changed labels': changes, 'runs of wake': wakeRuns, processes }),
    ...rowsOf(injected).sort(),
    ...rowsOf(deadLetters).map(([reason, count]) => [`dead letters: ${reason}`, count ?? '']),
    ...rowsOf({ wrong: result.wrong.length }),
  ];
}

/** The stories of the labels that were wrong. */
export const storiesOf = ({ seed, wrong }: Pick<ModelResult, 'seed' | 'wrong'>): string[] =>
  wrong.flatMap(({ label, isOn, time, story }) => [
    '',
    `${label} is ${isOn ? 'on' : 'not on'} a contact at ${time}, and should ${isOn ? 'not ' : ''}be (seed ${seed})`,
    ...story.map((line) => `  ${line}`),
  ]);

/** How late labels went. */
export const timeRows = ({ rows }: TimeResult): string[][] => [
  ['labels that end', 'labels', 'early', 'lost', 'median, min', 'most', 'beyond the plan', ''],
  ...rows.map(({ name, labels, early, lost, median, most, mostBeyondPlan, passed }) => [
    name,
    ...[labels, early, lost].map(String),
    median.toFixed(1),
    most.toFixed(1),
    `${mostBeyondPlan.toFixed(1)} (≤ ${LATEST_MINUTES})`,
    passed ? 'PASS' : 'FAIL',
  ]),
];

export const timeFoot = ({ killed, wakeRuns }: TimeResult): string =>
  `Minutes after its time, or after the schedule ran again. The plan: a third of the site's budget, 30 reviews a
minute, one after the other. Workers killed at work: ${killed}. Runs of wake with something to do: ${wakeRuns}.`;
