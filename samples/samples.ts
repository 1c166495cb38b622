import { randomUUID } from 'node:crypto';
import {
  type CodeSourceName,
  EVENT_TYPES,
  type EventType,
  isCodeSource,
  type SourceName,
} from '../lib/events/event.ts';
import {
  describedContactId,
  describedEvents,
  describedSecret,
  describedSigns,
  draftDescribed,
  signDescribedAny,
} from './described/described.ts';
import { custom, standardWebhooks } from './flat.ts';
import type { Buyer, Draft, Facts, SampleDelivery, Sampler } from './sampler.ts';
import { shopify } from './shopify.ts';
import { proofHeaders } from './sign.ts';
import { stripe } from './stripe.ts';
import { wix } from './wix.ts';
import { woocommerce } from './woocommerce.ts';

export { addressOf } from './sampler.ts';
export type { Buyer, Draft, SampleDelivery };

/** The app instance where none is set. */
export const INSTANCE_ID = '00000000-0000-4000-8000-0000000000aa';

/** One buyer a source, so that each sample labels a contact of its own. */
export const SAMPLE_BUYERS: Readonly<Record<CodeSourceName, Buyer>> = {
  shopify: buyer('Ada', 'Lovelace', 1),
  woocommerce: buyer('Grace', 'Hopper', 2),
  stripe: buyer('Alan', 'Turing', 3),
  wix: buyer('Katherine', 'Johnson', 4),
  'standard-webhooks': buyer('Edsger', 'Dijkstra', 5),
  custom: buyer('Margaret', 'Hamilton', 6),
};

/** Numbers from +1 202 555 0100 to 0199 are set aside for fiction; example.com is, for examples. */
function buyer(firstName: string, lastName: string, number: number): Buyer {
  const email = `${firstName.toLowerCase()}@example.com`;
  return { firstName, lastName, email, phone: `+1202555010${number}` };
}

const SAMPLERS: Readonly<Record<CodeSourceName, Sampler>> = {
  shopify,
  woocommerce,
  stripe,
  wix,
  'standard-webhooks': standardWebhooks,
  custom,
};

/** The buyer of a source's samples, where nobody else is asked for. */
export const buyerOf = (source: SourceName): Buyer =>
  isCodeSource(source)
    ? SAMPLE_BUYERS[source]
    : { ...buyer('Dorothy', 'Vaughan', 7), email: `${source}@example.com` };

/** A shared secret made of the text, in the form that the source's setting wants. */
export function sampleSecret(source: SourceName, text: string): string {
  if (!isCodeSource(source)) return describedSecret(source, text);
  return SAMPLERS[source].secret?.(text) ?? text;
}

/** Whether a sample of the source can be signed here. */
export const canSign = (source: SourceName): boolean =>
  isCodeSource(source) || describedSigns(source);

/** The events that a source can send, in the order of the vocabulary. */
export function eventsOf(source: SourceName): readonly EventType[] {
  if (!isCodeSource(source)) return describedEvents(source);
  const { drafts } = SAMPLERS[source];
  return EVENT_TYPES.filter((type) => drafts[type] !== undefined);
}

/** Whether a source names the person of that event by the Wix contact's id and by nothing else. */
export const needsContactId = (source: SourceName, type: EventType): boolean =>
  isCodeSource(source)
    ? source === 'wix' && /^(customer|subscription)\./.test(type)
    : describedContactId(source, type).needs;

/** Whether that event of a source may name the Wix contact's id. */
export const takesContactId = (source: SourceName, type: EventType): boolean =>
  isCodeSource(source)
    ? ['wix', 'custom', 'standard-webhooks'].includes(source)
    : describedContactId(source, type).has;

export interface DraftOptions {
  /** Epoch milliseconds: the time of the event and of the signature. */
  readonly now: number;
  /** Default: a purchase. One of `eventsOf(source)`. */
  readonly type?: EventType;
  readonly buyer?: Buyer;
  /** What was paid in all. Default: 249 dollars, or what the sample in the source's file says. */
  readonly total?: number | undefined;
  /** The app instance in Wix's envelope. */
  readonly instanceId?: string;
  /** Where it is to be posted: some senders sign it. */
  readonly url?: string;
}

export interface SampleOptions extends DraftOptions {
  /** What the source signs with: its shared secret, or for `wix` its private key (PEM). */
  readonly secret: string;
}

/** A draft, and `sign` for it or for what was made of it. */
export interface Sample {
  readonly draft: Draft;
  sign(draft: Draft, secret: string): SampleDelivery;
}

/**
 * An event of our own making, in the source's own form, with fresh ids.
 * @throws RangeError for an event that the source cannot send, FileError where the source's file is broken
 */
export function draftSample(source: SourceName, options: DraftOptions): Sample {
  const { now, type = 'order.paid', buyer = buyerOf(source), total } = options;
  const seconds = Math.floor(now / 1000);
  if (!isCodeSource(source)) {
    const { url = `https://shop.example.com/webhooks/${source}` } = options;
    return draftDescribed(source, type, { buyer, total, now, seconds, url });
  }
  const { drafts, sign } = SAMPLERS[source];
  const draftOf = drafts[type];
  if (!draftOf) throw new RangeError(`${source} sends no ${type}`);
  const id = randomUUID();
  const facts: Facts = {
    buyer,
    total: total ?? 249,
    instanceId: options.instanceId ?? INSTANCE_ID,
    id,
    number: Number.parseInt(id.slice(0, 8), 16),
    seconds,
    iso: new Date(now).toISOString(),
  };
  return { draft: draftOf(facts), sign: (draft, secret) => sign(draft, facts, secret) };
}

/** What a sender sends, and where. */
export interface AnyRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Any request of a source but Wix, whose body is its proof, signed as its sender would.
 * @param now epoch milliseconds
 * @throws RangeError for PayPal, which signs with a key of its own
 */
export function signAny(
  source: SourceName,
  secret: string,
  request: AnyRequest,
  now: number,
): SampleDelivery {
  const seconds = Math.floor(now / 1000);
  if (!isCodeSource(source)) return signDescribedAny(source, secret, { ...request, seconds });
  const { headers, body } = request;
  return { headers: { ...headers, ...proofHeaders(source, secret, body, seconds) }, body };
}

/** A sample, signed. */
export function sampleDelivery(
  source: SourceName,
  { secret, ...options }: SampleOptions,
): SampleDelivery {
  const { draft, sign } = draftSample(source, options);
  return sign(draft, secret);
}
