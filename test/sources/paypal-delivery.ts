import { sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Delivery } from '../../lib/sources/source.ts';
import { selfSigned } from '../support/certificate.ts';
import { NOW, rsa } from './fixtures.ts';

export const WEBHOOK_ID = '8PT597110X687430LKGECATA';
export const CERTIFICATE_URL =
  'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-38317689';
export const DAY = 86_400_000;
export const CERTIFICATE = selfSigned(
  rsa.privateKey,
  'messageverificationcerts.paypal.com',
  NOW - DAY,
  NOW + DAY,
);
export const BODY = Buffer.from('{"id":"WH-1","event_type":"CHECKOUT.ORDER.COMPLETED"}');

/** PayPal's own formula: paypal/PayPal-Python-SDK, paypalrestsdk/notifications.py (read 2026-11-28). */
export function paypalDelivery(
  body: Buffer,
  headers: Record<string, string> = {},
  time = new Date(NOW).toISOString(),
): Delivery {
  const id = 'b2384410-f8d2-11e4-8bf3-77339302725b';
  const signed = `${id}|${time}|${WEBHOOK_ID}|${crc32(body)}`;
  const signature = sign('sha256', Buffer.from(signed), rsa.privateKey).toString('base64');
  const own = {
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': CERTIFICATE_URL,
    'paypal-transmission-id': id,
    'paypal-transmission-sig': signature,
    'paypal-transmission-time': time,
  };
  return { headers: { ...own, ...headers }, body, receivedAt: NOW };
}
