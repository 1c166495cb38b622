import { toLine } from './log-line.ts';
import type { LogMessage } from './messages.ts';
import type { MetricDocument } from './metrics.ts';
import { inScope, scope } from './scope.ts';
import { SettingsError } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;
type Level = 'info' | 'warn' | 'error';

/**
 * Runs `work` with `fields` on every line it logs, however deep, so that nobody passes a logger. Fields
 * of the scope around it stay.
 */
export function withLogFields<T>(fields: Fields, work: () => T): T {
  return inScope({ fields: { ...scope()?.fields, ...fields } }, work);
}

/** Puts what was just learned on every further line of the scope that is being run. */
export function addLogFields(fields: Fields): void {
  const known = scope();
  if (known) Object.assign(known.fields, fields);
}

/** Lambda's id of the invocation under way, for a line of level `info`, which leaves it out by itself. */
export const requestId = (): unknown => scope()?.fields.requestId;

let sink = (line: string): void => {
  process.stdout.write(line);
};

/** Sends the log of this process elsewhere: a command's own output is for its results. */
export function setLogSink(to: (line: string) => void): void {
  sink = to;
}

function write(level: Level, message: LogMessage, fields: Fields): void {
  const now = new Date();
  const begin = { time: now.toISOString(), level, message };
  let rest: Fields;
  try {
    rest = restOf(level, fields, now);
  } catch {
    rest = { fields: '[unreadable]' };
  }
  print({ ...begin, ...rest });
}

function restOf(level: Level, { _aws: metrics, ...fields }: Fields, now: Date): Fields {
  return {
    ...scope()?.fields,
    // It leads to Lambda's own lines about the invocation, which nobody asks for where all went well.
    ...(level === 'info' && { requestId: undefined }),
    ...fields,
    ...(metrics instanceof Object && { _aws: { Timestamp: now.getTime(), ...metrics } }),
  };
}

const print = (line: Fields): void => sink(`${toLine(line)}\n`);

/** A line that is nothing but metrics: for CloudWatch, and no person. */
export function writeMetrics({ _aws, ...document }: MetricDocument): void {
  print({ message: 'metrics', ...document, _aws: { Timestamp: Date.now(), ..._aws } });
}

/**
 * One JSON object a line on standard output. Fields hold ids, outcomes and counts: nobody passes an e-mail
 * address, phone number, name, token or body. Of others' words (event ids, topics, label names) addresses are masked.
 */
export const log = {
  info: (message: LogMessage, fields: Fields = {}): void => write('info', message, fields),
  warn: (message: LogMessage, fields: Fields = {}): void => write('warn', message, fields),
  error: (message: LogMessage, fields: Fields = {}): void => write('error', message, fields),
};

/** What a line holds of an unforeseen error. */
export type ErrorFields = {
  readonly error: string;
  /** What is wrong with the settings. */
  readonly problems?: readonly string[];
  /** The first frames of its stack. */
  readonly at?: readonly string[];
};

/** A frame as V8 writes it, with where it is. */
const FRAME = /^ {4}at .*:\d+:\d+\)?$/;

/**
 * An unforeseen error for the log: its name and where it arose. Its message may quote customer data, and is
 * left out; what is wrong with settings is not.
 */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { error: typeof error };
  return {
    error: error.name,
    ...(error instanceof SettingsError && { problems: error.problems }),
    at: framesOf(error)
      .slice(0, 3)
      .map((line) => line.trim().slice(3)),
  };
}

function framesOf({ message, stack }: Error): readonly string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  // It begins with the message, whose own lines may look like frames.
  const begin = stack.includes(message) ? stack.indexOf(message) + message.length : 0;
  return stack
    .slice(begin)
    .split('\n')
    .filter((line) => FRAME.test(line));
}
