import type { JsonObject } from '../payload/access.ts';
import { parseObject } from '../payload/parse.ts';
import { decodeBase64Url } from './encoding.ts';

/** A JSON Web Token taken apart and not yet believed: only its header has been read. */
export interface Jwt {
  readonly header: JsonObject;
  /** The claims as they were sent, for `parseObject` once the signature matched. */
  readonly claims: Buffer;
  /** The bytes under the signature: header and claims as they were sent. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Characters of the header, which strangers can send: an algorithm and a key id take a tenth of it. */
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
