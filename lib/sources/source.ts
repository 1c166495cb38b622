import type { CustomerEvent, EventType, SourceName } from '../events/event.ts';
import type { JsonObject } from './payload/access.ts';

/** One HTTP request as it came. `receivedAt` is epoch milliseconds; header names are lower case. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly receivedAt: number;
  /** The address it was sent to; absent for a delivery of ours. Only proofs are read from it. */
  readonly address?: Address | undefined;
}

/** Where a delivery was sent to. It may hold a secret, so nothing of it is logged, kept or given to rules. */
export interface Address {
  readonly method: string;
  /** The whole address as the sender has it, `https://…`, with path and query. */
  readonly url: string;
  /** What follows `/webhooks/{source}/` in the path, decoded. */
  readonly secret?: string | undefined;
  /** The query's parameters, decoded; of one that comes twice the last. */
  readonly query: Readonly<Record<string, string>>;
}

declare const isVerified: unique symbol;

/**
 * A delivery that is its source's own; a source reads nothing else. `verify` makes one of a request, `asVerified` of
 * a delivery of ours, and nothing else can.
 */
export interface Verified extends Delivery, SignedParts {
  readonly [isVerified]: true;
  /**
   * The body's MAC, where the event id is not signed (Shopify and WooCommerce send it in a header): deduplication
   * then takes the signed body into account.
   */
  readonly bodyProof?: Buffer | undefined;
}

/** What is signed besides the body, or what a signed body holds, where the scheme takes it apart. */
export interface SignedParts {
  /** Standard Webhooks' id of the message. */
  readonly messageId?: string | undefined;
  /** The claims of Wix's token. */
  readonly claims?: JsonObject | undefined;
}

/** What a signature check found. */
export type Verification = { readonly ok: true; readonly verified: Verified } | Refused;

export interface Refused {
  readonly ok: false;
  readonly kind: RefusalKind;
  /** A sentence for the log, without anything of the request or the secrets. */
  readonly reason: string;
}

/**
 * `closed`: no secret is configured, as for a source that nobody uses. `unusable`: one is, and it can
 * verify nothing, so every genuine delivery is refused. `stale`: rightly signed, but at another time than
 * now. `unsigned`: it offers no proof at all, as scanners do. `signature`: it offers one that is wrong.
 */
export type RefusalKind = 'closed' | 'unusable' | 'stale' | 'unsigned' | 'signature';

/** What a verified delivery says. A source never throws: `unreadable` has the reason for the dead letter. */
export type Reading =
  | {
      readonly kind: 'events';
      readonly events: readonly [CustomerEvent, ...CustomerEvent[]];
      readonly unheard?: Unheard;
      /** What the sender leaves out, where the events name nobody. */
      readonly incomplete?: string;
    }
  | { readonly kind: 'ignored'; readonly topic: string; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What becomes of events that no rule listens to, and why; absent where nothing does. */
export interface Unheard {
  readonly kind: 'ignored' | 'unreadable';
  readonly reason: string;
}

/** The setting that holds a source's secrets, or its public keys. */
export type SecretSetting = `${Uppercase<string>}_WEBHOOK_SECRET` | 'WIX_WEBHOOK_PUBLIC_KEY';

/** The secrets in a source's setting. */
export interface ReadSecrets {
  /** What verifies, in the order in which it is tried: the whole value first. None: the setting is unusable. */
  readonly secrets: readonly string[];
  /** What the setting lists, one by one, usable or not. */
  readonly listed: readonly string[];
  /** What is wrong with it and what to do, without anything of it. */
  readonly problems: readonly string[];
  /** There is one secret, and it is so short that it can be guessed. */
  readonly isWeak: boolean;
}

/** Gets a short text by https; undefined where the server says that there is none. @throws where it cannot be had now */
export type FetchText = (url: string) => Promise<string | undefined>;

/** A platform: how it signs and how it speaks. Pure: no clock, no network, no environment. */
export interface Source {
  readonly name: SourceName;
  readonly secretSetting: SecretSetting;
  /** The header that holds the topic, in lower case; absent where the body holds it. */
  readonly topicHeader?: string;
  /** The events that a source's file describes, in the order of the vocabulary; absent where code decides. */
  readonly sends?: readonly EventType[];
  /** What is wrong with a secret that can verify nothing, and what to do; undefined when it is sound. */
  secretProblem?(secret: string): string | undefined;
  /** Reads the setting: one secret, or several with line breaks or commas between. */
  secretsIn(written: string): ReadSecrets;
  /**
   * Fetches what `verify` needs of the sender's own, where it needs anything and has not got it.
   * @throws Error when it cannot be had now: the sender is to come again
   */
  prepare?(delivery: Delivery, fetchText: FetchText): Promise<void>;
  /** Checks the raw bytes against every secret given, and returns what was verified. No secrets: never ok. */
  verify(delivery: Delivery, secrets: readonly string[]): Verification;
  /** True for an unsigned handshake that wants a 200 and means nothing else. */
  isPing?(delivery: Delivery): boolean;
  /** What is signed in a delivery, without a check of the proof. For `asVerified` only. */
  signedIn?(delivery: Delivery): SignedParts;
  read(delivery: Verified): Reading;
}
