import { describe, expect, test } from '@jest/globals';
import { at, text } from '../../lib/sources/payload/access.ts';
import {
  currencyCode,
  decimal,
  fromMinorUnits,
  isoTime,
  splitName,
  texts,
} from '../../lib/sources/payload/fields.ts';
import { parseObject } from '../../lib/sources/payload/parse.ts';

describe('parseObject', () => {
  test('keeps whole numbers that a double cannot hold', () => {
    expect(
      parseObject(
        '{"a":9007199254740991,"b":9007199254740993,"c":[-9007199254740993],"d":1e30,"e":0.1}',
      ),
    ).toEqual({
      a: 9007199254740991,
      b: '9007199254740993',
      c: ['-9007199254740993'],
      d: 1e30,
      e: 0.1,
    });
  });

  test.each([
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['nothing', ''],
    ['half of it', '{"a":'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['deeper than the stack', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
    ['deeper than 100', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
  ])('%s is no object', (_name, input) => {
    expect(parseObject(input)).toBeUndefined();
  });

  test('a hundred deep is an object; brackets in text and beside each other are no depth', () => {
    expect(parseObject(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`)).toBeDefined();
    const text = `\\"${'[{'.repeat(200)}`;
    expect(parseObject(JSON.stringify({ text }))).toEqual({ text });
    expect(parseObject(`{"a":[${'[],{},'.repeat(200)}1]}`)).toBeDefined();
    expect(parseObject(`{"a\\\\":"]","b":${'['.repeat(100)}${']'.repeat(100)}}`)).toBeUndefined();
  });

  test('takes a byte order mark off', () => {
    expect(parseObject(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 });
  });

  test('a key called __proto__ is a key', () => {
    const parsed = parseObject('{"__proto__":{"email":"x"}}');
    expect(text(parsed, 'email')).toBeUndefined();
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});

test.each([
  ['a.b.0.c', 1],
  ['a.b.1.c', undefined],
  ['a.x.y', undefined],
  ['d.e', 2],
  ['a.constructor', undefined],
  ['toString', undefined],
])('at(%s)', (path, expected) => {
  expect(at({ a: { b: [{ c: 1 }] }, 'd.e': 2 }, path)).toBe(expected);
});

test.each([
  ['19.90', 19.9],
  [' 5 ', 5],
  ['-3', -3],
  [7.25, 7.25],
  ['1,000', undefined],
  ['1e3', undefined],
  ['$5', undefined],
  ['.5', undefined],
  ['', undefined],
  ['9'.repeat(400), undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [true, undefined],
  [null, undefined],
])('decimal(%j) is %s', (value, expected) => {
  expect(decimal(value)).toBe(expected);
});

test.each([
  [1999, 'EUR', 19.99],
  ['1999', 'EUR', 19.99],
  [33, 'JPY', 33],
  [1234, 'BHD', 1.234],
  [500, 'UGX', 5],
  [1999, undefined, undefined],
  ['x', 'EUR', undefined],
])('fromMinorUnits(%j, %s) is %s', (amount, currency, expected) => {
  expect(fromMinorUnits(amount, currency)).toBe(expected);
});

test.each([
  [' eur', 'EUR'],
  ['EURO', undefined],
  ['€', undefined],
  [978, undefined],
])('currencyCode(%j) is %s', (value, expected) => {
  expect(currencyCode(value)).toBe(expected);
});

test.each([
  ['2026-11-21T10:00:00', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21 10:00:00', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21T10:00:00+02:00', '2026-11-21T08:00:00.000Z'],
  ['2026-11-21T10:00:00+0200', '2026-11-21T08:00:00.000Z'],
  ['2026-11-21T10:00:00.123456789Z', '2026-11-21T10:00:00.123Z'],
  ['2026-11-21T10:00', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21', '2026-11-21T00:00:00.000Z'],
  [1_795_000_000, '2026-11-18T11:06:40.000Z'],
  ['1795000000', '2026-11-18T11:06:40.000Z'],
  [1_795_000_000_000, '2026-11-18T11:06:40.000Z'],
  ['2026-13-01', undefined],
  ['2026-11-21T25:00:00Z', undefined],
  ['21.11.2026', undefined],
  ['yesterday', undefined],
  ['9'.repeat(16), undefined],
  [-1, undefined],
  [null, undefined],
])('isoTime(%j) is %s', (value, expected) => {
  expect(isoTime(value)).toBe(expected);
});

test.each([
  ['Ada', 'Ada', undefined],
  ['  Ada   King  ', 'Ada', 'King'],
  ['Ada King Lovelace', 'Ada', 'King Lovelace'],
  ['', undefined, undefined],
  [undefined, undefined, undefined],
])('splitName(%j)', (name, firstName, lastName) => {
  expect(splitName(name)).toEqual({ firstName, lastName });
});

test.each([
  ['a, b ,,c', ['a', 'b', 'c']],
  [
    ['a', 2, null, ' '],
    ['a', '2'],
  ],
  [null, []],
  [{}, []],
])('texts(%j) is %j', (value, expected) => {
  expect(texts(value)).toEqual(expected);
});
