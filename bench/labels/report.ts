import type { ModelResult } from './model.ts';

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
