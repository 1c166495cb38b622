import { DEFAULT_YEARS, YEAR_MS } from '../../lib/store/settings.ts';

/** How long facts are kept where nobody sets `historyYears`. */
export const DEFAULT_HISTORY_YEARS = DEFAULT_YEARS;
export const DEFAULT_RETENTION_MS = DEFAULT_YEARS * YEAR_MS;
