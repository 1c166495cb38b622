/**
 * Steps that the expressions of one delivery may take, over all its rules and events. A step is about as
 * much work as looking up a field, or passing over 16 characters. The number depends on the rules and the
 * event alone, and on no clock: a rule that fails for it fails each time.
 */
export const STEPS_A_DELIVERY = 1_000_000;

/** A rule has used up its steps. */
export class OutOfSteps extends Error {}

/** Counts down the steps of one delivery at a time. */
export interface StepCounter {
  /** A new delivery: all steps are there again. */
  reset(): void;
  /**
   * Does work that may take half of the steps that are left: one rule that runs away leaves enough for the
   * others. @throws OutOfSteps
   */
  spend<T>(work: () => T): T;
  /** @throws OutOfSteps where there are not that many: then the work at hand has none left */
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

/** The steps for a text or bytes by their length, else one. */
export const stepsOfOne = (value: unknown): number =>
  typeof value === 'string' || value instanceof Uint8Array ? stepsOfLength(value.length) : 1;

/** Takes the steps for passing over a value with everything in it. @returns how many they were */
export function takeWhole(value: unknown, take: TakeSteps): number {
  let whole = stepsOfOne(value);
  take(whole);
  if (Array.isArray(value)) for (const one of value) whole += takeWhole(one, take);
  else if (value instanceof Map) {
    for (const [key, one] of value) whole += takeWhole(key, take) + takeWhole(one, take);
  }
  return whole;
}
