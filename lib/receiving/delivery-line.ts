import type { EventType, SourceName } from '../events/event.ts';
import { addLogFields, type ErrorFields, errorFields, log } from '../runtime/log.ts';
import { addMetric, flushMetrics } from '../runtime/metrics.ts';
import { isSource } from '../sources/index.ts';
import type { KeptDeadLetter, ReceiveResult, ReceiveStatus } from './result.ts';

/** How the handler answers, by what became of the delivery; `unavailable` where nothing could be accepted. */
type DeliveryStatus = ReceiveStatus | 'unavailable';

/**
 * How each status is answered and logged. Some senders take 200 alone for an answer, so nothing that was
 * accepted gets another code.
 */
const ANSWERS = {
  queued: { httpStatus: 200, level: 'info' },
  duplicate: { httpStatus: 200, level: 'info' },
  ignored: { httpStatus: 200, level: 'info' },
  ping: { httpStatus: 200, level: 'info' },
  'dead-letter': { httpStatus: 200, level: 'warn' },
  refused: { httpStatus: 401, level: 'warn' },
  'unknown-source': { httpStatus: 404, level: 'warn' },
  'too-large': { httpStatus: 413, level: 'warn' },
  unavailable: { httpStatus: 503, level: 'error' },
} as const satisfies Readonly<
  Record<DeliveryStatus, { httpStatus: number; level: keyof typeof log }>
>;

/** What is known of a delivery before it is done: on every line that is logged about it. */
export interface DeliveryContext {
  /** The source in the address, which need not be one of Earmark's. */
  readonly source?: SourceName | (string & {}) | undefined;
  /** The event's id, or the dead letter's where no event could be read. */
  readonly eventId?: string | undefined;
  readonly topic?: string | undefined;
  readonly site?: string | undefined;
  /** The contact, as `groupTag` writes it. */
  readonly group?: string | undefined;
  readonly jobId?: string | undefined;
}

/** The line `delivery`: what `receive` answered, and why. One for each request. */
interface DeliveryLine extends DeliveryContext, Partial<ErrorFields> {
  readonly status: DeliveryStatus;
  readonly httpStatus: number;
  /** Why it was not queued, in words; of a dead letter the reason and the detail. */
  readonly reason?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
  /** The rules that matched, and the labels they ask for. */
  readonly rules?: readonly string[] | undefined;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  /** A job was queued, and for the rules that failed there is a dead letter: which rules, and why. */
  readonly failedRules?: string | undefined;
}

/** Puts what was just learned on every further line about the delivery. */
export const addDeliveryContext = (context: DeliveryContext): void => addLogFields({ ...context });

/** Begins the log and the metrics of a delivery. */
export function beginDelivery(source: string): void {
  addDeliveryContext({ source: source.slice(0, 64) });
  addMetric('Received', { Source: isSource(source) ? source : 'unknown' });
}

/** `rule-failed: "VIP": …`, as the sender and the log have it. */
export const deadLetterInWords = ({
  reason,
  detail,
}: Pick<KeptDeadLetter, 'reason' | 'detail'>): string => (detail ? `${reason}: ${detail}` : reason);

/** Nothing was accepted: the sender has to come again. */
export type Unavailable =
  | { readonly status: 'unavailable'; readonly reason: string }
  | { readonly status: 'unavailable'; readonly error: unknown };

/**
 * Writes the line `delivery`, with the metrics of the delivery in it.
 * @returns the HTTP status that the line reports
 */
export function logDelivery(result: ReceiveResult | Unavailable): number {
  const { status } = result;
  const { httpStatus, level } = ANSWERS[status];
  const line: DeliveryLine = { status, httpStatus, ...fieldsOf(result) };
  countResult(result);
  log[level]('delivery', { ...line, ...flushMetrics() });
  return httpStatus;
}

function countResult(result: ReceiveResult | Unavailable): void {
  const { status } = result;
  if (status === 'queued') addMetric('Queued', {});
  if (status === 'ignored') addMetric('Ignored', {});
  if (status === 'refused') addMetric('Refused', { Reason: result.refusal });
  if (status === 'unknown-source' || status === 'too-large') {
    addMetric('Refused', { Reason: status });
  }
}

/** What the line holds besides the status and the context. */
function fieldsOf(
  result: ReceiveResult | Unavailable,
): Omit<DeliveryLine, 'status' | 'httpStatus'> {
  if ('error' in result) return errorFields(result.error);
  const types = 'event' in result ? result.event?.types : undefined;
  if (!('rules' in result)) return { types, reason: reasonOf(result) };
  const { rules, add, remove } = result;
  return { types, rules, add, remove, failedRules: reasonOf(result) };
}

/** Why the delivery, or a part of it, did not become a job; in words. */
export function reasonOf(
  result: Exclude<ReceiveResult | Unavailable, { error: unknown }>,
): string | undefined {
  if ('deadLetter' in result) return deadLetterInWords(result.deadLetter);
  if ('failedRules' in result) return result.failedRules && deadLetterInWords(result.failedRules);
  return 'reason' in result ? result.reason : undefined;
}
