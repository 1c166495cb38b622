import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ASK_MS,
  type AskPage,
  SETTLED_MS,
  type StageEvent,
  stageEvents,
} from '../../../cli/kit/stage-tail.ts';

const GROUPS = ['receive', 'label'] as const;
const START = 1_800_000_000_000;

interface Logged {
  readonly group: (typeof GROUPS)[number];
  /** Milliseconds from START until it was written, and then until it can be had. */
  readonly at: number;
  readonly late: number;
}

class Over extends Error {}

/** CloudWatch Logs with these lines on a clock of its own, pages of so many, and a follower for so long. */
async function followed(lines: readonly Logged[], pageSize: number, minutes: number) {
  let now = START;
  const asked: number[] = [];
  const ask: AskPage = async ({ group, from, to, token }) => {
    asked.push(now);
    const there = lines
      .map((line, n) => ({ ...line, n, timestamp: START + line.at }))
      .filter((one) => one.group === group && one.timestamp + one.late <= now)
      .filter(({ timestamp }) => timestamp >= from && timestamp <= to)
      .sort((a, b) => a.timestamp - b.timestamp || a.n - b.n);
    const begin = Number(token ?? 0);
    const page = there.slice(begin, begin + pageSize);
    return {
      events: page.map(({ n, timestamp }) => ({ eventId: `${n}`, message: `${n}\n`, timestamp })),
      nextToken: begin + pageSize < there.length ? `${begin + pageSize}` : undefined,
    };
  };
  const wait = async (ms: number) => {
    now += ms;
    if (now > START + minutes * 60_000) throw new Over();
  };
  const given: StageEvent[] = [];
  const tail = stageEvents({
    groups: GROUPS,
    since: START,
    follow: true,
    ask,
    now: () => now,
    wait,
  });
  try {
    for await (const event of tail) given.push(event);
  } catch (error) {
    if (!(error instanceof Over)) throw error;
  }
  return { given, asked };
}

const loggedWith = (mostLate: number) =>
  fc.array(
    fc.record({
      group: fc.constantFrom(...GROUPS),
      at: fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.constantFrom(0, 5_000, 10_000, 60_000)),
      late: fc.integer({ min: 0, max: mostLate }),
    }),
    { maxLength: 40 },
  );
const ids = (events: readonly StageEvent[]) => events.map(({ message }) => Number(message));
const all = (lines: readonly Logged[]) => lines.map((_, n) => n);
const byNumber = (a: number, b: number) => a - b;

test('each line of a stage comes once and in order, however the pages fall', async () => {
  await fc.assert(
    fc.asyncProperty(
      loggedWith(SETTLED_MS - 1),
      fc.integer({ min: 1, max: 5 }),
      async (lines, pageSize) => {
        const { given } = await followed(lines, pageSize, 5);

        expect(ids(given).sort(byNumber)).toEqual(all(lines));
        const times = given.map(({ timestamp }) => timestamp);
        expect(times).toEqual(times.toSorted(byNumber));
      },
    ),
  );
});

test('a line that CloudWatch has up to 40 s later than it was written comes late, and once', async () => {
  await fc.assert(
    fc.asyncProperty(loggedWith(40_000), async (lines) => {
      const { given } = await followed(lines, 3, 5);
      expect(ids(given).sort(byNumber)).toEqual(all(lines));
    }),
    { examples: [[[{ group: 'label', at: 5_000, late: 40_000 }]]] },
  );
});

test('a stage with nothing new is asked for both groups each five seconds, and no oftener', async () => {
  const { asked } = await followed([], 10, 1);
  const rounds = [...new Set(asked)];
  expect(asked).toHaveLength(2 * rounds.length);
  expect(rounds.every((at, n) => n === 0 || at - (rounds[n - 1] ?? 0) === ASK_MS)).toBe(true);
});

test('without following it asks once, up to now, and ends', async () => {
  const spans: [number, number][] = [];
  const ask: AskPage = async ({ from, to }) => {
    spans.push([from, to]);
    return { events: [] };
  };
  const options = { groups: GROUPS, since: START, follow: false, ask, now: () => START + 7 };
  const given = await Array.fromAsync(
    stageEvents({ ...options, wait: () => Promise.reject(new Error('it waits')) }),
  );
  expect(given).toEqual([]);
  expect(spans).toEqual([
    [START, START + 7],
    [START, START + 7],
  ]);
});
