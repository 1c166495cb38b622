import type { JobField, JobLineField } from '../../../lib/labelling/job-line.ts';
import { at, list } from '../../../lib/sources/payload/access.ts';
import type { FunctionLogLine } from '../../kit/target.ts';

/** A delivery as `receive` answered it. Times are ISO 8601, here and below. */
export interface DeliveryStep {
  readonly kind: 'delivery';
  readonly time: string;
  /** `queued`, `duplicate`, `ignored`, `ping`, `dead-letter`, `refused`, `unknown-source`, `too-large`, `unavailable`. */
  readonly status: string;
  readonly httpStatus?: number | undefined;
  readonly reason?: string | undefined;
  /** Rules that failed, for which there is a dead letter, and why; a job was queued for the others. */
  readonly failedRules?: string | undefined;
  /** The rules that matched, and the labels they asked for. */
  readonly rules: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A try of the worker at the job. */
export interface TryStep {
  readonly kind: 'try';
  readonly time: string;
  readonly outcome: string;
  readonly receives?: number | undefined;
  readonly contactId?: string | undefined;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Labels that were in place already. */
  readonly inPlace: readonly string[];
  /** Labels that a later event had its say about already. */
  readonly superseded: readonly string[];
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  /** The call of Wix that failed, and how. */
  readonly operation?: string | undefined;
  readonly answer?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly networkCode?: string | undefined;
  readonly wixCode?: string | undefined;
  readonly wixRequestId?: string | undefined;
  /** When a job that is tried again comes back. */
  readonly nextTryAt?: string | undefined;
  /** The event reached the queue so long after it happened. */
  readonly lateSeconds?: number | undefined;
}

/** Any other line that speaks of the event: an exception, a pause of the site. */
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
  if (line.message === 'delivery') return deliveryOf(line);
  if (line.message === 'job') return tryOf(line);
  const own = new Set([...ABOUT_THE_LINE, ...metricFields(line._aws)]);
  const fields = Object.entries(line).filter(([name]) => !own.has(name));
  return {
    kind: 'note',
    time: timeOf(line),
    message: text(line.message) ?? 'output',
    fields: Object.fromEntries(fields),
  };
}

const JOB_FIELDS: readonly JobField[] = ['jobId', 'eventId', 'site', 'source', 'topic', 'group'];

/** What a note need not say, for its story does, or nobody asks. */
const ABOUT_THE_LINE = [
  ...['time', 'level', 'message', 'function', 'requestId', '_aws'],
  ...JOB_FIELDS,
];

/** Metrics and their dimensions stand beside what a line says, named in `_aws` (embedded metric format). */
function metricFields(aws: unknown): readonly string[] {
  return list(aws, 'CloudWatchMetrics').flatMap((directive) => [
    ...list(directive, 'Dimensions').flatMap(texts),
    ...list(directive, 'Metrics').flatMap((metric) => text(at(metric, 'Name')) ?? []),
  ]);
}

function deliveryOf(line: FunctionLogLine): DeliveryStep {
  return {
    kind: 'delivery',
    time: timeOf(line),
    status: text(line.status) ?? 'unknown',
    httpStatus: number(line.httpStatus),
    reason: text(line.reason) ?? text(line.error),
    failedRules: text(line.failedRules),
    rules: texts(line.rules),
    add: texts(line.add),
    remove: texts(line.remove),
  };
}

function tryOf(line: FunctionLogLine): TryStep {
  const time = timeOf(line);
  const delaySeconds = number(line.delaySeconds);
  return {
    kind: 'try',
    time,
    outcome: text(line.outcome) ?? 'unknown',
    receives: number(line.receives),
    contactId: text(line.contactId),
    added: texts(line.added),
    removed: texts(line.removed),
    inPlace: texts(line.inPlace),
    superseded: texts(line.superseded),
    reason: text(line.reason),
    detail: text(line.detail),
    operation: text(line.operation),
    answer: text(line.answer),
    httpStatus: number(line.httpStatus),
    networkCode: text(line.networkCode),
    wixCode: text(line.wixCode),
    wixRequestId: text(line.wixRequestId),
    nextTryAt:
      line.outcome === 'retry' && delaySeconds !== undefined
        ? new Date(Date.parse(time) + delaySeconds * 1000).toISOString()
        : undefined,
    lateSeconds: number(line.lateSeconds),
  } satisfies Record<Exclude<JobLineField, 'delaySeconds'>, unknown> & TryStep;
}

const EPOCH = new Date(0).toISOString();
/** When a line was written; the epoch, where it does not say. */
export const timeOf = ({ time }: FunctionLogLine): string =>
  typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : EPOCH;
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const number = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;
export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
