import type { JsonObject } from '../payload/access.ts';
import { parseObject } from '../payload/parse.ts';

// Strict decoders: a text that is not wholly in the encoding is refused. Base64 has one spelling for each proof; hex
// has two, as senders write it in either case.

/** Base64 in its one canonical spelling, padding included; undefined otherwise. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}

/** Base64url without padding, as JWTs spell it; undefined otherwise. */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

/** Whole bytes in hex digits of either case; undefined otherwise. */
export function decodeHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** A SHA-256 digest in 64 hex digits; undefined otherwise. */
export const decodeHex256 = (text: string): Buffer | undefined =>
  text.length === 64 ? decodeHex(text) : undefined;

/** A JSON Web Token taken apart, not verified yet: only its header has been read. */
export interface Jwt {
  readonly header: JsonObject;
  /** The claims as they were sent, for `parseObject` once the signature matched. */
  readonly claims: Buffer;
  /** The bytes under the signature: header and claims as they were sent. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** The most characters of a header. Strangers can send one; an algorithm and a key id take a tenth of this. */
const MAX_HEADER = 1024;

/** Takes a compact JWS of three segments apart; undefined where it is none. */
export function decodeJwt(body: Buffer): Jwt | undefined {
  const segments = body.toString('latin1').split('.', 4);
  if (segments.length !== 3 || (segments[0]?.length ?? 0) > MAX_HEADER) return undefined;
  const [header, claims, signature] = segments.map(decodeBase64Url);
  const headerObject = header && parseObject(header);
  if (!headerObject || !claims || !signature) return undefined;
  return {
    header: headerObject,
    claims,
    signed: body.subarray(0, body.lastIndexOf('.')),
    signature,
  };
}
