import { type LogFields, toLine } from './log-line.ts';
import type { MetricDocument } from './metrics.ts';
import { inScope, scope } from './scope.ts';
import { SettingsError } from './settings.ts';

/** The `message` of each line that `receive` logs. */
type ReceiveMessage =
  | 'received'
  | 'delivery'
  | 'kept'
  | 'interpretation-failed'
  | 'secret-malformed'
  | 'secret-weak';

/** The `message` of each line that `label` logs: `job` for each try at a job, and what happened to its site. */
export type LabelMessage =
  | 'job'
  | 'exception'
  | 'invalid-job'
  | 'not-finished'
  | 'not-postponed'
  | 'timeout-too-short'
  | 'breaker'
  | 'throttled'
  | 'rate-limited'
  | 'labels-quota-reached'
  | 'labels-quota-lifted'
  | 'members-unreadable'
  | 'token-unusable'
  | 'standing-undecided';

export type LogMessage = ReceiveMessage | LabelMessage | 'wake';

type Level = 'info' | 'warn' | 'error';

/** Runs `work` with `fields` on every line that it logs, however deep: nobody passes a logger. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return inScope({ fields: { ...scope()?.fields, ...fields } }, work);
}

/** Puts `fields` on every further line of the work under way. */
export function addLogFields(fields: LogFields): void {
  const known = scope();
  if (known) Object.assign(known.fields, fields);
}

/** Lambda's id of the invocation under way; lines of level `info` leave it out. */
export const requestId = (): unknown => scope()?.fields.requestId;

let sink = (line: string): void => {
  process.stdout.write(line);
};

/** Sends the log of this process elsewhere: a command's own output is for its results. */
export function setLogSink(to: (line: string) => void): void {
  sink = to;
}

function write(level: Level, message: LogMessage, fields: LogFields): void {
  const now = new Date();
  const begin = { time: now.toISOString(), level, message };
  try {
    print({ ...begin, ...fieldsOf(level, fields, now) });
  } catch {
    print({ ...begin, fields: '[unreadable]' });
  }
}

const fieldsOf = (level: Level, { _aws: metrics, ...fields }: LogFields, now: Date): LogFields => ({
  ...scope()?.fields,
  // It leads to Lambda's own lines about the invocation, which nobody needs where all went well.
  ...(level === 'info' && { requestId: undefined }),
  ...fields,
  ...(metrics instanceof Object && { _aws: { Timestamp: now.getTime(), ...metrics } }),
});

const print = (line: LogFields): void => sink(`${toLine(line)}\n`);

/** A line of metrics alone, for CloudWatch. */
export function writeMetrics({ _aws, ...document }: MetricDocument): void {
  print({ message: 'metrics', ...document, _aws: { Timestamp: Date.now(), ..._aws } });
}

/**
 * One JSON object a line on standard output. Fields hold ids, outcomes and counts: pass no e-mail address, phone
 * number, name, token or body; the line `kept` alone has one, where its owner asks for it. In the texts of others
 * (event ids, topics, label names) addresses are masked.
 */
export const log = {
  info: (message: LogMessage, fields: LogFields = {}): void => write('info', message, fields),
  warn: (message: LogMessage, fields: LogFields = {}): void => write('warn', message, fields),
  error: (message: LogMessage, fields: LogFields = {}): void => write('error', message, fields),
};

/** What a line holds of an unforeseen error: with what is wrong with settings, and the first frames of the stack. */
export type ErrorFields = {
  readonly error: string;
  readonly problems?: readonly string[];
  readonly at?: readonly string[];
};

/** A frame as V8 writes it, with where it is. */
const FRAME = /^ {4}at .*:\d+:\d+\)?$/;

/** An unforeseen error for the log: its name and where it arose. Its message may quote customer data. */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { error: typeof error };
  return {
    error: error.name,
    ...(error instanceof SettingsError && { problems: error.problems }),
    at: framesOf(error),
  };
}

function framesOf({ message, stack }: Error): readonly string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  // The stack begins with the message, whose own lines may look like frames.
  const begin = stack.includes(message) ? stack.indexOf(message) + message.length : 0;
  const frames = stack.slice(begin).split('\n');
  return frames
    .filter((line) => FRAME.test(line))
    .slice(0, 3)
    .map((line) => line.trim().slice(3));
}
