import { maskAddresses } from '../../lib/runtime/mask.ts';

/** A line that a function logged; `function` is its name. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly function: string };

/** A request that came to `receive`, and its answer. */
export interface Delivered {
  /** Lambda's request id. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly source: string;
  readonly answer: { readonly status: number; readonly body: string };
  /** What the answer says became of it. */
  readonly status: string | undefined;
  readonly reason: string | undefined;
  /** The event's id, or the dead letter's. */
  readonly eventId: string | undefined;
}

/** All that is known of one event, or of one request in which none was read. */
export interface Pieces {
  readonly key: string;
  /** When the first of it came: epoch milliseconds of the engine's clock. */
  readonly since: number;
  readonly lines: readonly LogLine[];
  /** Those that asked for the same, first to last. */
  readonly deliveries: readonly Delivered[];
}

const eventKey = (source: unknown, eventId: unknown): string =>
  `event ${JSON.stringify([source, eventId])}`;
const requestKey = (id: unknown): string => `request ${id}`;

/** What a line is a piece of; undefined for a line that is about no delivery and no job. */
export function keyOfLine(line: LogLine): string | undefined {
  const { source, eventId, message, requestId } = line;
  if (typeof eventId === 'string' && typeof source === 'string') return eventKey(source, eventId);
  // The line `received` has no more than the answer.
  return message === 'delivery' && typeof requestId === 'string'
    ? requestKey(requestId)
    : undefined;
}

/** What a delivery is a piece of. The log has ids with addresses masked. */
export const keyOfDelivery = ({ id, source, eventId }: Delivered): string =>
  eventId === undefined ? requestKey(id) : eventKey(source, maskAddresses(eventId));
