import {
  EVENT_TYPES,
  type EventType,
  GUID,
  SOURCE_NAMES,
  type SourceName,
} from '../../../lib/events/event.ts';
import { didYouMean } from '../../../lib/rules/authoring/suggest.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import {
  type Buyer,
  eventsOf,
  needsContactId,
  SAMPLE_BUYERS,
  type SampleDelivery,
} from '../../../samples/samples.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';
import type { Target, TargetOptions } from '../../kit/target.ts';
import type { SecretOptions } from './secret.ts';

export interface SendOptions extends TargetOptions, WhoOptions, SecretOptions {
  readonly to?: string;
  readonly set?: readonly string[];
  /** Seconds, or false. */
  readonly wait: number | false;
  readonly contact: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** A signed delivery, and what Earmark reads in it. */
export interface PreparedSample extends SamplePlan {
  readonly url: string;
  readonly target: Target | undefined;
  readonly topic: string;
  /** What `--set` changes. */
  readonly payload: unknown;
  readonly delivery: SampleDelivery;
  /** What it is signed with. */
  readonly secret: string;
  readonly reading: Reading;
}

/** What is to be sent, about whom. */
export interface SamplePlan {
  readonly source: SourceName;
  readonly type: EventType;
  readonly buyer: Buyer;
}

export interface WhoOptions {
  readonly email?: string;
  readonly contactId?: string;
}

const usage = (message: string): CliFailure => new CliFailure(message, EXIT.usage);

/** Reads source and event. @throws CliFailure naming those that there are */
export function readPair(
  sourceName: string,
  event: string,
): { readonly source: SourceName; readonly type: EventType } {
  const source = SOURCE_NAMES.find((name) => name === sourceName);
  if (!source) {
    throw usage(
      `"${sourceName}" is no source. ${didYouMean(sourceName, SOURCE_NAMES)} There are ${SOURCE_NAMES.join(', ')}.`,
    );
  }
  const events = eventsOf(source);
  const type = events.find((name) => name === event);
  if (type) return { source, type };
  const known = (EVENT_TYPES as readonly string[]).includes(event);
  const what = known
    ? `${source} cannot send ${event}.`
    : `"${event}" is no event. ${didYouMean(event, events)}`;
  throw usage(`${what} It can send ${events.join(', ')}.`);
}

/** The sources whose deliveries can name a contact of Wix. */
const KNOW_CONTACT_IDS: readonly SourceName[] = ['wix', 'custom', 'standard-webhooks'];

/**
 * Who the event is about.
 * @param isRealSite contacts are real: somebody must be named
 */
export function buyerOf(
  source: SourceName,
  { email, contactId }: WhoOptions,
  isRealSite: boolean,
): Buyer {
  if (email !== undefined && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw usage(`--email is "${email}", which is no e-mail address.`);
  }
  if (contactId !== undefined) {
    if (!KNOW_CONTACT_IDS.includes(source)) {
      throw usage(`A delivery of ${source} names no contact of Wix. Use --email.`);
    }
    if (!GUID.test(contactId)) throw usage(`--contact-id is "${contactId}", which is no GUID.`);
  }
  if (email === undefined && contactId === undefined) {
    if (!isRealSite) return SAMPLE_BUYERS[source];
    throw usage(
      'Say who it is about, with --email: here contacts are real, and one who is not there is waited for until the event is dead.',
    );
  }
  // No phone: a sample's would find another contact.
  const names = { firstName: 'Sample', lastName: 'Customer', email: email ?? '', phone: '' };
  return { ...names, ...(contactId && { contactId }) };
}

/** Nobody's: what is only looked at needs no contact. */
const MADE_UP_ID = '00000000-0000-4000-8000-0000000000dd';

/** The plan with somebody named in it. @throws CliFailure where the event would name nobody */
export function named(plan: SamplePlan, dryRun: boolean): SamplePlan {
  const { source, type, buyer } = plan;
  if (buyer.contactId || !needsContactId(source, type)) return plan;
  if (dryRun) return { ...plan, buyer: { ...buyer, contactId: MADE_UP_ID } };
  throw usage(`A ${type} of ${source} names its contact by id alone. Give it: --contact-id.`);
}
