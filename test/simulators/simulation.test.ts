import { describe, expect, test } from '@jest/globals';
import { naive } from '../../bench/throughput/naive.ts';
import { EARMARK } from '../../bench/throughput/play.ts';
import { earmark, MINUTE, START, simulate } from '../../simulators/deployment/simulation.ts';

/** Two minutes of throttled work, a process that is killed, and a Wix that is down for a while. */
async function live(seed: number, program = EARMARK().program) {
  const run = await simulate({ seed, program, requestsPerMinute: 100 }, async (it) => {
    const isDown = (): boolean => it.minutes() > 1 && it.minutes() < 1.5;
    it.wix.intercept = (_arrival, operate) =>
      isDown() ? { status: 503, headers: {}, body: '' } : operate();
    it.clock.at(START + MINUTE / 2, () => it.pool.kill(0));
    for (let number = 0; number < 80; number += 1) {
      const email = `customer-${number % 50}@example.com`;
      const contactId =
        number < 50
          ? it.wix.simulator.addContact({ email })
          : (it.sent[number - 50]?.contactId ?? '');
      await it.send({
        contactId,
        event: `event ${number}`,
        add: [`Label ${number % 7}`],
        ...(number % 3 === 0 && { by: { email } }),
      });
      await it.clock.sleep(300);
    }
    await it.drained();
    return it.minutes();
  });
  const { value, audit, pool, wix, log } = run;
  return { value, audit, stats: pool.stats, arrivals: wix.arrivals, lines: log.lines() };
}

describe.each([
  ['Earmark', EARMARK().program],
  ['the naive worker', naive],
])('%s', (_name, program) => {
  test('lives the same life again with the same seed, to the last call, millisecond and log line', async () => {
    const first = await live(1, program);
    const again = await live(1, program);
    expect(first.arrivals.length).toBeGreaterThan(80);
    expect(first.stats.processes).toBeGreaterThan(2);
    expect(again).toEqual(first);
  });

  test('lives another life with another seed', async () => {
    const [first, other] = [await live(1, program), await live(2, program)];
    expect(other.arrivals).not.toEqual(first.arrivals);
  });
});

test('what the product logs is kept, by the virtual clock, and what was written before is not', async () => {
  const { log } = await simulate(
    { seed: 1, program: earmark({ requestsPerMinute: 180 }) },
    async (it) => {
      const contactId = it.wix.simulator.addContact({ email: 'ada@example.com' });
      await it.clock.sleep(5 * MINUTE);
      await it.send({ contactId, event: 'one', add: ['VIP'] });
      await it.drained();
    },
  );
  const [line] = log.lines('job');
  expect(line).toMatchObject({ outcome: 'done', added: ['VIP'] });
  expect(line?.at).toBeGreaterThan(START + 5 * MINUTE);
  expect(log.lines('no such message')).toEqual([]);
});

test('a scenario that fails fails the run, and standard output is given back', async () => {
  const { write } = process.stdout;
  const run = simulate({ seed: 1, program: naive }, async () => {
    throw new Error('broken');
  });
  await expect(run).rejects.toThrow('broken');
  expect(process.stdout.write).toBe(write);
});

test('a job is sent to the site it is for, as the receiver would', async () => {
  const other = '5a1e0000-0000-4000-8000-000000000002';
  const sites = ['5a1e0000-0000-4000-8000-000000000001', other] as const;
  const { wix, sqs } = await simulate(
    { seed: 1, program: earmark({ requestsPerMinute: 180 }), sites: [...sites] },
    async (it) => {
      const contactId = it.wix.simulator.addContact({ email: 'ada@example.com' }, other);
      const occurredAt = START - MINUTE;
      await it.send({
        contactId,
        event: 'one',
        add: ['VIP'],
        reversible: [],
        site: other,
        occurredAt,
      });
      const [message] = it.sqs.jobs.peek();
      expect(JSON.parse(message?.body ?? '')).toMatchObject({
        site: other,
        reversible: [],
        cause: { occurredAt: '2026-11-21T11:59:00.000Z', receivedAt: '2026-11-21T12:00:00.000Z' },
      });
      await it.drained();
    },
  );
  expect(new Set(wix.arrivals.map(({ site }) => site))).toEqual(new Set([other]));
  expect(sqs.deadLetters.size()).toBe(0);
});
