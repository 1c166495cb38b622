import {
  createHmac,
  createPublicKey,
  createSecretKey,
  hash,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import type { ReadSecrets } from '../source.ts';
import { publicKeysIn } from './pem.ts';
import { verifiesNothing } from './secrets.ts';

/** The digests that an HMAC can be of. */
export type HmacHash = 'sha256' | 'sha1' | 'sha512';

/** The kinds of proof a request can carry. `token` is a shared secret sent as it is. */
export type ProofKind = `hmac-${HmacHash}` | 'ed25519' | 'rs256' | 'paypal' | 'token';

/** A configured secret or public key, ready to check proofs of its kind. */
export interface Key {
  readonly kind: ProofKind;
  /**
   * Prepares for one message. The function returned checks any bytes, in constant time.
   * @param publicKey the sender's own, where the secret is none (PayPal)
   */
  checks(signed: Buffer, publicKey?: KeyObject): (proof: Buffer) => boolean;
}

/** `timingSafeEqual` throws on unequal lengths, and the length of a digest is no secret. */
const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

const sha256 = (bytes: string | Buffer): Buffer => hash('sha256', bytes, 'buffer');

/** An HMAC key. No bytes, no key: anyone can compute a MAC under the empty key. */
export function hmacKey(bytes: Buffer, hash: HmacHash = 'sha256'): Key | undefined {
  if (bytes.length === 0) return undefined;
  // Given bytes, Node makes a key for each MAC, which takes longer than the MAC.
  const key = createSecretKey(bytes);
  return {
    kind: `hmac-${hash}`,
    checks(signed) {
      const mac = createHmac(hash, key).update(signed).digest();
      return (proof) => sameBytes(mac, proof);
    },
  };
}

/** Two keys as one: both are tried, whatever the result of the first. */
export function eitherKey(first: Key | undefined, second: Key | undefined): Key | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    kind: first.kind,
    checks(signed) {
      const checks = [first.checks(signed), second.checks(signed)];
      return (proof) => checks.map((check) => check(proof)).includes(true);
    },
  };
}

/** A shared secret. Digests are compared, so that not even its length shows in the time taken. */
export function tokenKey(secret: string): Key | undefined {
  if (secret === '') return undefined;
  const wanted = sha256(secret);
  return { kind: 'token', checks: () => (proof) => sameBytes(wanted, sha256(proof)) };
}

const publicKey = (kind: ProofKind, digest: 'sha256' | null, key: KeyObject): Key => ({
  kind,
  checks: (signed) => (proof) => verify(digest, signed, key, proof),
});

/** An Ed25519 public key from its 32 raw bytes. */
export function ed25519Key(raw: Buffer | undefined): Key | undefined {
  if (raw?.length !== 32) return undefined;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
    return publicKey('ed25519', null, createPublicKey({ key: jwk, format: 'jwk' }));
  } catch {
    return undefined;
  }
}

/** A key that may sign for Wix: RSA of 2048 bits or more (RFC 7518 §3.3). */
const isSound = (key: KeyObject | undefined): key is KeyObject =>
  key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;

/** An RSA public key, in any form that `publicKeysIn` reads. */
export function rsaKey(written: string): Key | undefined {
  const [key, ...others] = publicKeysIn(written);
  return isSound(key) && others.length === 0 ? publicKey('rs256', 'sha256', key) : undefined;
}

/** The RSA public keys in a setting, each as PEM. */
export function rsaSecrets(written: string, form: string): ReadSecrets {
  const found = publicKeysIn(written);
  const secrets = found
    .filter(isSound)
    .map((key) => String(key.export({ format: 'pem', type: 'spki' })));
  const isWrong = secrets.length === 0 || secrets.length < found.length;
  return {
    secrets,
    listed: found.map((_, at) => secrets[at] ?? ''),
    problems: isWrong ? [verifiesNothing(form)] : [],
    isWeak: false,
  };
}
