import { AsyncLocalStorage } from 'node:async_hooks';
import { SettingsError } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;
type Level = 'info' | 'warn' | 'error';

const scope = new AsyncLocalStorage<Fields>();

/**
 * Runs `work` with `fields` on every line it logs, however deep, so that nobody passes a logger.
 */
export function withLogFields<T>(fields: Fields, work: () => T): T {
  return scope.run(fields, work);
}

/** Ids, topics and label names are the sender's and the rules' own text, and may hold an address. */
const EMAIL = /[^\s"@]{1,64}(?:@[^\s"@]{1,255})+/g;

let sink = (line: string): void => {
  process.stdout.write(line);
};

/** Sends the lines of this process elsewhere: a command's own output is for its results. */
export function divertLog(to: (line: string) => void): void {
  sink = to;
}

function write(level: Level, message: string, fields: Fields): void {
  const now = new Date();
  const { _aws: metrics, ...others } = fields;
  const line = {
    time: now.toISOString(),
    level,
    message,
    ...scope.getStore(),
    ...others,
    ...(metrics instanceof Object && { _aws: { Timestamp: now.getTime(), ...metrics } }),
  };
  const text = JSON.stringify(line);
  // Without an @ there is none, and to look for one from each place takes longer than all the rest.
  sink(`${text.includes('@') ? text.replace(EMAIL, '[e-mail]') : text}\n`);
}

/**
 * One JSON object a line on standard output. Fields hold ids, outcomes and counts, and never an
 * e-mail address, phone number, name, token or body.
 */
export const log = {
  info: (message: string, fields: Fields = {}): void => write('info', message, fields),
  warn: (message: string, fields: Fields = {}): void => write('warn', message, fields),
  error: (message: string, fields: Fields = {}): void => write('error', message, fields),
};

/**
 * An unforeseen error for the log: its name and where it arose. Its message may
 * quote customer data and is left out, but for settings, where it is what helps.
 */
export function errorFields(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return {
    error: error.name,
    ...(error instanceof SettingsError && { problems: error.problems }),
    at: frames.slice(0, 3).map((line) => line.trim().slice(3)),
  };
}
