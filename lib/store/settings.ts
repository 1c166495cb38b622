import { SettingsError } from '../runtime/settings.ts';
import type { HistoryStoreOptions } from './dynamodb.ts';

/** Each setting of the store, with what it is for. */
const PURPOSE = {
  HISTORY_TABLE: 'the name of the table of histories (in DynamoDB)',
  HISTORY_YEARS: 'for how many years what a customer did is remembered (default 5)',
} as const;

export const STORE_SETTING_NAMES = Object.keys(PURPOSE) as readonly (keyof typeof PURPOSE)[];

export const DEFAULT_YEARS = 5;
export const YEAR_MS = 365.25 * 86_400_000;

/** @throws SettingsError naming each that is missing or malformed */
export function readStoreSettings(
  env: NodeJS.ProcessEnv,
): Pick<HistoryStoreOptions, 'table' | 'retentionMs'> {
  const [table = '', years = ''] = STORE_SETTING_NAMES.map((name) => env[name]?.trim());
  const problems = [];
  if (table === '') problems.push(`HISTORY_TABLE is not set. Set it to ${PURPOSE.HISTORY_TABLE}.`);
  if (!/^(?:[1-9]\d?)?$/.test(years)) {
    problems.push(
      `HISTORY_YEARS is "${years}". It must be a whole number from 1 to 99: ${PURPOSE.HISTORY_YEARS}.`,
    );
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return { table, retentionMs: Number(years || DEFAULT_YEARS) * YEAR_MS };
}
