import { DEFAULT_YEARS, readStoreSettings, YEAR_MS } from '../../lib/store/settings.ts';
import type { Target } from './target.ts';

/** How long facts are kept where nobody sets `historyYears`. */
export const DEFAULT_HISTORY_YEARS = DEFAULT_YEARS;
export const DEFAULT_RETENTION_MS = DEFAULT_YEARS * YEAR_MS;

/** How long a target keeps facts. Milliseconds. @throws SettingsError where what it says is no number of years */
export function retentionOf({ history }: Pick<Target, 'history'>): number {
  if (history === undefined) return DEFAULT_RETENTION_MS;
  const { table: HISTORY_TABLE, years: HISTORY_YEARS } = history;
  return readStoreSettings({ HISTORY_TABLE, HISTORY_YEARS }).retentionMs;
}
