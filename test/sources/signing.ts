import { generateKeyPairSync, sign as signRaw } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { hmac, NOW_SECONDS } from './fixtures.ts';

export const BODY = '{"id":1,"note":"Größe ☃"}';
const ed25519 = generateKeyPairSync('ed25519');
export const rawPublic = ed25519.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
export const WHPK = `whpk_${rawPublic.toString('base64')}`;
export const WHSEC = `whsec_${Buffer.from('a standard webhooks key!').toString('base64')}`;

export const stripeHeader = (secret: string, timestamp = NOW_SECONDS, payload = BODY): string =>
  new Stripe('sk_test_0').webhooks.generateTestHeaderString({ payload, secret, timestamp });

export const standardHeaders = (
  secret: string,
  time = NOW_SECONDS,
  family = 'webhook',
  id = 'msg_1',
) => ({
  [`${family}-id`]: id,
  [`${family}-timestamp`]: String(time),
  [`${family}-signature`]: new Webhook(secret).sign(id, new Date(time * 1000), BODY),
});

export const v1a = (id = 'msg_1', time = NOW_SECONDS): string =>
  `v1a,${signRaw(null, Buffer.from(`${id}.${time}.${BODY}`), ed25519.privateKey).toString('base64')}`;

export const mac = (secret: string) => hmac(secret, BODY);
