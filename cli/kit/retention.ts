/** `historyYears` of serverless.yml where nobody sets it: how long facts are kept. */
export const DEFAULT_HISTORY_YEARS = 5;
export const DEFAULT_RETENTION_MS = DEFAULT_HISTORY_YEARS * 365 * 86_400_000;
