import type { Delivery, Refused, SignedParts, Source, Verification, Verified } from '../source.ts';
import { decodeBase64 } from './encoding.ts';
import {
  decodeBearer,
  decodeHubSignature,
  headerProof,
  type ProofOffer,
  type ProofReader,
  refuse,
  rs256Proof,
  signedInMessage,
  signedInToken,
  standardProof,
  stripeProof,
} from './proofs.ts';
import { isBlank, textSecrets, verifiesNothing } from './secrets.ts';
import {
  ed25519Key,
  eitherKey,
  hmacKey,
  type Key,
  rsaKey,
  rsaSecrets,
  tokenKey,
} from './signing-keys.ts';

/** How a platform proves that a request is its own. */
export interface Scheme {
  /** What the request offers as proof. */
  readonly proof: ProofReader;
  /** What is signed in a delivery besides its bytes, without a check of the proof. */
  readonly signedIn?: (delivery: Delivery) => SignedParts;
  /** A configured secret as a key; undefined where it cannot be one. */
  readonly key: (secret: string) => Key | undefined;
  /** The secrets of a setting. */
  readonly read: typeof textSecrets;
  /** What a usable secret looks like, for those who set it. */
  readonly secretForm: string;
  /** Whether the event id is under the signature; see `Verified`. */
  readonly idSigned: boolean;
}

/** How far from now a signature's own time may lie, in seconds, either way. */
const REPLAY_WINDOW = 300;

const textKey = (secret: string): Key | undefined => hmacKey(Buffer.from(secret));

/**
 * Standard Webhooks keys: `whpk_` names an ed25519 public key, `whsec_` or nothing an HMAC key in base64. Polar
 * signs with its whole secret as text (`polar_whs_…`, polarsource/polar issues 13522 and 14102, checked
 * 2026-11-28), also where that begins with `whsec_`. So a `whsec_` secret verifies either way: who has the text has
 * the bytes.
 */
function standardKey(secret: string): Key | undefined {
  if (/^polar_whs_.{16}/.test(secret)) return textKey(secret);
  if (secret.startsWith('whpk_')) return ed25519Key(decodeBase64(secret.slice('whpk_'.length)));
  const written = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  const padded = written.padEnd(Math.ceil(written.length / 4) * 4, '=');
  const bytes = decodeBase64(padded);
  if (bytes === undefined) return undefined;
  const key = hmacKey(bytes);
  return key && secret.startsWith('whsec_') ? eitherKey(key, textKey(secret)) : key;
}

/** A MAC with a secret that is any text. */
export const TEXT_SECRET = {
  key: textKey,
  read: textSecrets,
  secretForm: 'any text that is not empty',
} as const;

/** Every way of signing that Earmark checks, in one table. */
export const SCHEMES = {
  // Topic and ids stand in headers, which none of the body MACs cover.
  shopify: {
    ...TEXT_SECRET,
    proof: headerProof(
      'hmac-sha256',
      ['shopify-hmac-sha256', 'x-shopify-hmac-sha256'],
      decodeBase64,
    ),
    idSigned: false,
  },
  woocommerce: {
    ...TEXT_SECRET,
    proof: headerProof('hmac-sha256', ['x-wc-webhook-signature'], decodeBase64),
    idSigned: false,
  },
  // The secret is used as written, with its `whsec_`: unlike Standard Webhooks it is not base64.
  stripe: { ...TEXT_SECRET, proof: stripeProof, idSigned: true },
  standard: {
    proof: standardProof,
    signedIn: signedInMessage,
    key: standardKey,
    read: textSecrets,
    secretForm: 'whsec_ and base64, or whpk_ and the base64 of a 32-byte ed25519 public key',
    idSigned: true,
  },
  wix: {
    proof: rs256Proof,
    signedIn: signedInToken,
    key: rsaKey,
    read: (written, _isKey, form) => rsaSecrets(written, form),
    secretForm:
      'an RSA public key of 2048 bits or more, as PEM, as base64 of PEM or as base64 of DER',
    idSigned: true,
  },
  // The custom source takes its ids from the body: signed by the first, vouched for by the other two.
  hub: {
    ...TEXT_SECRET,
    proof: headerProof('hmac-sha256', ['x-hub-signature-256'], decodeHubSignature),
    idSigned: true,
  },
  secretHeader: {
    ...TEXT_SECRET,
    proof: headerProof('token', ['x-webhook-secret'], (value) => Buffer.from(value.trim())),
    key: tokenKey,
    idSigned: true,
  },
  bearer: {
    ...TEXT_SECRET,
    proof: headerProof('token', ['authorization'], decodeBearer),
    key: tokenKey,
    idSigned: true,
  },
} as const satisfies Record<string, Scheme>;

/** Keys made of a scheme's secrets: a handful, for the life of the process. */
const made = new WeakMap<Scheme, Map<string, Key | undefined>>();

export function keyOf(scheme: Scheme, secret: string): Key | undefined {
  // Separators alone are no secret, or `,` would open a source.
  if (isBlank(secret)) return undefined;
  const keys = made.get(scheme) ?? new Map<string, Key | undefined>();
  made.set(scheme, keys);
  if (!keys.has(secret)) keys.set(secret, scheme.key(secret));
  return keys.get(secret);
}

/** The parts of a `Source` that its scheme gives. */
export const signedBy = (
  scheme: Scheme,
): Pick<Source, 'verify' | 'signedIn' | 'secretProblem' | 'secretsIn'> => ({
  ...(scheme.signedIn && { signedIn: scheme.signedIn }),
  verify: (delivery, secrets) => verifySignature(scheme, delivery, secrets),
  secretProblem: (secret) =>
    keyOf(scheme, secret) === undefined ? verifiesNothing(scheme.secretForm) : undefined,
  secretsIn: (written) =>
    scheme.read(written, (secret) => keyOf(scheme, secret) !== undefined, scheme.secretForm),
});

/**
 * Checks a delivery against every secret given: every key with every proof, all of them, in constant
 * time. It never throws; its reasons are short, stable, and hold nothing of the request or the secrets.
 * @param offer what the scheme finds in the delivery, where that is known
 */
export function verifySignature(
  scheme: Scheme,
  delivery: Delivery,
  secrets: readonly string[],
  offer: ProofOffer | Refused = scheme.proof(delivery),
): Verification {
  if (secrets.every((secret) => secret.trim() === ''))
    return refuse('closed', 'no secret is configured');
  const keys = secrets.map((secret) => keyOf(scheme, secret)).filter((key) => key !== undefined);
  if (keys.length === 0) {
    return refuse('unusable', `no configured secret is usable: give ${scheme.secretForm}`);
  }

  if ('ok' in offer) return offer;
  let proved: Buffer | undefined;
  for (const key of keys) {
    const check = key.checks(offer.signed, offer.publicKey);
    for (const proof of offer.proofs) {
      if (proof.kind === key.kind && check(proof.bytes)) proved = proof.bytes;
    }
  }
  if (proved === undefined) {
    const what = offer.proofs[0]?.kind === 'token' ? 'token' : 'signature';
    return refuse('signature', `the ${what} matches no configured secret`);
  }

  // Written so that a time which is no number is refused.
  const now = Math.floor(delivery.receivedAt / 1000);
  const { signedAt, tolerance = REPLAY_WINDOW } = offer;
  if (signedAt !== undefined && !(Math.abs(now - signedAt) <= tolerance)) {
    return refuse('stale', `the signature's time is more than ${tolerance} s from now`);
  }
  const signed = offer.open?.(now);
  if (signed && 'ok' in signed) return signed;
  const { headers, body, receivedAt } = delivery;
  const bodyProof = scheme.idSigned ? undefined : proved;
  return { ok: true, verified: { headers, body, receivedAt, ...signed, bodyProof } as Verified };
}
