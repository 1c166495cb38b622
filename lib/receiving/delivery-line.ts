import { type EventType, isCodeSource, type SourceName } from '../events/event.ts';
import type { DeliveryReason } from '../queue/reasons.ts';
import { addLogFields, type ErrorFields, errorFields, log } from '../runtime/log.ts';
import { addMetric, flushMetrics } from '../runtime/metrics.ts';
import { sourceNamed } from '../sources/index.ts';
import type { RefusalKind } from '../sources/source.ts';

/** What a delivery is about, once it was read. */
export interface ReadEvent {
  readonly id: string;
  readonly topic: string;
  readonly types: readonly EventType[];
}

/** The dead letter of a delivery that was kept raw. */
export interface KeptDeadLetter {
  readonly id: string;
  readonly reason: DeliveryReason;
  readonly detail?: string | undefined;
}

/** What became of a delivery. */
export type ReceiveResult =
  | {
      readonly status: 'queued' | 'duplicate';
      readonly event: ReadEvent;
      readonly rules: readonly string[];
      readonly add: readonly string[];
      readonly remove: readonly string[];
      /** A job is in the queue; for the rules that failed, this keeps the delivery. */
      readonly failedRules?: KeptDeadLetter | undefined;
    }
  | {
      readonly status: 'dead-letter';
      readonly deadLetter: KeptDeadLetter;
      readonly event?: ReadEvent | undefined;
    }
  | {
      readonly status: 'ignored';
      readonly reason: string;
      readonly event?: ReadEvent | undefined;
    }
  | { readonly status: 'ping' }
  | { readonly status: 'refused'; readonly refusal: RefusalKind; readonly reason: string }
  | { readonly status: 'unknown-source'; readonly reason: string }
  | { readonly status: 'too-large'; readonly reason: string };

/** Nothing was accepted: the sender has to come again. */
export type Unavailable =
  | { readonly status: 'unavailable'; readonly reason: string }
  | { readonly status: 'unavailable'; readonly error: unknown };

type DeliveryStatus = (ReceiveResult | Unavailable)['status'];

/** How each status is answered and logged. Some senders know no success but 200, so all that was accepted gets it. */
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

/** What is known of a delivery before it is done; every log line about it has this. */
export interface DeliveryContext {
  /** `unknown` where there is no source of the name in the address. */
  readonly source?: SourceName | undefined;
  /** The event's id, or the dead letter's where no event could be read. */
  readonly eventId?: string | undefined;
  readonly topic?: string | undefined;
  /** The number of the order as its buyer knows it, else its id: by it people ask. */
  readonly order?: string | undefined;
  readonly site?: string | undefined;
  /** The contact, as `groupTag` writes it. */
  readonly group?: string | undefined;
  readonly jobId?: string | undefined;
}

/** The line `delivery`: what `receive` answered, and why. One for each request. */
export interface DeliveryLine extends DeliveryContext, Partial<ErrorFields> {
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

/** Adds what was just learned to every further line about the delivery. */
export const addDeliveryContext = (context: DeliveryContext): void => addLogFields({ ...context });

/** Begins the log and the metrics of a delivery. @param name what stands in its path for a source */
export function beginDelivery(name: string): void {
  const isKnown = sourceNamed(name) !== undefined;
  // What else stands there may be a secret in the wrong place.
  addDeliveryContext({ source: isKnown ? name : UNKNOWN });
  addMetric('Received', { Source: isKnown ? sourceInMetrics(name) : UNKNOWN });
}

const UNKNOWN = 'unknown';

/** A source as metrics have it. Those that are described share one: each is paid for, and they may be many. */
export const sourceInMetrics = (name: SourceName): string =>
  isCodeSource(name) ? name : 'described';

/** `rule-failed: "VIP": …`, for the sender and the log. */
export const deadLetterInWords = ({
  reason,
  detail,
}: Pick<KeptDeadLetter, 'reason' | 'detail'>): string => (detail ? `${reason}: ${detail}` : reason);

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
