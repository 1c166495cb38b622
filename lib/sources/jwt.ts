import { decodeBase64Url } from './encoding.ts';
import { type JsonObject, parseObject } from './json.ts';

/** A JSON Web Token taken apart and not yet believed. */
export interface Jwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The bytes under the signature: header and claims as they were sent. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Takes a compact JWS of three segments apart; undefined where it is none. */
export function decodeJwt(body: Buffer): Jwt | undefined {
  const segments = body.toString('latin1').split('.', 4);
  const [header, claims, signature] = segments.map(decodeBase64Url);
  if (segments.length !== 3 || !header || !claims || !signature) return undefined;
  const headerObject = parseObject(header);
  const claimsObject = parseObject(claims);
  if (headerObject === undefined || claimsObject === undefined) return undefined;
  return {
    header: headerObject,
    claims: claimsObject,
    signed: body.subarray(0, body.lastIndexOf('.')),
    signature,
  };
}
