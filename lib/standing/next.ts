import { STEPS_A_DELIVERY } from '../rules/steps.ts';
import type { Compiled } from './definitions.ts';
import { type Outcome, outcomeAt } from './evaluate.ts';
import type { Look } from './look.ts';

/** So many boundaries are tried. Where the outcome is the same at all of them, somebody looks again at the next. */
export const MOST_BOUNDARIES = 64;

/**
 * When the outcome is next another one by time alone, in epoch milliseconds: found by evaluating at each time at which
 * it can. It may be earlier, where that would take too long; undefined where it never is.
 */
export function nextChange(
  compiled: Compiled,
  look: Look,
  now: number,
  outcome: Outcome,
): number | undefined {
  const before = textOf(outcome);
  const start = compiled.steps.taken();
  let tried = 0;
  for (const time of boundariesAfter(compiled, look, now)) {
    const isTooLong = compiled.steps.taken() - start >= STEPS_A_DELIVERY;
    if (tried === MOST_BOUNDARIES || isTooLong) return time;
    if (textOf(outcomeAt(compiled, look, time)) !== before) return time;
    tried += 1;
  }
  return undefined;
}

/** The times after another at which a definition can say something else, in order, each once. */
export function boundariesAfter(
  { definitions, retentionMs }: Compiled,
  look: Look,
  now: number,
): readonly number[] {
  const times = definitions.flatMap(({ windows, afterMs }) => {
    const changes = look.boundaries(windows);
    const held = afterMs === 0 ? [] : changes.map((time) => time + afterMs);
    return [...look.boundaries(windows, retentionMs), ...held];
  });
  return [...new Set(times.filter((time) => time > now))].sort((a, b) => a - b);
}

function textOf({ wanted, undecided }: Outcome): string {
  const names = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([names, undecided]);
}
