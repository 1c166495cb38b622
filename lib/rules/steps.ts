/**
 * Steps that the expressions of one delivery may take, over all rules and events of it. A step is about as
 * much work as looking up a field, or passing over 16 characters. How many a rule takes hangs on the rules
 * and the event alone: no clock is asked, so a rule that fails for it fails each time.
 */
export const STEPS_A_DELIVERY = 1_000_000;

/** A rule has used up its steps. */
export class OutOfSteps extends Error {}

/** Counts down the steps of one delivery at a time. */
export interface StepCounter {
  /** A new delivery: all steps are there again. */
  reset(): void;
  /**
   * Does work that may take half of the steps that are left, so that one rule that runs away leaves enough
   * to the others. @throws OutOfSteps
   */
  spend<T>(work: () => T): T;
  /** @throws OutOfSteps where there are not that many; none is left to the work at hand then */
  readonly take: TakeSteps;
}

export type TakeSteps = (steps: number) => void;

export function createStepCounter(total = STEPS_A_DELIVERY): StepCounter {
  let left = total;
  let floor = 0;
  return {
    reset() {
      left = total;
      floor = 0;
    },
    spend(work) {
      floor = Math.floor(left / 2);
      try {
        return work();
      } finally {
        floor = 0;
      }
    },
    take(steps) {
      left -= steps;
      if (left >= floor) return;
      left = floor;
      throw new OutOfSteps();
    },
  };
}

/** Characters that count as one step where a text is passed over. */
const CHARACTERS = 16;

/** The steps for passing over a text, or bytes, of this length. */
export const stepsOfLength = (length: number): number => 1 + Math.floor(length / CHARACTERS);

/** Takes the steps for passing over a value with all that is in it, and gives how many they were. */
export function takeWhole(value: unknown, take: TakeSteps): number {
  const steps =
    typeof value === 'string' || value instanceof Uint8Array ? stepsOfLength(value.length) : 1;
  take(steps);
  let whole = steps;
  if (Array.isArray(value)) for (const one of value) whole += takeWhole(one, take);
  else if (value instanceof Map) {
    for (const [key, one] of value) whole += takeWhole(key, take) + takeWhole(one, take);
  }
  return whole;
}
