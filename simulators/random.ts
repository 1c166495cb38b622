/** Numbers in [0, 1). */
export type Random = () => number;

/**
 * The same numbers for the same seed and purpose (mulberry32: period 2³², good enough to shuffle
 * traffic with). Each purpose has a stream of its own, so that one more draw here changes nothing there.
 */
export function createRandom(seed: number, purpose: string): Random {
  let state = seed | 0;
  for (const char of purpose) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number from `low` to below `high`. */
export const between = (random: Random, low: number, high: number): number =>
  low + random() * (high - low);
