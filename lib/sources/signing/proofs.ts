import { parseObject } from '../payload/parse.ts';
import type { Delivery, Signed } from '../source.ts';
import { decodeBase64, decodeHex256 } from './encoding.ts';
import { decodeJwt, type Jwt } from './jwt.ts';
import type { ProofKind } from './signing-keys.ts';

/** What a request offers as proof, taken from its headers and body and not yet believed. */
interface ProofOffer {
  /** The bytes that the proofs are about. */
  readonly signed: Buffer;
  readonly proofs: readonly { readonly kind: ProofKind; readonly bytes: Buffer }[];
  /** Unix seconds at which the sender says it signed; compared with the replay window. */
  readonly signedAt?: number;
  /** Takes the signed text apart, once a proof has matched; or why it is void at `now` (unix seconds). */
  readonly open?: (now: number) => Signed | string;
}

/**
 * Why there is no proof to check: a sentence for the log, without anything of the request. `absent` where the
 * request offers none at all, as a scanner's does not.
 */
type NoProof = string | { readonly absent: string };

export type ProofReader = (delivery: Delivery) => ProofOffer | NoProof;

/**
 * One header that may come once. API Gateway joins duplicates with a comma (HTTP API payload 2.0,
 * checked 2026-11-21), and no proof holds one.
 */
function single(delivery: Delivery, names: readonly string[]): { value: string } | NoProof {
  const name = names.find((candidate) => delivery.headers[candidate] !== undefined);
  if (name === undefined) return { absent: `the ${names.join(' or ')} header is missing` };
  const value = delivery.headers[name] ?? '';
  return value.includes(',') ? `the ${name} header came more than once` : { value };
}

/** Whether what was looked for is there and not a reason why it is not. */
export const isThere = <T extends object>(found: T | NoProof): found is T =>
  typeof found !== 'string' && !('absent' in found);

/** A MAC of the raw body in one header; the first of `names` that is there decides. */
export function bodyMac(
  names: readonly string[],
  decode: (value: string) => Buffer | undefined,
): ProofReader {
  return (delivery) => {
    const header = single(delivery, names);
    if (!isThere(header)) return header;
    const bytes = decode(header.value);
    if (bytes === undefined) return 'the signature is not in the expected encoding';
    return { signed: delivery.body, proofs: [{ kind: 'hmac-sha256', bytes }] };
  };
}

/** GitHub's form: `sha256=` and hex. */
export const decodeHubSignature = (value: string): Buffer | undefined =>
  value.startsWith('sha256=') ? decodeHex256(value.slice('sha256='.length)) : undefined;

/** A shared secret in a header; `read` takes it out of the header's value. */
export function sharedSecret(
  name: string,
  read: (value: string) => string | undefined,
): ProofReader {
  return (delivery) => {
    const header = single(delivery, [name]);
    if (!isThere(header)) return header;
    const secret = read(header.value);
    if (!secret) return `the ${name} header is not in the expected form`;
    return { signed: Buffer.alloc(0), proofs: [{ kind: 'token', bytes: Buffer.from(secret) }] };
  };
}

/** RFC 6750: `Bearer <token>`. */
export const bearerToken = (value: string): string | undefined =>
  /^Bearer +(\S+)$/i.exec(value)?.[1];

/**
 * Signatures of one header that are tried: a sender gives two while a secret is rolled. A stranger's header has
 * room for a hundred, and each ed25519 proof is checked over the whole body.
 */
const MOST_PROOFS = 8;

const TIMESTAMP = /^\d{1,12}$/;

/**
 * Stripe: `t=<unix seconds>,v1=<hex>` over `t.body`, several v1 while a secret is rolled. v0 is a decoy of
 * test mode and is ignored (stripe-node src/Webhooks.ts, checked 2026-11-21).
 */
export const stripeProof: ProofReader = (delivery) => {
  const header = delivery.headers['stripe-signature'];
  if (header === undefined) return { absent: 'the stripe-signature header is missing' };
  const pairs = header.split(',').map((part) => {
    const [key = '', ...value] = part.trim().split('=');
    return { key, value: value.join('=') };
  });
  const times = pairs.filter(({ key }) => key === 't').map(({ value }) => value);
  const [time] = times;
  if (times.length > 1) return 'the stripe-signature header came more than once';
  if (time === undefined || !TIMESTAMP.test(time)) return 'the signature has no valid timestamp';
  const proofs = pairs
    .filter(({ key }) => key === 'v1')
    .slice(0, MOST_PROOFS)
    .flatMap(({ value }) => decodeHex256(value) ?? [])
    .map((bytes) => ({ kind: 'hmac-sha256' as const, bytes }));
  if (proofs.length === 0) return 'the signature holds no valid v1';
  const signed = Buffer.concat([Buffer.from(`${time}.`), delivery.body]);
  return { signed, proofs, signedAt: Number(time) };
};

const STANDARD_KINDS = new Map<string, ProofKind>([
  ['v1', 'hmac-sha256'],
  ['v1a', 'ed25519'],
]);

/** Svix sends the same headers under its own name. What is verified and what is read must be one family. */
const standardFamily = (headers: Delivery['headers']): 'webhook' | 'svix' =>
  headers['webhook-signature'] !== undefined ? 'webhook' : 'svix';

/**
 * Standard Webhooks: a blank-separated list of `version,base64` over `id.timestamp.body`. Unknown
 * versions are passed over (spec/standard-webhooks.md, checked 2026-11-21).
 */
export const standardProof: ProofReader = ({ headers, body }) => {
  const family = standardFamily(headers);
  const signature = headers[`${family}-signature`];
  const id = headers[`${family}-id`];
  const time = headers[`${family}-timestamp`];
  if (signature === undefined) return { absent: 'the webhook-signature header is missing' };
  if (id === undefined || id === '') return 'the webhook-id header is missing';
  if (time === undefined || !TIMESTAMP.test(time)) return 'the signature has no valid timestamp';
  const parts = signature.split(' ').map((part) => part.split(','));
  if (parts.some((part) => part.length > 2)) {
    return 'the webhook-signature header came more than once';
  }
  const known = parts.flatMap(([version = '', value = '']) => {
    const kind = STANDARD_KINDS.get(version);
    return kind === undefined ? [] : [{ kind, value }];
  });
  const proofs = known.slice(0, MOST_PROOFS).flatMap(({ kind, value }) => {
    const bytes = decodeBase64(value);
    return bytes === undefined ? [] : [{ kind, bytes }];
  });
  if (proofs.length === 0) return 'the signature holds no valid v1 or v1a';
  const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  return { signed, proofs, signedAt: Number(time), open: () => ({ messageId: id }) };
};

/** The signed id of a Standard Webhooks message. */
export const signedInMessage = ({ headers }: Delivery): Signed => ({
  messageId: headers[`${standardFamily(headers)}-id`],
});

/**
 * A JWT that is the whole body (Wix). RS256 alone: the token does not choose how it is checked. `exp` is
 * honoured where it stands; Wix's own SDK accepts a token without (@wix/sdk 1.21.16, checked 2026-11-21).
 */
export const rs256Proof: ProofReader = (delivery) => {
  const jwt = decodeJwt(delivery.body);
  if (jwt === undefined) return { absent: 'the body is not a JSON Web Token of three segments' };
  if (jwt.header.alg !== 'RS256') return 'the token is not signed with RS256';
  if (jwt.header.crit !== undefined) return 'the token demands an extension (crit)';
  return {
    signed: jwt.signed,
    proofs: [{ kind: 'rs256', bytes: jwt.signature }],
    open: (now) => validClaims(jwt, now),
  };
};

/** Written so that an expiry which is no number is refused. */
function validClaims(jwt: Jwt, now: number): Signed | string {
  const claims = parseObject(jwt.claims);
  if (claims === undefined) return 'the claims of the token are not a JSON object';
  const { exp } = claims;
  if (exp === undefined) return { claims };
  if (typeof exp !== 'number') return 'the token has no valid expiry (exp)';
  return now < exp ? { claims } : 'the token has expired';
}

/** The claims of a token that is the whole body. */
export function signedInToken({ body }: Delivery): Signed {
  const jwt = decodeJwt(body);
  return { claims: jwt && parseObject(jwt.claims) };
}
