import { describe, expect, test } from '@jest/globals';
import { answerTimes } from '../../bench/cost/checks.ts';
import { floodDay } from '../../bench/cost/floods.ts';
import { byEvent, countMetrics, logBytes, withLambda } from '../../bench/cost/logs.ts';
import { playShape } from '../../bench/cost/shapes.ts';
import { bill, chunks, gbSeconds, gigabytes, plus, times, usdOf } from '../../cost/bill.ts';
import {
  coldShare,
  coldStartUsage,
  eventUsage,
  INIT_BYTES,
  INVOCATION_BYTES,
  idleUsage,
  labelCpuMs,
  monthUsage,
} from '../../cost/usage.ts';
import { MEASURED, MEASUREMENT, PLAYED, WORK } from '../support/cost.ts';

const GIBIBYTE = 1_073_741_824;

describe('prices', () => {
  test('a bill is what the price list says: three million runs of a third of a GB-second each', () => {
    const usage = { lambdaRequests: 3e6, lambdaGbSeconds: 1e6 };
    const { lines, usd } = bill(usage);
    expect(lines.lambdaRequests).toBeCloseTo(0.6, 10);
    expect(lines.lambdaGbSeconds).toBeCloseTo(13.3334, 10);
    expect(usd).toBeCloseTo(13.9334, 10);
    expect(usdOf(usage)).toBe(usd);
  });

  test('what an account has free each month comes off the quantity, and no further than to nothing', () => {
    const usage = { lambdaRequests: 3e6, lambdaGbSeconds: 1e6, sqsFifoRequests: 999_999 };
    const { lines, usd } = bill(usage, { allowances: true });
    expect(lines.lambdaRequests).toBeCloseTo(0.4, 10);
    expect(lines.lambdaGbSeconds).toBeCloseTo(600_000 * 0.0000133334, 10);
    expect(lines.sqsFifoRequests).toBe(0);
    expect(usd).toBeCloseTo(0.4 + 8.00004, 10);
  });

  test('usages add up and multiply, meter by meter', () => {
    const sum = plus({ httpApiRequests: 1, kmsRequests: 2 }, { kmsRequests: 3 }, {});
    expect(sum).toMatchObject({ httpApiRequests: 1, kmsRequests: 5, lambdaRequests: 0 });
    expect(times(sum, 10)).toMatchObject({ httpApiRequests: 10, kmsRequests: 50 });
  });

  test.each([
    [0, 1],
    [65_536, 1],
    [65_537, 2],
    [262_144, 4],
  ])('%i bytes are billed as %i requests of 64 KB', (bytes, expected) => {
    expect(chunks(bytes, 64)).toBe(expected);
  });

  test('Lambda bills whole milliseconds, and memory in GB of 1,024 MB', () => {
    expect(gbSeconds(512, 25.2)).toBeCloseTo(0.013, 12);
  });
});

describe('memory', () => {
  test('half a vCPU takes twice as long over its work, and no longer over its waits', () => {
    const halfAVcpu = 1769 / 2;
    const { coldMs, warmMs, headroom } = answerTimes(WORK.receive, halfAVcpu);
    // Waits: 200 + 100 + 50 + 20, of which the 20 of SQS are there each time.
    expect(coldMs).toBeCloseTo(370 + 200, 10);
    expect(warmMs).toBeCloseTo(20 + 4, 10);
    expect(headroom).toBeCloseTo((1250 - 370) / 200, 10);
  });

  test('more than one vCPU makes nothing faster', () => {
    expect(answerTimes(WORK.receive, 3538)).toEqual(answerTimes(WORK.receive, 1769));
  });
});

describe('one event', () => {
  test('a batch has its own work, and each job in it', () => {
    // One job: 4 ms. Nine: 12 ms. So 1 ms a job, 3 ms a batch; two jobs a batch are 2.5 ms each.
    expect(labelCpuMs(WORK, 1)).toBeCloseTo(4, 10);
    expect(labelCpuMs(WORK, 1 / 2)).toBeCloseTo(2.5, 10);
  });

  test('uses what its way through the deployment uses', () => {
    const usage = eventUsage(MEASURED, PLAYED.way);
    // receive: 20 ms wait + 2 ms work at a whole vCPU of 1769 MB. label: 300 ms wait + 2.5 ms at half of one.
    const receive = (1769 / 1024) * 0.022;
    const label = (884.5 / 1024) * 0.305;
    expect(usage).toMatchObject({ httpApiRequests: 1, lambdaRequests: 1.5, kmsRequests: 0 });
    expect(usage.lambdaGbSeconds).toBeCloseTo(receive + label, 12);
    expect(usage.sqsFifoRequests).toBe(3 * 2); // messages of two chunks
    expect((usage.dataOutGb ?? 0) * GIBIBYTE).toBeCloseTo(2 * 400 + 100, 6);
    // Half an invocation of label an event, with 40 bytes of metrics in each.
    const logged = 300 + 500 + 0.5 * 40 + 1.5 * INVOCATION_BYTES;
    expect((usage.logsIngestedGb ?? 0) * GIBIBYTE).toBeCloseTo(logged, 6);
    expect(usage.logsStoredGbMonths).toBe(usage.logsIngestedGb);
  });

  test('uses more when both functions start for it: work, a wait, parameters, log lines', () => {
    const usage = coldStartUsage(MEASURED);
    // receive: 50 ms wait + 98 ms (20 + 30 + 50 of the start, less the 2 that any event takes).
    // label: 50 ms wait + 2 × 136 ms.
    const receive = (1769 / 1024) * 0.148;
    const label = (884.5 / 1024) * 0.322;
    expect(usage.lambdaGbSeconds).toBeCloseTo(receive + label, 12);
    expect(usage).toMatchObject({ kmsRequests: 4, logsIngestedGb: gigabytes(2 * INIT_BYTES) });
  });

  test('its log is counted in bytes, with line ends and with what Lambda adds to each invocation', () => {
    const [delivery, job] = byEvent(['"é"', '"job"', '{"message":"metrics"}']);
    const queued = logBytes(delivery, job);
    expect(queued).toEqual({ receive: 5, label: 6, labelInvocation: 22 });
    const lambda = 2 * INVOCATION_BYTES;
    expect(withLambda(queued)).toEqual({ ...queued, lambda, sum: 33 + lambda });
    const refused = { receive: 5, label: 0, labelInvocation: 0 };
    expect(logBytes(delivery)).toEqual(refused);
    expect(withLambda(refused)).toMatchObject({ sum: 5 + INVOCATION_BYTES });
  });
});

test('a delivery has the line it begins with, where it has one, and no line that is neither', () => {
  const messages = ['delivery', 'received', 'delivery', 'delivery', 'throttled', 'delivery'];
  const lines = messages.map((message) => JSON.stringify({ message }));
  expect(byEvent(lines).map(({ length }) => length)).toEqual([1, 2, 1, 1, 1]);
});

test('metrics stand in lines of their own, or on a line of an event; each set of values is one', () => {
  const metric = (Name: string, Reason: string) =>
    JSON.stringify({
      message: 'metrics',
      Reason,
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Reason']], Metrics: [{ Name }] }] },
    });
  const job = JSON.stringify({ message: 'job' });
  const lines = [
    job,
    metric('DeadLettered', 'a'),
    job,
    metric('DeadLettered', 'b'),
    metric('DeadLettered', 'b'),
    job,
  ];
  const jobs = byEvent(lines);
  expect(jobs.map(({ length }) => length)).toEqual([2, 3, 1]);
  expect(countMetrics(jobs.flat())).toBe(2);
  const others = byEvent([metric('DeadLettered', 'a'), metric('Retried', 'a')]);
  expect(countMetrics(others.flat())).toBe(2);
});

describe('a month', () => {
  const idle = idleUsage(MEASUREMENT.fixed);

  test('without an event costs the pollers of an empty queue, and the alarms', () => {
    // Five pollers, three times a minute, 43,200 minutes.
    expect(idle).toMatchObject({ sqsFifoRequests: 648_000, alarmMonths: 4, dashboardMonths: 1 });
    expect(usdOf(idle)).toBeCloseTo(0.324 + 0.4 + 3, 10);
    expect(bill(idle, { allowances: true }).usd).toBe(0);
  });

  test('is its events, the cold ones among them, and what is there without any', () => {
    expect(monthUsage(MEASUREMENT, PLAYED.way, 100_000)).toMatchObject({
      httpApiRequests: 100_000,
      kmsRequests: 40_000,
      alarmMonths: 4,
      metricMonths: 12,
    });
    expect(monthUsage(MEASUREMENT, PLAYED.way, 0)).toMatchObject({
      httpApiRequests: 0,
      metricMonths: 0,
    });
  });

  test('of few events starts a process for each, and one of many for no more than those', () => {
    expect([100, 10_000, 100_000, 1e6].map(coldShare)).toEqual([1, 1, 0.1, 0.01]);
  });
});

/** A hundred requests a second at functions of a whole vCPU. */
const FLOODED = { ...MEASUREMENT, memoryMb: MEASURED.memoryMb };
const FLOOD = { name: 'x', bodyBytes: 0, bodyCpuMs: 0, reachesFunction: true };

test('a flood costs each request its answer and its log, for a day', () => {
  const { usage, functionsAtOnce } = floodDay(FLOODED, FLOOD);
  const requests = 100 * 86_400;
  expect(usage).toMatchObject({ httpApiRequests: requests, lambdaRequests: requests });
  expect(usage.lambdaGbSeconds).toBeCloseTo(requests * (1769 / 1024) * 0.002, 6);
  expect(usage.logsIngestedGb).toBeCloseTo((requests * (200 + INVOCATION_BYTES)) / GIBIBYTE, 10);
  expect(usage.sqsFifoRequests).toBe(0);
  // A hundred a second, 2 ms each.
  expect(functionsAtOnce).toBeCloseTo(0.2, 10);
});

test.each([
  [1, 1],
  [512 * 1024, 1],
  [512 * 1024 + 1, 2],
  [4.4e6, 9],
  [10e6, 20],
])('a request of %i bytes is billed as %i', (bodyBytes, units) => {
  const { one, usage } = floodDay(FLOODED, { ...FLOOD, bodyBytes });
  expect(one.httpApiRequests).toBe(units);
  expect(usage.httpApiRequests).toBe(units * 100 * 86_400);
});

test('a body that is read costs Lambda time, and one that never gets there none', () => {
  const read = floodDay(FLOODED, { ...FLOOD, bodyCpuMs: 12 });
  expect(read.usage.lambdaGbSeconds).toBeCloseTo(100 * 86_400 * (1769 / 1024) * 0.014, 6);
  const stopped = floodDay(FLOODED, { ...FLOOD, reachesFunction: false });
  expect(stopped.functionsAtOnce).toBe(0);
  expect(stopped.usage).toMatchObject({
    lambdaRequests: 0,
    lambdaGbSeconds: 0,
    logsIngestedGb: 0,
  });
});

test('a backlog is played with the real worker: full batches, and sleep between the calls', async () => {
  const played = await playShape({ name: 'backlog', by: 'contact id', perMinute: 0 }, 200);
  expect(played).toMatchObject({ name: 'backlog', events: 200, sound: true });
  const { calls, invocations, sqsRequests, waitMs } = played.way;
  expect(invocations).toBeLessThan(0.2);
  expect(calls).toBeGreaterThan(1);
  // Sent once, received and deleted in batches, the last of a full batch postponed.
  expect(sqsRequests).toBeGreaterThan(1 + 2 * invocations);
  expect(sqsRequests).toBeLessThan(1 + 4 * invocations);
  // Two workers of 90 calls a minute.
  expect(waitMs).toBeGreaterThan(500);
});
