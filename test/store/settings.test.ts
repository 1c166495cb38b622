import { expect, test } from '@jest/globals';
import { readStoreSettings } from '../../lib/store/settings.ts';

const YEAR_MS = 365.25 * 86_400_000;

test('the table is needed, and five years are kept where nothing else is said', () => {
  expect(readStoreSettings({ HISTORY_TABLE: ' a-table ' })).toEqual({
    table: 'a-table',
    retentionMs: 5 * YEAR_MS,
  });
  expect(readStoreSettings({ HISTORY_TABLE: 'a-table', HISTORY_YEARS: '10' })).toEqual({
    table: 'a-table',
    retentionMs: 10 * YEAR_MS,
  });
});

test.each(['0', '-1', '1.5', '100', 'five', '5 years'])('%s is no number of years', (years) => {
  expect(() => readStoreSettings({ HISTORY_YEARS: years })).toThrow(
    `Earmark cannot start with these settings:
  HISTORY_TABLE is not set. Set it to the name of the table of histories (in DynamoDB).
  HISTORY_YEARS is "${years}". It must be a whole number from 1 to 99: for how many years what a customer did is remembered (default 5).`,
  );
});
