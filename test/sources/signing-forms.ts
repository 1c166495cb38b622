import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Proof } from '../../lib/sources/authoring/proofs.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { jwt, NOW, NOW_SECONDS, rsa } from './fixtures.ts';

/** How one sender signs, by its documentation and not by our code. */
export interface SigningForm {
  readonly name: string;
  readonly proof: Proof;
  /** A secret of the form that the sender gives. */
  readonly secret: string;
  /** The headers with all that proves. */
  readonly sign: (body: Buffer, secret: string, seconds: number) => Record<string, string>;
  /** The header with the signature, and how many of its first characters may be spelled otherwise. */
  readonly header: string;
  readonly skip?: number;
  /** What a stranger may change: the body, where it is not signed. */
  readonly bodyIsFree?: true;
  /** How many seconds the time may be off. Without one, no time is signed. */
  readonly tolerance?: number;
}

export const URL_OF_OURS = 'https://hooks.example.com/prod/webhooks/square?shop=1';

const mac = (hash: string, key: string | Buffer, ...parts: readonly (string | Buffer)[]) =>
  parts.reduce((made, part) => made.update(part), createHmac(hash, key)).digest();
const proofOf = (written: object): Proof => Proof.parse(written);
const TEXT = 'a secret of 26 characters!';
const HEX = '8f3a0b1c2d4e5f60718293a4b5c6d7e8';
const WHSEC = `whsec_${Buffer.from('a standard webhooks key!').toString('base64')}`;

const hmac = (
  name: string,
  header: string,
  described: object,
  sign: SigningForm['sign'],
  more: Partial<SigningForm> = {},
): SigningForm => ({
  name,
  proof: proofOf({ scheme: 'hmac', header, ...described }),
  secret: TEXT,
  sign,
  header,
  ...more,
});

const MACS: readonly SigningForm[] = [
  // docs.github.com, "Validating webhook deliveries".
  hmac('GitHub', 'x-hub-signature-256', { prefix: 'sha256=' }, (body, secret) => ({
    'x-hub-signature-256': `sha256=${mac('sha256', secret, body).toString('hex')}`,
  })),
  // typeform.com/developers/webhooks/secure-your-webhooks.
  hmac(
    'Typeform',
    'typeform-signature',
    { prefix: 'sha256=', encoding: 'base64' },
    (body, secret) => ({
      'typeform-signature': `sha256=${mac('sha256', secret, body).toString('base64')}`,
    }),
  ),
  // developer.calendly.com, "Webhook signatures".
  hmac(
    'Calendly',
    'calendly-webhook-signature',
    { parts: { separator: ',', signature: 'v1', time: 't' }, over: ['time', '.', 'body'] },
    (body, secret, time) => ({
      'calendly-webhook-signature': `t=${time},v1=${mac('sha256', secret, `${time}.`, body).toString('hex')}`,
    }),
    { tolerance: 300 },
  ),
  // developer.paddle.com/webhooks/signature-verification.
  hmac(
    'Paddle',
    'paddle-signature',
    { parts: { separator: ';', signature: 'h1', time: 'ts' }, over: ['time', ':', 'body'] },
    (body, secret, time) => ({
      'paddle-signature': `ts=${time};h1=${mac('sha256', secret, `${time}:`, body).toString('hex')}`,
    }),
    { tolerance: 300 },
  ),
  // developers.myclickfunnels.com, webhooks: 600 s.
  hmac(
    'ClickFunnels',
    'x-webhook-clickfunnels-signature',
    {
      time: 'x-webhook-clickfunnels-timestamp',
      tolerance: 600,
      over: ['time', '.', 'body'],
    },
    (body, secret, time) => ({
      'x-webhook-clickfunnels-timestamp': String(time),
      'x-webhook-clickfunnels-signature': mac('sha256', secret, `${time}.`, body).toString('hex'),
    }),
    { tolerance: 600 },
  ),
  // developers.hubspot.com, "Validating requests", version 3.
  hmac(
    'HubSpot',
    'x-hubspot-signature-v3',
    {
      encoding: 'base64',
      time: 'x-hubspot-request-timestamp',
      unit: 'milliseconds',
      over: ['method', 'url', 'body', 'time'],
    },
    (body, secret, seconds) => {
      const time = `${seconds}000`;
      const signature = mac('sha256', secret, `POST${URL_OF_OURS}`, body, time).toString('base64');
      return { 'x-hubspot-request-timestamp': time, 'x-hubspot-signature-v3': signature };
    },
    { tolerance: 300 },
  ),
  // developer.squareup.com/docs/webhooks/step3validate.
  hmac(
    'Square',
    'x-square-hmacsha256-signature',
    { encoding: 'base64', over: ['url', 'body'] },
    (body, secret) => ({
      'x-square-hmacsha256-signature': mac('sha256', secret, URL_OF_OURS, body).toString('base64'),
    }),
  ),
  // developers.squarespace.com/webhooks/verifying-notifications: the key is the bytes of the hex.
  hmac(
    'Squarespace',
    'squarespace-signature',
    { key: 'hex' },
    (body, secret) => ({
      'squarespace-signature': mac('sha256', Buffer.from(secret, 'hex'), body).toString('hex'),
    }),
    { secret: HEX },
  ),
  // docs.ecwid.com, "Webhooks": over two fields of the body, and nothing else of it.
  hmac(
    'Ecwid',
    'x-ecwid-webhook-signature',
    { encoding: 'base64', over: ['field eventCreated', '.', 'field eventId'] },
    (_body, secret) => ({
      'x-ecwid-webhook-signature': mac('sha256', secret, '1700000000.e-1').toString('base64'),
    }),
    { bodyIsFree: true },
  ),
  // Nobody's: what the others leave out.
  hmac(
    'SHA-512, base64url, a header',
    'x-signature',
    { hash: 'sha512', encoding: 'base64url', over: ['header x-id', '\n', 'body'], key: 'base64' },
    (body, secret) => ({
      'x-id': 'id-1',
      'x-signature': mac('sha512', Buffer.from(secret, 'base64'), 'id-1\n', body).toString(
        'base64url',
      ),
    }),
    { secret: Buffer.from(TEXT).toString('base64') },
  ),
  hmac('SHA-1', 'x-signature', { hash: 'sha1' }, (body, secret) => ({
    'x-signature': mac('sha1', secret, body).toString('hex'),
  })),
];

/** By the library of Standard Webhooks; Svix names its headers otherwise, and Polar's key is the whole text. */
const standard = (name: string, family: string, key: 'base64' | 'text'): SigningForm => ({
  name,
  proof: { scheme: 'standard-webhooks', key },
  secret: key === 'text' ? 'polar_whs_0123456789abcdef0123' : WHSEC,
  sign(body, secret, time) {
    const written = key === 'text' ? Buffer.from(secret).toString('base64') : secret;
    return {
      [`${family}-id`]: 'msg_1',
      [`${family}-timestamp`]: String(time),
      [`${family}-signature`]: new Webhook(written).sign(
        'msg_1',
        new Date(time * 1000),
        String(body),
      ),
    };
  },
  header: `${family}-signature`,
  tolerance: 300,
});

const hs256 = (secret: string, seconds: number): string => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'HS256' })}.${encode({ exp: seconds + 300 })}`;
  return `${input}.${mac('sha256', secret, input).toString('base64url')}`;
};

// RFC 7515 and 7519.
const TOKENS: readonly SigningForm[] = [
  {
    name: 'JWT, HS256',
    proof: proofOf({ scheme: 'jwt' }),
    secret: TEXT,
    sign: (_body, secret, seconds) => ({ authorization: `Bearer ${hs256(secret, seconds)}` }),
    header: 'authorization',
    skip: 'Bearer '.length,
    bodyIsFree: true,
  },
  {
    name: 'JWT, RS256',
    proof: proofOf({ scheme: 'jwt', algorithm: 'RS256', header: 'x-jwt' }),
    secret: rsa.publicKey,
    sign: (_body, _secret, seconds) => ({ 'x-jwt': jwt({ exp: seconds + 300 }) }),
    header: 'x-jwt',
    bodyIsFree: true,
  },
];

/** Every way of signing. */
export const SIGNING_FORMS: readonly SigningForm[] = [
  ...MACS,
  standard('Standard Webhooks', 'webhook', 'base64'),
  standard('Svix', 'svix', 'base64'),
  standard('Polar', 'webhook', 'text'),
  ...TOKENS,
];

/** A delivery as the sender would make it. */
export function signedDelivery(
  { sign, secret }: SigningForm,
  body: Buffer,
  seconds = NOW_SECONDS,
): Delivery {
  const address = { method: 'POST', url: URL_OF_OURS, query: { shop: '1' } };
  return { headers: sign(body, secret, seconds), body, receivedAt: NOW, address };
}
