import { beforeAll, describe, expect, test } from '@jest/globals';
import { type CallsResult, isSound, measureCalls, TRACES } from '../../bench/throughput/calls.ts';
import type { Figures } from '../../bench/throughput/play.ts';

/** The short form of `npm run bench:calls`. */
const EVENTS = 600;
/** Each of two processes asks for each of 40 label names once, however many events there are. */
const LABEL_ASKS = 80;
const FULL_LENGTH = 10_000;

describe('calls an event, in a short trace', () => {
  let result: CallsResult;
  beforeAll(async () => {
    const judged = TRACES.filter(({ measures }) =>
      measures.some(({ limit }) => limit !== undefined),
    );
    result = await measureCalls({ seed: 1, events: EVENTS }, () => {}, judged);
  });

  const figuresOf = (name: string): { earmark: Figures; naive: Figures } => {
    const found = result.figures.find((one) => one.name === name);
    if (!found) throw new Error(`There is no trace ${name}.`);
    return found;
  };

  test.each([
    ['contact ids known', 2, 1.02],
    ['e-mails only', 3, 1.15],
    ['created + paid + fulfilled, e-mails only', 3, 0.5],
  ])(
    '%s: all but finding labels within the limit, and the naive worker beyond %d',
    (name, least, limit) => {
      const { earmark, naive } = figuresOf(name);
      const { findOrCreateLabel = 0 } = earmark.operations;
      expect(findOrCreateLabel).toBeLessThanOrEqual(LABEL_ASKS);
      const others = (earmark.calls - findOrCreateLabel) / EVENTS;
      expect(others).toBeLessThanOrEqual(limit - LABEL_ASKS / FULL_LENGTH);
      expect(naive.callsPerEvent).toBeGreaterThanOrEqual(least);
    },
  );

  test('who has the label costs no call', () => {
    const { earmark, naive } = figuresOf('same label again: added calls');
    expect(earmark.repeated).toBe(0);
    expect(naive.repeated).toBeGreaterThan(EVENTS / 2);
  });

  test('every contact has its labels, and Wix refused nothing', () => {
    for (const { earmark } of result.figures) {
      expect(isSound(earmark)).toBe(true);
      expect(earmark.throttled).toBe(0);
    }
  });

  test('the verdict of a row is that of its limit', () => {
    for (const { earmark, limit, passed } of result.rows) {
      expect(passed).toBe(limit === undefined || earmark <= limit);
    }
    expect(result.rows.filter(({ limit }) => limit !== undefined)).toHaveLength(4);
    // So few events do not pay for finding the labels.
    expect(result.rows[0]).toMatchObject({ name: 'contact ids known', passed: false });
  });
});
