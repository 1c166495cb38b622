import { createHmac, createSign } from 'node:crypto';
import type { CodeSourceName } from '../lib/events/event.ts';

// How each platform signs, on the sender's side. Where the forms were read stands beside the readers of proofs in
// lib/sources/signing.

/** Shopify and WooCommerce: HMAC-SHA256 of the body, base64. */
export function hmacBase64(secret: string | Buffer, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/** Stripe's header: hex, over the time (Unix seconds) and the body; `whsec_` is part of the key. */
export function stripeSignature(
  secret: string,
  seconds: number,
  body: string | Uint8Array,
): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

/** Standard Webhooks' headers: base64, over id, time and body; the key is the base64 after `whsec_`. */
export function standardHeaders(
  secret: string,
  id: string,
  seconds: number,
  body: string | Uint8Array,
): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${mac}`,
  };
}

/** A compact JWT, RS256, as Wix makes its webhook bodies. `privateKey` is PEM. */
export function signJwt(privateKey: string, claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url')}`;
}

/** The headers by which each source proves a body; none where the body itself is the proof. */
const PROOFS: Readonly<
  Record<
    CodeSourceName,
    (secret: string, body: string | Uint8Array, seconds: number) => Record<string, string>
  >
> = {
  shopify: (secret, body) => ({ 'x-shopify-hmac-sha256': hmacBase64(secret, body) }),
  woocommerce: (secret, body) => ({ 'x-wc-webhook-signature': hmacBase64(secret, body) }),
  stripe: (secret, body, seconds) => ({
    'stripe-signature': stripeSignature(secret, seconds, body),
  }),
  wix: () => ({}),
  'standard-webhooks': (secret, body, seconds) =>
    standardHeaders(secret, `msg_${seconds}`, seconds, body),
  custom: (secret) => ({ authorization: `Bearer ${secret}` }),
};

/** The headers by which a source that is code would prove any body at all, a sample's or another. */
export const proofHeaders = (
  source: CodeSourceName,
  secret: string,
  body: string | Uint8Array,
  seconds: number,
): Record<string, string> => PROOFS[source](secret, body, seconds);
