import { expect, test } from '@jest/globals';
import {
  distinctCustomers,
  LABEL_NAMES,
  orders,
  sameLabelAgain,
  type Trace,
} from '../../bench/throughput/traffic.ts';

const options = { seed: 1, events: 10_000 };
const ALL: readonly [string, Trace][] = [
  ['distinct customers', distinctCustomers(options, 600)],
  ['orders', orders(options, 600)],
  ['the same label again', sameLabelAgain(options)],
];

const byCustomer = ({ events }: Trace) => [
  ...Map.groupBy(events, ({ customer }) => customer).values(),
];

test.each(ALL)('%s: so many events, in order, of 40 label names in all', (_name, trace) => {
  const times = trace.events.map(({ at }) => at);
  const names = new Set(trace.events.flatMap(({ add }) => add));
  expect(trace.events).toHaveLength(10_000);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect([...names].sort()).toEqual(LABEL_NAMES.toSorted());
  expect(Math.max(...trace.events.map(({ customer }) => customer))).toBeLessThan(trace.customers);
});

test('a trace hangs on its seed alone', () => {
  expect(orders(options, 600)).toEqual(orders(options, 600));
  expect(orders({ ...options, seed: 2 }, 600)).not.toEqual(orders(options, 600));
});

test('distinct customers come once each, as fast as asked for, or all at once', () => {
  const trace = distinctCustomers(options, 600);
  expect(byCustomer(trace)).toHaveLength(10_000);
  const inMinuteFive = trace.events.filter(({ at }) => Math.floor(at / 60_000) === 5).length;
  expect(Math.abs(inMinuteFive - 600)).toBeLessThan(100);
  expect(distinctCustomers(options, 0).events.every(({ at }) => at === 0)).toBe(true);
});

test('an order is three events within five seconds, of three names, among those of others', () => {
  const trace = orders(options, 600);
  const whole = byCustomer(trace).filter(({ length }) => length === 3);
  expect(whole.length).toBeGreaterThanOrEqual(3_332);
  for (const events of whole) {
    expect((events[2]?.at ?? 0) - (events[0]?.at ?? 0)).toBeLessThanOrEqual(5_000);
    expect(new Set(events.flatMap(({ add }) => add)).size).toBe(3);
  }
  const alone = trace.events.filter(
    ({ customer }, index) => trace.events[index + 1]?.customer === customer,
  );
  expect(alone.length).toBeLessThan(1_000);
});

test('the same label comes ten times within four minutes', () => {
  for (const events of byCustomer(sameLabelAgain(options))) {
    expect(events).toHaveLength(10);
    expect((events[9]?.at ?? 0) - (events[0]?.at ?? 0)).toBeLessThan(240_000);
    expect(new Set(events.flatMap(({ add }) => add)).size).toBe(1);
  }
});
