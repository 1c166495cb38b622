import { beforeAll, describe, expect, test } from '@jest/globals';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import type { RefusalKind } from '../../lib/sources/source.ts';
import { alarmMetrics, alarmsOf } from '../../scripts/monitoring.ts';
import { type CloudFormationTemplate, compileTemplate } from '../../scripts/template.ts';
import { type Datum, type Reported, rings } from '../support/alarm.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

let template: CloudFormationTemplate;
beforeAll(async () => {
  template = await compileTemplate();
});

/** The first minute of a time in which an alarm rings, in seconds; undefined where it never does. */
function firstRing(name: string, reported: Reported, from: number, to: number): number | undefined {
  const alarm = template.Resources[name];
  if (!alarm) throw new Error(`There is no ${name}.`);
  for (let at = from; at < to; at += MINUTE) if (rings(alarm, reported, at)) return at;
  return undefined;
}

/** One each `seconds`, from `from` up to `to`. */
const every = (seconds: number, from: number, to: number, value = 1): Datum[] =>
  Array.from({ length: Math.ceil((to - from) / seconds) }, (_, index) => ({
    at: from + index * seconds,
    value,
  }));

/** What a source reports: orders at this distance, with the right secret until `changed`, and strangers. */
const sourceData = (
  orderSeconds: number,
  changed: number,
  to: number,
  strangers: Datum[] = [],
): Datum[] => [
  ...every(orderSeconds, 0, changed, 1),
  ...every(orderSeconds, changed, to, 0),
  ...strangers.map(({ at }) => ({ at, value: 0 })),
];

describe('the secret of a sender has changed', () => {
  const CHANGED = 5 * DAY;
  const END = 8 * DAY;

  test('a shop with three orders a day rings a day after its last right one', () => {
    const data = sourceData(8 * HOUR, CHANGED, END);
    const rang = firstRing('RefusedShopifyAlarm', data, 0, END) ?? 0;
    expect(rang).toBeGreaterThan(CHANGED);
    expect(rang).toBeLessThanOrEqual(CHANGED + DAY - 8 * HOUR + MINUTE);
  });

  test('a shop with an order in two days rings with the first that is refused', () => {
    const data = sourceData(2 * DAY, 4 * DAY, END);
    expect(firstRing('RefusedWoocommerceAlarm', data, 0, END)).toBe(4 * DAY + MINUTE);
  });

  test.each([
    ['three in six hours', 2 * HOUR],
    ['one each minute', MINUTE],
  ])(
    'strangers with wrong signatures, %s, hold no alarm, and the change rings all the same',
    (_, seconds) => {
      const data = sourceData(8 * HOUR, CHANGED, END, every(seconds, MINUTE, END));
      expect(firstRing('RefusedCustomAlarm', data, 0, CHANGED + 15 * HOUR)).toBeUndefined();
      expect(firstRing('RefusedCustomAlarm', data, CHANGED, END)).toBeLessThanOrEqual(
        CHANGED + DAY,
      );
    },
  );

  test('it ends with the first right one', () => {
    const data = sourceData(8 * HOUR, 0, 2 * DAY);
    const after = [...data, { at: 2 * DAY, value: 1 }];
    expect(firstRing('RefusedWixAlarm', data, 2 * DAY, 3 * DAY)).toBeDefined();
    expect(firstRing('RefusedWixAlarm', after, 2 * DAY + MINUTE, 3 * DAY)).toBeUndefined();
  });

  test('the fast one is not rung by two mistyped tries', () => {
    const tries = every(MINUTE, 0, 2 * MINUTE);
    expect(firstRing('RefusedAlarm', { wrong: tries, requests: tries }, 0, DAY)).toBeUndefined();
  });

  test.each([
    ['ten orders an hour', HOUR / 10, 90 * MINUTE],
    ['an order an hour', HOUR, 5 * HOUR],
  ])('a shop with %s need not wait for a day', (_, seconds, within) => {
    const wrong = every(seconds, CHANGED, CHANGED + DAY);
    const requests = every(seconds, 0, CHANGED + DAY);
    const reported = { wrong, requests };
    expect(firstRing('RefusedAlarm', reported, CHANGED, CHANGED + DAY)).toBeLessThanOrEqual(
      CHANGED + within,
    );
  });

  test.each([
    ['three in six hours, of a shop with three orders a day', 2 * HOUR, 8 * HOUR],
    ['ten an hour, of a shop with an order a minute', HOUR / 10, MINUTE],
  ])('strangers with wrong signatures, %s, do not ring the fast one', (_, strangers, orders) => {
    const wrong = every(strangers, 0, 3 * DAY);
    const requests = [...wrong, ...every(orders, 0, 3 * DAY)];
    expect(firstRing('RefusedAlarm', { wrong, requests }, 0, 3 * DAY)).toBeUndefined();
  });
});

describe('the secret of one of several described sources has changed', () => {
  const CHANGED = 5 * DAY;
  const END = 8 * DAY;
  /** They share a metric. */
  const ring = (verified: Datum[], from = 0) =>
    firstRing('RefusedDescribedAlarm', { right: verified, signed: verified }, from, END);

  test.each([
    ['the only one, with an order in two days', 2 * DAY, undefined],
    ['one with three a day, beside another with ten', 8 * HOUR, DAY / 10],
  ])('%s rings within a day of its first wrong one', (_, seconds, other) => {
    const data = sourceData(seconds, CHANGED, END);
    const others = other === undefined ? [] : every(other, 0, END, 1);
    const rang = ring([...data, ...others]) ?? 0;
    expect(rang).toBeGreaterThan(CHANGED);
    expect(rang).toBeLessThanOrEqual(CHANGED + seconds + DAY);
  });

  test('fewer wrong ones than a fifth do not ring', () => {
    const few = [...every(HOUR, 0, END, 1), ...every(6 * HOUR, MINUTE, END, 0)];
    expect(ring(few, DAY)).toBeUndefined();
    expect(ring([...few, ...every(6 * HOUR, 2 * MINUTE, END, 0)], DAY)).toBeDefined();
  });

  test('it ends a day after the last wrong one, or once four of five are right', () => {
    expect(ring([{ at: 0, value: 0 }], DAY + 1)).toBeUndefined();
    const after = [{ at: 0, value: 0 }, ...every(MINUTE, HOUR, HOUR + 5 * MINUTE, 1)];
    expect(ring(after)).toBe(MINUTE);
    expect(ring(after, HOUR + 6 * MINUTE)).toBeUndefined();
  });

  test('where nothing comes, nothing rings', () => expect(ring([])).toBeUndefined());
});

describe('many requests', () => {
  const minute = (at: number, value: number): Datum[] => [{ at, value }];
  const flood = (passed: number, answered4xx: number): Reported => ({
    passed: minute(HOUR, passed),
    answered4xx: minute(HOUR, answered4xx),
  });

  test.each([
    ['300 orders in one second, of which the throttle refused half', 150, 150, true],
    ['strangers at one source, each refused', 3000, 3000, true],
    ['a scanner that tries a thousand paths, and three that there are', 3, 1000, false],
    ['many good orders, and a slip', 100, 19, false],
    ['a sender whose secret is wrong, with an order a second', 60, 60, false],
  ])('%s', (_, passed, answered4xx, expected) => {
    const rang = firstRing('FloodAlarm', flood(passed, answered4xx), 0, DAY);
    expect(rang !== undefined).toBe(expected);
  });

  test('it ends a quarter of an hour after the last such minute', () => {
    const reported = flood(3000, 3000);
    expect(firstRing('FloodAlarm', reported, HOUR + 15 * MINUTE, HOUR + 16 * MINUTE)).toBeDefined();
    expect(firstRing('FloodAlarm', reported, HOUR + 16 * MINUTE + 1, DAY)).toBeUndefined();
  });
});

describe('what they watch', () => {
  const FunctionName = '!Ref ReceiveLambdaFunction';
  const metricsOf = (name: string) =>
    alarmMetrics(
      name,
      alarmsOf(template).find(([one]) => one === name)?.[1] ?? { Type: '', Properties: {} },
    );

  test('each source that is code has an alarm of its own metric, and the described ones share both', () => {
    const watched = alarmsOf(template)
      .flatMap(([name, alarm]) => alarmMetrics(name, alarm))
      .filter(({ name }) => name === 'Verified');
    expect(watched.map(({ dimensions }) => dimensions)).toEqual(
      ['described', 'described', ...CODE_SOURCES].map((Source) => ({ FunctionName, Source })),
    );
  });

  test('signatures that match no secret, among all requests', () => {
    expect(metricsOf('RefusedAlarm')).toMatchObject([
      {
        name: 'Refused',
        dimensions: { FunctionName, Reason: 'signature' satisfies RefusalKind },
      },
      { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName } },
    ]);
  });

  test('4xx of the API, and what reached the function', () => {
    expect(metricsOf('FloodAlarm')).toMatchObject([
      { namespace: 'AWS/ApiGateway', name: '4xx', dimensions: { ApiId: '!Ref HttpApi' } },
      { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName } },
    ]);
  });
});
