import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Delivery, FetchText } from '../source.ts';
import type { Certificates } from './certificates.ts';
import { decodeBase64 } from './encoding.ts';
import { type ProofReader, unsigned, wrong } from './proofs.ts';
import type { Key } from './signing-keys.ts';

// PayPal signs `transmission id|time|webhook id|CRC-32 of the body` with a key of its own, and names the address of the
// certificate (paypal/PayPal-Python-SDK paypalrestsdk/notifications.py, checked 2026-11-28). The webhook id is the
// setting: PayPal shows it where the webhook was made, and no request holds it.

/** The only addresses that a certificate is fetched from: PayPal's own, live and sandbox. */
const CERTIFICATE_URL =
  /^https:\/\/api(?:\.sandbox)?\.paypal\.com\/v1\/notifications\/certs\/[\w-]{1,100}$/;

/** PayPal sends again for three days, and whether a repeat is signed anew no page says. */
const TOLERANCE = 4 * 86_400;

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** What the headers of a delivery say, all of it in the form that PayPal gives it. */
interface Transmission {
  readonly certificateUrl: string;
  readonly id: string;
  readonly time: string;
  readonly signature: Buffer;
}

function transmissionOf({ headers }: Delivery): Transmission | undefined {
  const header = (name: string): string => headers[`paypal-${name}`] ?? '';
  const signature = decodeBase64(header('transmission-sig'));
  const [id, time] = [header('transmission-id'), header('transmission-time')];
  const certificateUrl = header('cert-url');
  const isSound =
    /^[\w-]{1,100}$/.test(id) &&
    ISO_TIME.test(time) &&
    CERTIFICATE_URL.test(certificateUrl) &&
    header('auth-algo') === 'SHA256withRSA';
  return isSound && signature ? { certificateUrl, id, time, signature } : undefined;
}

export const paypalProof =
  (certificates: Certificates): ProofReader =>
  (delivery) => {
    if (delivery.headers['paypal-transmission-sig'] === undefined)
      return unsigned('the paypal-transmission-sig header is missing');
    const found = transmissionOf(delivery);
    if (found === undefined) return wrong('the headers of PayPal are not in the expected form');
    const certificate = certificates.at(found.certificateUrl);
    if (certificate === undefined) return wrong("PayPal's certificate is not there");
    const { receivedAt, body } = delivery;
    const { validFrom, validTo, publicKey } = certificate;
    if (!(Date.parse(validFrom) <= receivedAt && receivedAt <= Date.parse(validTo)))
      return wrong("PayPal's certificate is not valid at this time");
    return {
      signed: Buffer.from(`${found.id}|${found.time}|${crc32(body)}`),
      proofs: [{ kind: 'paypal', bytes: found.signature }],
      publicKey,
      signedAt: Math.floor(Date.parse(found.time) / 1000),
      tolerance: TOLERANCE,
    };
  };

/** A webhook id, as the key that it is to a signature by PayPal's. It stands before the last part of what is signed. */
export const webhookIdKey = (webhookId: string): Key => ({
  kind: 'paypal',
  checks(signed, publicKey) {
    const text = signed.toString();
    const end = text.lastIndexOf('|');
    const whole = Buffer.from(`${text.slice(0, end)}|${webhookId}${text.slice(end)}`);
    return (proof) => publicKey !== undefined && verify('sha256', whole, publicKey, proof);
  },
});

/** Fetches the certificate that a delivery names, so that it can be verified. */
export async function preparePaypal(
  certificates: Certificates,
  delivery: Delivery,
  fetchText: FetchText,
): Promise<void> {
  const found = transmissionOf(delivery);
  if (found) await certificates.load(found.certificateUrl, delivery.receivedAt, fetchText);
}
