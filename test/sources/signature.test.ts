import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { codeSources } from '../../lib/sources/index.ts';
import { ed25519Key, hmacKey, rsaKey, tokenKey } from '../../lib/sources/signing/signing-keys.ts';
import { SCHEMES, verifySignature } from '../../lib/sources/signing/verify.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { deliver, hmac, jwt, NOW_SECONDS, rsa } from './fixtures.ts';
import {
  BODY,
  mac,
  rawPublic,
  standardHeaders,
  stripeHeader,
  v1a,
  WHPK,
  WHSEC,
} from './signing.ts';

interface Case {
  readonly source: keyof typeof codeSources;
  readonly secret: string;
  readonly delivery: Delivery;
  readonly idSigned: boolean;
}

const valid: Record<string, Case> = {
  shopify: {
    source: 'shopify',
    secret: 'shpss_1',
    delivery: deliver(BODY, { 'x-shopify-hmac-sha256': mac('shpss_1').toString('base64') }),
    idSigned: false,
  },
  'shopify events': {
    source: 'shopify',
    secret: 'shpss_1',
    delivery: deliver(BODY, { 'shopify-hmac-sha256': mac('shpss_1').toString('base64') }),
    idSigned: false,
  },
  woocommerce: {
    source: 'woocommerce',
    secret: 'wc & co',
    delivery: deliver(BODY, { 'x-wc-webhook-signature': mac('wc & co').toString('base64') }),
    idSigned: false,
  },
  'stripe, signed by its own library': {
    source: 'stripe',
    secret: 'whsec_not_base64!',
    delivery: deliver(BODY, { 'stripe-signature': stripeHeader('whsec_not_base64!') }),
    idSigned: true,
  },
  'standard webhooks, signed by its own library': {
    source: 'standard-webhooks',
    secret: WHSEC,
    delivery: deliver(BODY, standardHeaders(WHSEC)),
    idSigned: true,
  },
  'standard webhooks without the prefix': {
    source: 'standard-webhooks',
    secret: WHSEC.slice('whsec_'.length),
    delivery: deliver(BODY, standardHeaders(WHSEC)),
    idSigned: true,
  },
  svix: {
    source: 'standard-webhooks',
    secret: WHSEC,
    delivery: deliver(BODY, standardHeaders(WHSEC, NOW_SECONDS, 'svix')),
    idSigned: true,
  },
  'standard webhooks, ed25519': {
    source: 'standard-webhooks',
    secret: WHPK,
    delivery: deliver(BODY, { ...standardHeaders(WHSEC), 'webhook-signature': v1a() }),
    idSigned: true,
  },
  wix: {
    source: 'wix',
    secret: rsa.publicKey,
    delivery: deliver(jwt({ data: '{}', exp: NOW_SECONDS + 1 })),
    idSigned: true,
  },
  'custom, hub signature': {
    source: 'custom',
    secret: 'hush',
    delivery: deliver(BODY, { 'x-hub-signature-256': `sha256=${mac('hush').toString('hex')}` }),
    idSigned: true,
  },
  'custom, secret header': {
    source: 'custom',
    secret: 'hush hush',
    delivery: deliver(BODY, { 'x-webhook-secret': 'hush hush' }),
    idSigned: true,
  },
  'custom, bearer token': {
    source: 'custom',
    secret: 'hush',
    delivery: deliver(BODY, { authorization: 'bearer hush' }),
    idSigned: true,
  },
};

const cases = Object.entries(valid);
const verify = ({ source, delivery }: Case, secrets: readonly string[]) =>
  codeSources[source].verify(delivery, secrets);

describe('every scheme', () => {
  test.each(cases)('%s: accepts a signed delivery', (_name, c) => {
    const verdict = verify(c, [c.secret]);
    expect(verdict).toMatchObject({ ok: true, verified: c.delivery });
    // The MAC, and nothing where the id is under the signature.
    const bodyProof = verdict.ok ? verdict.verified.bodyProof : undefined;
    expect(bodyProof?.length).toBe(c.idSigned ? undefined : 32);
  });

  test.each(cases)('%s: accepts any of several secrets, unusable ones among them', (_name, c) => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'pem',
      type: 'spki',
    });
    const otherKey = Buffer.from('another').toString('base64');
    expect(verify(c, [String(other), otherKey, '', '%%%', c.secret])).toMatchObject({ ok: true });
    expect(verify(c, [c.secret, otherKey])).toMatchObject({ ok: true });
  });

  test.each(cases)('%s: refuses another secret', (_name, c) => {
    const others = [WHSEC.replace(/.$/, 'x'), Buffer.from('another').toString('base64')];
    expect(verify(c, others)).toMatchObject({ ok: false });
  });

  test.each(cases)('%s: is closed without a secret', (_name, c) => {
    for (const secrets of [[], [''], ['  ', '\n']]) {
      expect(verify(c, secrets)).toEqual({
        ok: false,
        kind: 'closed',
        reason: 'no secret is configured',
      });
    }
  });

  test.each(cases.filter(([, { source }]) => source !== 'wix'))(
    '%s: refuses headers that API Gateway joined from duplicates',
    (_name, c) => {
      for (const joint of [',', ', ']) {
        const headers = Object.fromEntries(
          Object.entries(c.delivery.headers).map(([key, value]) => [
            key,
            `${value}${joint}${value}`,
          ]),
        );
        expect(verify({ ...c, delivery: { ...c.delivery, headers } }, [c.secret])).toMatchObject({
          ok: false,
        });
      }
    },
  );

  test.each(cases)('%s: refuses a request without headers and body', (_name, c) => {
    expect(verify({ ...c, delivery: deliver('') }, [c.secret])).toMatchObject({ ok: false });
  });

  test.each(cases)('%s: returns reasons that hold nothing of the request', (_name, c) => {
    const { delivery } = c;
    const spoilt = deliver(Buffer.concat([delivery.body, Buffer.from('x')]), delivery.headers);
    const verdict = verify({ ...c, delivery: spoilt }, [`${c.secret}x`]);
    const reason = verdict.ok ? 'accepted' : verdict.reason;
    expect(verdict.ok).toBe(false);
    for (const value of [c.secret, ...Object.values(delivery.headers)]) {
      expect(reason).not.toContain(value);
    }
  });
});

test.each([
  ['shopify', 'x-shopify-hmac-sha256'],
  ['woocommerce', 'x-wc-webhook-signature'],
  ['stripe, signed by its own library', 'stripe-signature'],
  ['standard webhooks, signed by its own library', 'webhook-signature'],
  ['standard webhooks, ed25519', 'webhook-signature'],
  ['custom, hub signature', 'x-hub-signature-256'],
  ['custom, secret header', 'x-webhook-secret'],
  ['custom, bearer token', 'authorization'],
])('%s: a second %s is reported as such', (name, header) => {
  const { source, secret, delivery } = valid[name] as Case;
  for (const joint of [',', ', ']) {
    const value = delivery.headers[header];
    const headers = { ...delivery.headers, [header]: `${value}${joint}${value}` };
    expect(codeSources[source].verify({ ...delivery, headers }, [secret])).toEqual({
      ok: false,
      kind: 'signature',
      reason: `the ${header} header came more than once`,
    });
  }
});

test.each(Object.keys(valid))('%s: without any proof it is reported as unsigned', (name) => {
  const { source, secret, delivery } = valid[name] as Case;
  const bare = { ...delivery, headers: {}, body: Buffer.from('{}') };
  expect(codeSources[source].verify(bare, [secret])).toMatchObject({ ok: false, kind: 'unsigned' });
});

test('a body that is no UTF-8 verifies by its bytes', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
  const delivery = deliver(bytes, { 'x-shopify-hmac-sha256': hmac('k', bytes).toString('base64') });
  expect(codeSources.shopify.verify(delivery, ['k'])).toMatchObject({ ok: true });
});

describe('the MAC of a body', () => {
  const right = mac('k').toString('base64');
  test.each([
    ['no padding', right.replace('=', '')],
    ['base64url', right.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')],
    ['hex', mac('k').toString('hex')],
    ['too short', mac('k').subarray(1).toString('base64')],
    ['too long', Buffer.concat([mac('k'), Buffer.from([0])]).toString('base64')],
    ['blank around it', ` ${right}`],
    ['multi-byte characters of the same length', 'é'.repeat(44)],
    ['nothing', ''],
  ])('%s is refused', (_name, value) => {
    const delivery = deliver(BODY, { 'x-wc-webhook-signature': value });
    expect(codeSources.woocommerce.verify(delivery, ['k'])).toMatchObject({ ok: false });
  });
});

describe('custom', () => {
  const verdict = (headers: Record<string, string>) =>
    codeSources.custom.verify(deliver(BODY, headers), ['hush']);
  const signature = `sha256=${mac('hush').toString('hex')}`;

  test.each([
    ['token', { authorization: 'Bearer wrong' }],
    ['token', { 'x-webhook-secret': 'wrong' }],
    ['signature', { 'x-hub-signature-256': `sha256=${mac('wrong').toString('hex')}` }],
  ])('a wrong %s is called so', (what, headers) => {
    const reason = `the ${what} matches no configured secret`;
    expect(verdict(headers)).toEqual({ ok: false, kind: 'signature', reason });
  });

  test.each([
    [
      'a signature that is wrong is not saved by a right token',
      { 'x-hub-signature-256': signature.replace(/.$/, 'g'), authorization: 'Bearer hush' },
      false,
    ],
    [
      'a signature that is empty is still there',
      { 'x-hub-signature-256': '', authorization: 'Bearer hush' },
      false,
    ],
    [
      'sha1 is no signature',
      { 'x-hub-signature-256': `sha1=${mac('hush').toString('hex')}` },
      false,
    ],
    [
      'capital hex',
      { 'x-hub-signature-256': `sha256=${mac('hush').toString('hex').toUpperCase()}` },
      true,
    ],
    [
      'Basic is no Bearer',
      { authorization: `Basic ${Buffer.from('hush').toString('base64')}` },
      false,
    ],
    ['a token that begins right', { authorization: 'Bearer hushhush' }, false],
    ['no token', { authorization: 'Bearer ' }, false],
    ['a secret header of blanks', { 'x-webhook-secret': '  ' }, false],
    [
      'a wrong secret header beside a right token',
      { 'x-webhook-secret': 'x', authorization: 'Bearer hush' },
      false,
    ],
  ])('%s', (_name, headers, ok) => {
    expect(verdict(headers).ok).toBe(ok);
  });
});

test('the verifier can be used for a scheme alone', () => {
  const delivery = deliver(BODY, { 'x-hub-signature-256': `sha256=${mac('k').toString('hex')}` });
  expect(verifySignature(SCHEMES.hub, delivery, ['k'])).toMatchObject({ ok: true });
});

describe('a key', () => {
  test('is not made of nothing', () => {
    expect(hmacKey(Buffer.alloc(0))).toBeUndefined();
    expect(tokenKey('')).toBeUndefined();
    expect(ed25519Key(undefined)).toBeUndefined();
    expect(rsaKey('')).toBeUndefined();
  });

  test('refuses a proof of any length without throwing', () => {
    const keys = [
      hmacKey(Buffer.from('k')),
      tokenKey('k'),
      ed25519Key(rawPublic),
      rsaKey(rsa.publicKey),
    ];
    for (const key of keys) {
      const check = key?.checks(Buffer.from(BODY));
      for (const length of [0, 31, 32, 33, 64, 256])
        expect(check?.(Buffer.alloc(length))).toBe(false);
    }
  });
});

describe('secretProblem', () => {
  test.each(cases)('%s: a sound secret is no problem', (_name, { source, secret }) => {
    expect(codeSources[source].secretProblem?.(secret)).toBeUndefined();
  });

  test.each([
    ['shopify', ' ', 'any text that is not empty'],
    ['custom', '', 'any text that is not empty'],
    ['standard-webhooks', 'whpk_AAAA', 'whsec_ and base64'],
    ['wix', 'MIIBIjAN', 'RSA public key'],
    ['wix', WHPK, 'RSA public key'],
  ] as const)('%s: %j is reported with its remedy and not quoted', (source, secret, remedy) => {
    const problem = codeSources[source].secretProblem?.(secret);
    expect(problem).toMatch(/^it verifies nothing: give /);
    expect(problem).toContain(remedy);
    if (secret.trim() !== '') expect(problem).not.toContain(secret);
  });
});
