import type { SourceName } from '../events/event.ts';
import type { FactItem } from './fact.ts';

/** What a sender left out is `undefined`. Times are epoch milliseconds. */
type Maybe<T> = T | undefined;

/** An order as it is now, of all that was said of it. Amounts are in major units of `currency`. */
export interface HistoryOrder {
  readonly id: string;
  readonly source: SourceName;
  readonly number: Maybe<string>;
  /** Less what was paid back; undefined where either is not known. */
  readonly total: Maybe<number>;
  /** Why `total` is not known, where it is not. */
  readonly lacks: Maybe<'total' | 'refundedTotal'>;
  readonly currency: Maybe<string>;
  /** Without what was given back; none of an order that is canceled or refunded in full. */
  readonly items: readonly FactItem[];
  /** Paid, and neither canceled nor refunded in full. */
  readonly paid: boolean;
  /** In full. */
  readonly refunded: boolean;
  /** Some of it was paid back, and not all. */
  readonly partlyRefunded: boolean;
  readonly canceled: boolean;
  readonly fulfilled: boolean;
  readonly discountCodes: readonly string[];
  readonly channel: Maybe<string>;
  readonly tags: readonly string[];
  /** When it was placed, else when it was first heard of. */
  readonly at: number;
  readonly test: boolean;
}

export interface HistorySubscription {
  readonly id: string;
  readonly source: SourceName;
  readonly planId: Maybe<string>;
  readonly planName: Maybe<string>;
  readonly status: Maybe<string>;
  readonly interval: Maybe<string>;
  readonly price: Maybe<number>;
  /** Neither paused nor over. One that will end is active until it does. */
  readonly active: boolean;
  /** When it was first heard of. */
  readonly since: number;
  /** When it ended, once it did. */
  readonly until: Maybe<number>;
  readonly test: boolean;
}

/** A form that was filled in. */
export interface HistoryForm {
  /** The form's own. */
  readonly id: Maybe<string>;
  readonly name: Maybe<string>;
  readonly source: SourceName;
  readonly at: number;
  readonly test: boolean;
}

/** All events of one name and source. */
export interface HistoryEvent {
  readonly name: string;
  readonly source: SourceName;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** Of each, the first one first. */
  readonly times: readonly number[];
}

/** What a contact did. Every list is in the order of time. */
export interface History {
  readonly orders: readonly HistoryOrder[];
  /** Of all orders that are paid. */
  readonly items: readonly FactItem[];
  readonly subscriptions: readonly HistorySubscription[];
  readonly forms: readonly HistoryForm[];
  readonly events: readonly HistoryEvent[];
  /** The times of the first and the last fact. */
  readonly first: Maybe<number>;
  readonly last: Maybe<number>;
  /** Of all facts, the first one first. */
  readonly times: readonly number[];
}
