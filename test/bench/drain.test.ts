import { beforeAll, describe, expect, test } from '@jest/globals';
import { isSound } from '../../bench/throughput/calls.ts';
import { type DrainRow, measureDrain } from '../../bench/throughput/drain.ts';

/** The short form of `npm run bench:drain`. */
const EVENTS = 600;
/** Of a short backlog it counts that the second process asks for the label names, too: 40 calls. */
const SECOND_ASK_MINUTES = 40 / 200;

describe('a short backlog', () => {
  let rows: readonly DrainRow[] = [];
  beforeAll(async () => {
    rows = await measureDrain({ seed: 1, events: EVENTS });
  });

  const rowsOf = (worker: string): readonly DrainRow[] => {
    const found = rows.filter((row) => row.worker === worker);
    expect(found.map(({ by }) => by)).toEqual(['contact id', 'e-mail']);
    return found;
  };

  test('the bound is what the calls needed take at 200 a minute', () => {
    const [byId, byEmail] = rowsOf('naive');
    expect(byId?.bound).toBe((EVENTS + 40) / 200);
    expect(byEmail?.bound).toBe((EVENTS + 40 + EVENTS / 10) / 200);
  });

  test('drains near the bound, with no minute above the limit, and loses nothing', () => {
    for (const { figures, bound } of rowsOf('Earmark, 196 a minute')) {
      expect(figures.minutes).toBeLessThanOrEqual(1.05 * (bound + SECOND_ASK_MINUTES));
      expect(figures.largestWindow).toBeLessThanOrEqual(200);
      expect(figures.throttled).toBe(0);
      expect(isSound(figures)).toBe(true);
    }
  });

  test('keeps to the default, too', () => {
    for (const { figures } of rowsOf('Earmark, 180 a minute')) {
      expect(figures.largestWindow).toBeLessThanOrEqual(180);
      expect(isSound(figures)).toBe(true);
    }
  });

  test('the naive worker takes longer and runs into the limit', () => {
    for (const { figures, ratio } of rowsOf('naive')) {
      expect(ratio).toBeGreaterThan(1.5);
      expect(figures.throttled).toBeGreaterThan(0);
    }
  });
});
