import { EVENT_TYPES, type EventType, GUID, type SourceName } from '../../../lib/events/event.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import { didYouMean } from '../../../lib/yaml/suggest.ts';
import {
  type Buyer,
  eventsOf,
  needsContactId,
  type SampleDelivery,
  buyerOf as sampleBuyerOf,
  takesContactId,
} from '../../../samples/samples.ts';
import { wrongUsage } from '../../kit/failure.ts';
import type { RulesOptions } from '../../kit/rules-option.ts';
import { sourceFrom } from '../../kit/sources.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import type { SecretOptions } from './secret.ts';

interface WhoOptions {
  readonly email?: string;
  readonly contactId?: string;
}

export interface SendOptions extends TargetOptions, RulesOptions, WhoOptions, SecretOptions {
  readonly to?: string;
  readonly set?: readonly string[];
  readonly total?: number;
  /** Seconds, or false. */
  readonly wait: number | false;
  readonly contact: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** A signed delivery, what Earmark reads in it, and where it goes. */
export interface PreparedSample {
  readonly source: SourceName;
  readonly type: EventType;
  readonly buyer: Buyer;
  /** Where it goes, without a secret. */
  readonly url: string;
  /** The same with what in it is a proof: never shown. */
  readonly address: string;
  readonly target: Target | undefined;
  readonly topic: string;
  /** What `--set` changes. */
  readonly payload: unknown;
  readonly delivery: SampleDelivery;
  /** What it is signed with. */
  readonly secret: string;
  readonly reading: Reading;
}

/** Reads source and event. @throws CliFailure naming those that there are */
export function readPair(
  sourceName: string,
  event: string,
): { readonly source: SourceName; readonly type: EventType } {
  const source = sourceFrom(sourceName);
  const events = eventsOf(source);
  const type = events.find((name) => name === event);
  if (type) return { source, type };
  const what = EVENT_TYPES.some((name) => name === event)
    ? `${source} cannot send ${event}.`
    : `"${event}" is no event. ${didYouMean(event, events)}`;
  throw wrongUsage(`${what} It can send ${events.join(', ')}.`);
}

/**
 * Who the event is about.
 * @param isRealSite contacts are real: somebody must be named
 */
export function buyerOf(
  { source, type }: ReturnType<typeof readPair>,
  { email, contactId }: WhoOptions,
  isRealSite: boolean,
): Buyer {
  if (email !== undefined && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw wrongUsage(`--email is "${email}", which is no e-mail address.`);
  }
  if (contactId !== undefined && !takesContactId(source, type)) {
    throw wrongUsage(`A ${type} of ${source} names no contact of Wix. Use --email.`);
  }
  if (contactId !== undefined && !GUID.test(contactId)) {
    throw wrongUsage(`--contact-id is "${contactId}", which is no GUID.`);
  }
  if (email === undefined && contactId === undefined) {
    if (!isRealSite) return sampleBuyerOf(source);
    throw wrongUsage(
      'Say who it is about, with --email: here contacts are real, and for one who is not there the event waits until it is a dead letter.',
    );
  }
  // No phone: a sample's would find another contact.
  const names = { firstName: 'Sample', lastName: 'Customer', email: email ?? '', phone: '' };
  return { ...names, ...(contactId && { contactId }) };
}

/** Nobody's: what is only looked at needs no contact. */
const MADE_UP_ID = '00000000-0000-4000-8000-0000000000dd';

/** The buyer, with a contact id where the event needs one. @throws CliFailure where it would name nobody */
export function named(
  buyer: Buyer,
  { source, type }: ReturnType<typeof readPair>,
  dryRun: boolean,
): Buyer {
  if (buyer.contactId || !needsContactId(source, type)) return buyer;
  if (dryRun) return { ...buyer, contactId: MADE_UP_ID };
  throw wrongUsage(`A ${type} of ${source} names its contact by id alone. Give it: --contact-id.`);
}

/** A URL without a path is that of an Earmark. @throws CliFailure for what is no URL */
export function urlFor(source: SourceName, to: string): string {
  const url = URL.parse(to);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw wrongUsage(`--to is "${to}". Write an address with http:// or https://.`);
  }
  return url.pathname === '/' ? `${url.origin}/webhooks/${source}` : url.href;
}
