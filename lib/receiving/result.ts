import type { EventType } from '../events/event.ts';
import type { DeliveryReason } from '../queue/reasons.ts';
import type { RefusalKind } from '../sources/source.ts';

/** What a delivery is about, once it was read. */
export interface ReadEvent {
  readonly id: string;
  readonly topic: string;
  readonly types: readonly EventType[];
}

/** A delivery that was kept raw: the dead letter's id, and why it is one. */
export interface KeptDeadLetter {
  readonly id: string;
  readonly reason: DeliveryReason;
  readonly detail?: string | undefined;
}

/** What became of a delivery. */
export type ReceiveResult =
  | QueuedResult
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

/** A job is in the queue; with `failedRules`, a dead letter keeps the delivery for the rules that failed. */
interface QueuedResult {
  readonly status: 'queued' | 'duplicate';
  readonly event: ReadEvent;
  readonly rules: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly failedRules?: KeptDeadLetter | undefined;
}

export type ReceiveStatus = ReceiveResult['status'];
