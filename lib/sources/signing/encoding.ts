/**
 * Strict decoders: what is not wholly in the encoding is none of it. Base64 has one spelling for each proof; hex
 * has two, as senders write it in either case.
 */

/** Base64 in its one canonical spelling, padding and all; undefined otherwise. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}

/** Base64url without padding, as JWTs spell it; undefined otherwise. */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

/** A SHA-256 digest in 64 hex digits; undefined otherwise. */
export function decodeHex256(text: string): Buffer | undefined {
  return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}
