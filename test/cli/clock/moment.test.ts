import { expect, test } from '@jest/globals';
import { momentOf } from '../../../cli/commands/clock/moment.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

test.each([
  ['+90m', '2026-11-28T13:30:00Z'],
  ['+12h', '2026-11-29T00:00:00Z'],
  ['+1.5d', '2026-11-30T00:00:00Z'],
  ['+30d', '2026-12-28T12:00:00Z'],
  ['+2w', '2026-12-12T12:00:00Z'],
  ['2027-05-31', '2027-05-31T00:00:00Z'],
  ['2027-05-31T09:00+02:00', '2027-05-31T07:00:00Z'],
])('%s is %s', (text, time) => {
  expect(momentOf(text, NOW)).toBe(Date.parse(time));
});

test.each([
  ['30d', 'is no time'],
  ['+30', 'is no time'],
  ['+30s', 'is no time'],
  ['+3y', 'is no time'],
  ['-30d', 'time only goes forward: +30d is later'],
  ['tomorrow', 'is no time'],
  ['2027-02-30T25:00Z', 'is no time'],
  ['2026-11-28', 'is over: it is 2026-11-28T12:00:00.000Z for the engine'],
  ['2026-11-28T11:59:59Z', 'never goes back'],
  ['+999999w', 'more than 100 years'],
  ['9999-01-01', 'more than 100 years'],
])('%s is refused: it %s', (text, why) => {
  expect(() => momentOf(text, NOW)).toThrow(why);
  expect(() => momentOf(text, NOW)).toThrow(/^.{1,80}(?:\n.{1,80})*$/);
});
