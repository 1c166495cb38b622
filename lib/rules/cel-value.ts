/** Deeper than any sender nests. cel-js keeps a type for each depth that it met, as long as the process lives. */
const MAX_DEPTH = 100;

const STEPS_A_VALUE = 1;
const STEPS_A_MAP = 10;
const STEPS_A_KEY = 4;

/** The steps for turning JSON into CEL values. @throws RangeError where it is nested too deep */
export function stepsOfJson(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return STEPS_A_VALUE;
  if (depth === MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH}`);
  const inside = Object.values(value);
  const frame = Array.isArray(value) ? 0 : STEPS_A_MAP + STEPS_A_KEY * inside.length;
  return inside.reduce((sum, one) => sum + stepsOfJson(one, depth + 1), STEPS_A_VALUE + frame);
}

/** JSON as CEL sees it. Objects become maps: a plain object with a key `constructor` confuses cel-js. */
export function celValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(celValue);
  return new Map(Object.entries(value).map(([key, one]) => [key, celValue(one)]));
}
