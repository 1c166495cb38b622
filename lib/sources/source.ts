import type { CustomerEvent, SourceName } from '../events/event.ts';
import type { JsonObject } from './payload/access.ts';

/** One HTTP request as it came. `receivedAt` is epoch milliseconds; header names are lower case. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly receivedAt: number;
}

declare const isVerified: unique symbol;

/**
 * A delivery that is its source's own, the only thing that a source reads. `verify` makes it of a request, and
 * `asVerified` of a delivery of ours; nothing else can.
 */
export interface Verified extends Delivery, Signed {
  readonly [isVerified]: true;
  /**
   * Where the event id was not under the signature (Shopify, WooCommerce: it stands in a header), deduplication
   * must add what was: the body's MAC stands for the body.
   */
  readonly bodyProof?: Buffer | undefined;
}

/** What stands under the signature besides the body, or what the signed body holds, where a scheme takes it apart. */
export interface Signed {
  /** Standard Webhooks' id of the message. */
  readonly messageId?: string | undefined;
  /** The claims of Wix's token. */
  readonly claims?: JsonObject | undefined;
}

/** What a signature check found. */
export type Verdict =
  | { readonly ok: true; readonly verified: Verified }
  | { readonly ok: false; readonly kind: Refusal; readonly reason: string };

/**
 * `closed`: no secret is configured, as for a source that nobody uses. `unusable`: one is, and it can
 * verify nothing, so every genuine delivery is refused. `stale`: rightly signed, but at another time than
 * now. `unsigned`: it offers no proof at all, as scanners do. `signature`: it offers one that is wrong.
 */
export type Refusal = 'closed' | 'unusable' | 'stale' | 'unsigned' | 'signature';

/**
 * What a verified delivery says. It never throws: `unreadable` carries the reason for a dead letter.
 * `unheard` is what it says where no rule listens to any of its events.
 */
export type Reading =
  | {
      readonly kind: 'events';
      readonly events: readonly [CustomerEvent, ...CustomerEvent[]];
      readonly unheard?: Unheard;
    }
  | { readonly kind: 'ignored'; readonly topic: string; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What becomes of events that no rule listens to, where that is more than nothing, and why. */
export interface Unheard {
  readonly kind: 'ignored' | 'unreadable';
  readonly reason: string;
}

/** The setting that holds a source's secrets, or its public keys. */
type SecretSetting =
  | 'SHOPIFY_WEBHOOK_SECRET'
  | 'WOOCOMMERCE_WEBHOOK_SECRET'
  | 'STRIPE_WEBHOOK_SECRET'
  | 'STANDARD_WEBHOOK_SECRET'
  | 'CUSTOM_WEBHOOK_SECRET'
  | 'WIX_WEBHOOK_PUBLIC_KEY';

/** What a source's setting holds, as it was read. */
export interface Secrets {
  /** What verifies, in the order in which it is tried: the whole value first. None: it is unusable. */
  readonly secrets: readonly string[];
  /** What it lists, one by one, usable or not. */
  readonly listed: readonly string[];
  /** What is wrong with it and what to do, without anything of it. */
  readonly problems: readonly string[];
  /** One secret, and so short that it can be guessed. */
  readonly isWeak: boolean;
}

/** A platform: how it signs and how it speaks. Pure: no clock, no network, no environment. */
export interface Source {
  readonly name: SourceName;
  readonly secretSetting: SecretSetting;
  /** The header that holds the topic, in lower case; absent where the body holds it. */
  readonly topicHeader?: string;
  /** What is wrong with a secret that can verify nothing, and what to do; undefined when it is sound. */
  secretProblem?(secret: string): string | undefined;
  /** Reads the setting: one secret, or several with line breaks or commas between. */
  secretsIn(written: string): Secrets;
  /** Checks the raw bytes against every secret given, and returns what was verified. No secrets: never ok. */
  verify(delivery: Delivery, secrets: readonly string[]): Verdict;
  /** True for an unsigned handshake that wants a 200 and means nothing else. */
  isPing?(delivery: Delivery): boolean;
  /** What is signed in a delivery, without a look at the proof. For `asVerified` alone. */
  signedIn?(delivery: Delivery): Signed;
  read(delivery: Verified): Reading;
}
