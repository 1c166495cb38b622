import type { EventType } from '../lib/events/event.ts';

/** Somebody who buys. `contactId` is the Wix contact's: events of Wix itself name it. */
export interface Buyer {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly contactId?: string;
}

/** A request to be posted to `/webhooks/{source}`. */
export interface SampleDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What follows the source's name in the path, where that proves the delivery. */
  readonly secret?: string;
  /** The parameters of the query that prove it. */
  readonly query?: Readonly<Record<string, string>>;
}

/** Where a delivery is posted: the address with what in it is a proof. */
export function addressOf(
  address: string,
  { secret, query = {} }: Pick<SampleDelivery, 'secret' | 'query'>,
): string {
  const url = new URL(address);
  if (secret !== undefined) url.pathname += `/${encodeURIComponent(secret)}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** What a sample is made of, fresh ids among it. */
export interface Facts {
  readonly buyer: Buyer;
  /** What was paid in all, in dollars. */
  readonly total: number;
  /** The app instance in Wix's envelope. */
  readonly instanceId: string;
  readonly id: string;
  /** A fresh number; some platforms number their orders. */
  readonly number: number;
  /** The time of the event and of the signature, in Unix seconds and as ISO 8601. */
  readonly seconds: number;
  readonly iso: string;
}

export type Payload = Readonly<Record<string, unknown>>;

/** What a platform would send, not signed yet. */
export interface Draft {
  /** The platform's own name for it, e.g. `orders/paid`. */
  readonly topic: string;
  /** The body, or for `wix` the entity that is wrapped into it. */
  readonly payload: Payload;
}

/** How one platform speaks. */
export interface Sampler {
  /** Writes a text as the platform writes its secrets; absent where a secret is any text. */
  readonly secret?: (text: string) => string;
  /** The events it can send. */
  readonly drafts: Readonly<Partial<Record<EventType, (facts: Facts) => Draft>>>;
  /** @param secret what the platform signs with: a shared secret, or for `wix` a private key (PEM) */
  readonly sign: (draft: Draft, facts: Facts, secret: string) => SampleDelivery;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

/** Two decimals, as platforms write amounts. */
export const money = (amount: number): string => amount.toFixed(2);

/** A GUID without its dashes, for ids that have a prefix. */
export const bare = (id: string): string => id.replaceAll('-', '');
