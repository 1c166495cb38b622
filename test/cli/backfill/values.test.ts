import { expect, test } from '@jest/globals';
import { packedItems } from '../../../cli/commands/backfill/orders.ts';
import { amount, date, dateOrderOf, hasZone } from '../../../cli/commands/backfill/values.ts';

test.each([
  ['0', 0],
  ['19.90', 19.9],
  ['19,90', 19.9],
  ['0,25', 0.25],
  ['1,234.50', 1234.5],
  ['1.234,50', 1234.5],
  ['1,234,567', 1_234_567],
  ['$1,234.50', 1234.5],
  ['1 234,50 €', 1234.5],
  ['1.234', 1.234],
  ['-20', -20],
])('%s is an amount', (text, value) => {
  expect(amount(text)).toBe(value);
});

test.each([
  ['1,234'],
  ['12,34.5'],
  ['abc'],
  [''],
  ['1.2.3,4,5'],
  ['12,345,6'],
  ['1e3'],
  ['10 USD'],
])('%j is none', (text) => {
  expect(amount(text)).toBeUndefined();
});

test.each([
  ['2026-03-04 10:00:00 -0500', '2026-03-04T15:00:00.000Z'],
  ['2026-03-04T10:00:00Z', '2026-03-04T10:00:00.000Z'],
  ['2026-03-04 10:00 UTC', '2026-03-04T10:00:00.000Z'],
  ['2026-03-04', '2026-03-04T00:00:00.000Z'],
  ['1772618400', '2026-03-04T10:00:00.000Z'],
  ['4/3/2026 6:29:00 PM', '2026-03-04T18:29:00.000Z'],
  ['04.03.2026, 12:05', '2026-03-04T12:05:00.000Z'],
  ['4/3/2026 12:05 am', '2026-03-04T00:05:00.000Z'],
])('%s is a date', (text, iso) => {
  expect(date(text, 'day')).toBe(iso);
});

test.each([['soon'], ['31/02/26'], ['13/13/2026']])('%j is none', (text) => {
  expect(date(text, 'day')).toBeUndefined();
});

test('the month may stand first', () => {
  expect(date('9/6/2016 6:29:00', 'month')).toBe('2016-09-06T06:29:00.000Z');
});

test.each([
  [['3/4/2026', '13/4/2026'], 'day'],
  [['3/4/2026', '4/13/2026'], 'month'],
  [['3.4.2026'], 'day'],
  [['3/4/2026'], 'either'],
  [['13/4/2026', '4/13/2026'], 'both'],
  [['2026-03-04'], 'either'],
])('the dates %j show: %s', (texts, order) => {
  expect(dateOrderOf(texts)).toBe(order);
});

test.each([
  ['2026-03-04 10:00:00 -0500', true],
  ['2026-03-04T10:00:00+02:00', true],
  ['2026-03-04T10:00:00Z', true],
  ['2026-03-04 10:00:00 UTC', true],
  ['1772611200', true],
  ['2026-03-04 10:00:00', false],
  ['2026-03-04', false],
  ['3/4/2026 6:29 PM', false],
])('%s names its zone: %s', (text, expected) => {
  expect(hasZone(text)).toBe(expected);
});

test('all lines of an order in one cell', () => {
  const cell =
    'name:Mug: large|product_id:7|sku:M-1|quantity:2|total:50.00;name:Lamp|quantity:1|total:9.90';

  expect(packedItems(cell)).toEqual([
    { title: 'Mug: large', sku: 'M-1', productId: '7', quantity: '2', price: '25' },
    { title: 'Lamp', sku: undefined, productId: undefined, quantity: '1', price: '9.9' },
  ]);
  expect(packedItems('[{"name":"Mug","quantity":1,"total":"5.00"}]')).toMatchObject([
    { title: 'Mug', price: '5' },
  ]);
  expect(packedItems('nothing of the kind')).toEqual([]);
});
