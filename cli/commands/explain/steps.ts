import type * as z from 'zod/mini';
import { DeliveryFields, JobFields } from '../../../engine/log-lines.ts';
import type { JobField } from '../../../lib/labelling/job-line.ts';
import { at, list } from '../../../lib/sources/payload/access.ts';
import type { FunctionLogLine } from '../../kit/target.ts';

/** A delivery as `receive` answered it. Times are ISO 8601, here and below. */
export interface DeliveryStep extends Omit<z.infer<typeof DeliveryFields>, 'error'> {
  readonly kind: 'delivery';
  readonly time: string;
  readonly status: string;
}

/** A try of the worker at the job. */
export interface TryStep extends Omit<z.infer<typeof JobFields>, 'delaySeconds'> {
  readonly kind: 'try';
  readonly time: string;
  readonly outcome: string;
  /** When a job that is tried again comes back. */
  readonly nextTryAt?: string | undefined;
  /** It is the first after a dead letter, which was replayed. */
  readonly replayed?: true;
}

/** Any other line about the event: an exception, a pause of the site. */
export interface NoteStep {
  readonly kind: 'note';
  readonly time: string;
  readonly message: string;
  /** What else the line says. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type StoryStep = DeliveryStep | TryStep | NoteStep;

/** A line of the log as a step. What does not have the form it should is left out of it. */
export function stepOf(line: FunctionLogLine): StoryStep {
  const time = timeOf(line);
  if (line.message === 'delivery') {
    const { error, status = 'unknown', ...fields } = DeliveryFields.parse(line);
    return { kind: 'delivery', time, ...fields, status, reason: fields.reason ?? error };
  }
  if (line.message === 'job') {
    const { delaySeconds, outcome = 'unknown', ...fields } = JobFields.parse(line);
    const isAgain = outcome === 'retry' && delaySeconds !== undefined;
    const next = isAgain ? Date.parse(time) + delaySeconds * 1000 : undefined;
    const nextTryAt = next === undefined ? next : new Date(next).toISOString();
    return { kind: 'try', time, ...fields, outcome, nextTryAt };
  }
  const own = new Set([...ABOUT_THE_LINE, ...metricFields(line._aws)]);
  const fields = Object.entries(line).filter(([name]) => !own.has(name));
  const message = typeof line.message === 'string' ? line.message : 'output';
  return { kind: 'note', time, message, fields: Object.fromEntries(fields) };
}

const JOB_FIELDS: readonly JobField[] = ['jobId', 'eventId', 'site', 'source', 'topic', 'group'];

/** What a note need not say, for its story does, or nobody asks. */
const ABOUT_THE_LINE = [
  ...['time', 'level', 'message', 'function', 'requestId', '_aws'],
  ...JOB_FIELDS,
];

/** Metrics and their dimensions stand beside what a line says, named in `_aws` (embedded metric format). */
function metricFields(aws: unknown): readonly unknown[] {
  return list(aws, 'CloudWatchMetrics').flatMap((directive) => [
    ...list(directive, 'Dimensions').flat(),
    ...list(directive, 'Metrics').map((metric) => at(metric, 'Name')),
  ]);
}

const EPOCH = new Date(0).toISOString();
/** When a line was written; the epoch, where it does not say. */
export const timeOf = ({ time }: FunctionLogLine): string =>
  typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : EPOCH;
