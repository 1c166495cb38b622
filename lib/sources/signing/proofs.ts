import type { KeyObject } from 'node:crypto';
import type { JsonObject } from '../payload/access.ts';
import { parseObject } from '../payload/parse.ts';
import type { Delivery, RefusalKind, Refused, SignedParts } from '../source.ts';
import { decodeBase64, decodeHex256, decodeJwt, type Jwt } from './encoding.ts';
import type { ProofKind } from './signing-keys.ts';

/** What a request offers as proof, taken from its headers and body; not verified yet. */
export interface ProofOffer {
  /** The bytes that the proofs are about. */
  readonly signed: Buffer;
  readonly proofs: readonly { readonly kind: ProofKind; readonly bytes: Buffer }[];
  /** The sender's own key, where it does not stand in the setting. */
  readonly publicKey?: KeyObject;
  /** Unix seconds at which the sender says it signed; compared with the replay window. */
  readonly signedAt?: number | undefined;
  /** How many seconds that time may be from now, either way. */
  readonly tolerance?: number;
  /** Takes the signed text apart once a proof has matched, if it is valid at `now` (unix seconds). */
  readonly open?: (now: number) => SignedParts | Refused;
}

export type ProofReader = (delivery: Delivery) => ProofOffer | Refused;

export const refuse = (kind: RefusalKind, reason: string): Refused => ({ ok: false, kind, reason });
export const unsigned = (reason: string): Refused => refuse('unsigned', reason);
export const wrong = (reason: string): Refused => refuse('signature', reason);

/**
 * One proof in a header, about the body: a MAC of it, or a secret that is the same for every body. The first of
 * `names` that is there decides. API Gateway joins duplicates with a comma (HTTP API payload 2.0, checked
 * 2026-11-21), and no proof holds one.
 */
export const headerProof =
  (
    kind: ProofKind,
    names: readonly string[],
    decode: (value: string) => Buffer | undefined,
  ): ProofReader =>
  ({ headers, body }) => {
    const name = names.find((candidate) => headers[candidate] !== undefined);
    if (name === undefined) return unsigned(`the ${names.join(' or ')} header is missing`);
    const value = headers[name] ?? '';
    if (value.includes(',')) return wrong(`the ${name} header came more than once`);
    const bytes = decode(value);
    if (!bytes?.length) return wrong(`the ${name} header is not in the expected form`);
    return { signed: body, proofs: [{ kind, bytes }] };
  };

/** GitHub's form: `sha256=` and hex. */
export const decodeHubSignature = (value: string): Buffer | undefined =>
  value.startsWith('sha256=') ? decodeHex256(value.slice('sha256='.length)) : undefined;

/** RFC 6750: `Bearer <token>`. */
export const decodeBearer = (value: string): Buffer =>
  Buffer.from(/^Bearer +(\S+)$/i.exec(value)?.[1] ?? '');

/**
 * The most signatures of one header that are tried: a sender gives two while a secret is rolled. A stranger's header
 * has room for a hundred, and each ed25519 proof is checked over the whole body.
 */
export const MOST_PROOFS = 8;

const TIMESTAMP = /^\d{1,12}$/;

/**
 * Stripe: `t=<unix seconds>,v1=<hex>` over `t.body`, several v1 while a secret is rolled. v0 is a decoy of
 * test mode and is ignored (stripe-node src/Webhooks.ts, checked 2026-11-21).
 */
export const stripeProof: ProofReader = (delivery) => {
  const header = delivery.headers['stripe-signature'];
  if (header === undefined) return unsigned('the stripe-signature header is missing');
  const pairs = header.split(',').map((part) => {
    const [key = '', ...value] = part.trim().split('=');
    return { key, value: value.join('=') };
  });
  const times = pairs.filter(({ key }) => key === 't').map(({ value }) => value);
  const [time] = times;
  if (times.length > 1) return wrong('the stripe-signature header came more than once');
  if (time === undefined || !TIMESTAMP.test(time))
    return wrong('the signature has no valid timestamp');
  const proofs = pairs
    .filter(({ key }) => key === 'v1')
    .slice(0, MOST_PROOFS)
    .flatMap(({ value }) => decodeHex256(value) ?? [])
    .map((bytes) => ({ kind: 'hmac-sha256' as const, bytes }));
  if (proofs.length === 0) return wrong('the signature holds no valid v1');
  const signed = Buffer.concat([Buffer.from(`${time}.`), delivery.body]);
  return { signed, proofs, signedAt: Number(time) };
};

const STANDARD_KINDS = new Map<string, ProofKind>([
  ['v1', 'hmac-sha256'],
  ['v1a', 'ed25519'],
]);

/** Svix sends the same headers under its own name. Verifying and reading must use the same family. */
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
  if (signature === undefined) return unsigned('the webhook-signature header is missing');
  if (id === undefined || id === '') return wrong('the webhook-id header is missing');
  if (time === undefined || !TIMESTAMP.test(time))
    return wrong('the signature has no valid timestamp');
  const parts = signature.split(' ').map((part) => part.split(','));
  if (parts.some((part) => part.length > 2)) {
    return wrong('the webhook-signature header came more than once');
  }
  const known = parts.filter(([version = '']) => STANDARD_KINDS.has(version));
  const proofs = known.slice(0, MOST_PROOFS).flatMap(([version = '', value = '']) => {
    const kind = STANDARD_KINDS.get(version);
    const bytes = decodeBase64(value);
    return kind === undefined || bytes === undefined ? [] : [{ kind, bytes }];
  });
  if (proofs.length === 0) return wrong('the signature holds no valid v1 or v1a');
  const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  return { signed, proofs, signedAt: Number(time), open: () => ({ messageId: id }) };
};

/** The signed id of a Standard Webhooks message. */
export const signedInMessage = ({ headers }: Delivery): SignedParts => ({
  messageId: headers[`${standardFamily(headers)}-id`],
});

/**
 * A JWT that is the whole body (Wix). RS256 alone: the token does not choose how it is checked. `exp` is
 * honoured where it stands; Wix's own SDK accepts a token without (@wix/sdk 1.21.16, checked 2026-11-21).
 */
export const rs256Proof: ProofReader = (delivery) => {
  const jwt = decodeJwt(delivery.body);
  return jwt === undefined
    ? unsigned('the body is not a JSON Web Token of three segments')
    : jwtOffer(jwt, 'RS256', validClaims);
};

/** The signature of a token, which must say of itself that it is by the algorithm that is set for its source. */
function jwtOffer(
  { header, claims, signed, signature }: Jwt,
  algorithm: 'RS256' | 'HS256',
  open: (claims: JsonObject, now: number) => SignedParts | Refused,
): ProofOffer | Refused {
  if (header.alg !== algorithm) return wrong(`the token is not signed with ${algorithm}`);
  if (header.crit !== undefined) return wrong('the token demands an extension (crit)');
  return {
    signed,
    proofs: [{ kind: algorithm === 'RS256' ? 'rs256' : 'hmac-sha256', bytes: signature }],
    open(now) {
      const read = parseObject(claims);
      return read ? open(read, now) : stale('the claims of the token are not a JSON object');
    },
  };
}

const stale = (reason: string): Refused => refuse('stale', reason);

function validClaims(claims: JsonObject, now: number): SignedParts | Refused {
  const { exp } = claims;
  if (exp === undefined) return { claims };
  if (typeof exp !== 'number') return stale('the token has no valid expiry (exp)');
  // Written so that an expiry which is NaN is refused.
  return now < exp ? { claims } : stale('the token has expired');
}

/** How many seconds a sender's clock may be ahead of ours: `nbf` is often the very second of the signature. */
const LEEWAY = 60;

/**
 * A JWT in a header, also behind `Bearer` (RFC 7519 §4.1.4 and 4.1.5: `exp`, `nbf`). It says nothing of the body.
 */
export const headerJwtProof =
  (name: string, algorithm: 'RS256' | 'HS256'): ProofReader =>
  ({ headers }) => {
    const value = headers[name];
    if (value === undefined) return unsigned(`the ${name} header is missing`);
    if (value.includes(',')) return wrong(`the ${name} header came more than once`);
    const jwt = decodeJwt(Buffer.from(value.replace(/^Bearer +/i, '')));
    if (jwt === undefined) return wrong(`the ${name} header holds no JSON Web Token`);
    return jwtOffer(jwt, algorithm, (claims, now) => {
      const { nbf } = claims;
      if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + LEEWAY)) {
        return stale('the token is not valid yet (nbf)');
      }
      const valid = validClaims(claims, now);
      return 'ok' in valid ? valid : {};
    });
  };

/** The claims of a token that is the whole body. */
export function signedInToken({ body }: Delivery): SignedParts {
  const jwt = decodeJwt(body);
  return { claims: jwt && parseObject(jwt.claims) };
}
