import { expect, test } from '@jest/globals';
import { NAIVE_MAX_RECEIVE_COUNT, naive } from '../../bench/throughput/naive.ts';
import {
  type JobRequest,
  type Simulation,
  simulate,
} from '../../simulators/deployment/simulation.ts';

const options = { seed: 1, program: naive, maxReceiveCount: NAIVE_MAX_RECEIVE_COUNT };

function sendTo(
  it: Simulation,
  customer: string,
  request: Partial<JobRequest> = {},
): Promise<void> {
  const contactId = it.wix.simulator.addContact({ email: `${customer}@example.com` });
  return it.send({ contactId, event: customer, add: ['VIP', 'New'], ...request });
}

test('a known contact costs a call a label and one more, an e-mail one more again', async () => {
  const { wix, audit } = await simulate(options, async (it) => {
    await sendTo(it, 'ada');
    await sendTo(it, 'bob', { by: { email: 'bob@example.com' } });
    await it.drained();
  });
  expect(wix.arrivals.map(({ operation }) => operation)).toEqual([
    'findOrCreateLabel',
    'findOrCreateLabel',
    'labelContact',
    'queryContacts',
    'findOrCreateLabel',
    'findOrCreateLabel',
    'labelContact',
  ]);
  expect(audit).toEqual({ lost: [], strange: [], deadLetters: {} });
});

test('a throttled call is tried again after 1, 2 and 4 s; then this record and those behind it wait', async () => {
  const { wix, audit, pool } = await simulate(options, async (it) => {
    it.wix.intercept = (_arrival, operate) =>
      it.wix.arrivals.length <= 4 ? { status: 429, headers: {}, body: '' } : operate();
    await sendTo(it, 'ada');
    await sendTo(it, 'bob');
    await it.drained();
  });
  const [first, ...retries] = wix.arrivals.slice(0, 4).map(({ at }) => at);
  const seconds = retries.map((at) => Math.round((at - (first ?? 0)) / 1_000));
  expect(seconds).toEqual([1, 3, 7]);
  expect(wix.arrivals).toHaveLength(4 + 6);
  expect(pool.stats).toMatchObject({ invocations: 2, errors: 0 });
  expect(audit.lost).toEqual([]);
});

test('what Wix refuses for good is received five times and is a dead letter then', async () => {
  const { audit, pool } = await simulate(options, async (it) => {
    it.wix.intercept = () => ({ status: 400, headers: {}, body: '' });
    await sendTo(it, 'ada');
    await it.drained();
  });
  expect(audit).toEqual({ lost: [], strange: [], deadLetters: { 'received too often': 1 } });
  expect(pool.stats.invocations).toBe(5);
});
