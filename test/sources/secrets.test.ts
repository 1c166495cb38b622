import { createPublicKey, generateKeyPairSync, randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CodeSourceName } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { signingSecret } from '../../lib/sources/signing/secrets.ts';
import type { Key } from '../../lib/sources/signing/signing-keys.ts';
import { SCHEMES, verifySignature } from '../../lib/sources/signing/verify.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { deliver, hmac, jwt, NOW_SECONDS, rsa } from './fixtures.ts';
import { BODY, mac, standardHeaders, stripeHeader, v1a, WHPK, WHSEC } from './signing.ts';

/** Whether a source whose setting is `written` takes the delivery. */
const takes = (source: CodeSourceName, written: string, delivery: Delivery): boolean =>
  codeSources[source].verify(delivery, codeSources[source].secretsIn(written).secrets).ok;
const base64 = (secret: string): string => mac(secret).toString('base64');
const wooBy = (secret: string) => deliver(BODY, { 'x-wc-webhook-signature': base64(secret) });

describe('secrets that WooCommerce made itself', () => {
  /** WordPress wp_generate_password(50, true, true). */
  const ALPHABET =
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*()-_ []{}<>~`+=,.;:/?|';
  const generated = fc
    .array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...ALPHABET) },
        { weight: 1, arbitrary: fc.constantFrom(',', ' ') },
      ),
      { minLength: 50, maxLength: 50 },
    )
    .map((characters) => characters.join(''))
    .filter((secret) => secret.trim().length > 16);

  test('always work, alone and two of them, and none is malformed', () => {
    const separators = fc.constantFrom(',', ', ', '\n', '\r\n', ' \n');
    fc.assert(
      fc.property(generated, generated, separators, (one, other, separator) => {
        expect(takes('woocommerce', one, wooBy(one))).toBe(true);
        const both = `${one}${separator}${other}`;
        expect(takes('woocommerce', both, wooBy(one))).toBe(true);
        expect(takes('woocommerce', both, wooBy(other))).toBe(true);
        for (const written of [one, `${one}\n`]) {
          expect(codeSources.woocommerce.secretsIn(written).problems).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('open to no piece of theirs that can be guessed', () => {
    fc.assert(
      fc.property(generated, generated, (one, other) => {
        for (const written of [one, `${one},${other}`, `${one}\n${other}`]) {
          for (const piece of written.split(/[,\n]/).flatMap((text) => [text, text.trim()])) {
            const isPart = piece.length < 16 || (/[!#;:?]/.test(one) && one.includes(piece));
            if (isPart && piece !== '' && piece.trim() !== one.trim()) {
              expect(takes('woocommerce', written, wooBy(piece))).toBe(false);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('sign as they are, though they hold commas', () => {
    const secret = `${'a'.repeat(20)},${'b'.repeat(20)}, c.,:{} `;
    expect(secret).toHaveLength(50);
    expect(signingSecret(codeSources.woocommerce, secret)).toBe(secret);
  });
});

const OLD = 'the old secret, of 1999';
const A = 'a-secret-of-24-letters-a';
const B = 'b-secret-of-24-letters-b';
const WHSEC_2 = `whsec_${Buffer.from('another secret of a test').toString('base64')}`;
const bearer = (token: string) => deliver(BODY, { authorization: `Bearer ${token}` });

const SIGNED: readonly (readonly [CodeSourceName, string, string, (secret: string) => Delivery])[] =
  [
    ['shopify', 'f'.repeat(64), A, (s) => deliver(BODY, { 'x-shopify-hmac-sha256': base64(s) })],
    ['woocommerce', A, B, wooBy],
    [
      'stripe',
      `whsec_${A}`,
      `whsec_${B}`,
      (s) => deliver(BODY, { 'stripe-signature': stripeHeader(s) }),
    ],
    ['standard-webhooks', WHSEC, WHSEC_2, (s) => deliver(BODY, standardHeaders(s))],
    ['custom', A, B, bearer],
  ];

describe.each(SIGNED)('%s', (source, one, other, sign) => {
  test.each([
    `${one},${other}`,
    ` ${one} , ${other} ,,`,
    `${one}\n${other}`,
    `${one}\r\n${other}\r\n`,
    `\n${one}\n\n${other},`,
  ])('takes each of two secrets: %j', (written) => {
    expect(takes(source, written, sign(one))).toBe(true);
    expect(takes(source, written, sign(other))).toBe(true);
    expect(codeSources[source].secretsIn(written)).toMatchObject({
      listed: [one, other],
      problems: [],
      isWeak: false,
    });
    expect(signingSecret(codeSources[source], written)).toBe(one);
  });

  test('takes one that ends in a line break, as files do', () => {
    expect(takes(source, `${one}\n`, sign(one))).toBe(true);
    expect(codeSources[source].secretsIn(`${one}\n`)).toMatchObject({
      problems: [],
      listed: [one],
    });
  });

  test.each([',', ' , \n ,'])('separators alone (%j) are no secret', (written) => {
    const { secrets, problems } = codeSources[source].secretsIn(written);
    expect(secrets).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^it verifies nothing: give /)]);
    expect(codeSources[source].verify(sign(one), [written])).toMatchObject({ kind: 'unusable' });
  });
});

describe('a text', () => {
  test.each([
    ['new,old', ['new', 'old']],
    [`${A},old`, ['old']],
    [`old\n${A}`, ['old']],
    [`${A}, ${B.slice(0, 15)}`, [B.slice(0, 15)]],
  ])('with short parts (%j) says so, and is not open to them', (written, parts) => {
    const { problems } = codeSources.shopify.secretsIn(written);
    expect(problems).toEqual([expect.stringContaining('fewer than 16 characters')]);
    for (const part of parts) {
      expect(takes('woocommerce', written, wooBy(part))).toBe(false);
      expect(problems.join()).not.toContain(part);
    }
    if (written.includes(A)) expect(takes('woocommerce', written, wooBy(A))).toBe(true);
  });

  test('with a comma in it works as a whole', () => {
    expect(takes('woocommerce', OLD, wooBy(OLD))).toBe(true);
    expect(takes('woocommerce', `${OLD}\n${A}`, wooBy(OLD))).toBe(true);
  });

  test('that is one secret and short works, and is reported as weak', () => {
    expect(takes('woocommerce', 'hush', wooBy('hush'))).toBe(true);
    expect(codeSources.woocommerce.secretsIn('hush')).toMatchObject({ isWeak: true, problems: [] });
    expect(codeSources.woocommerce.secretsIn(A).isWeak).toBe(false);
  });

  test('one of several that verifies nothing is reported; the others work', () => {
    const written = `whsec_not base64 at all!, ${WHSEC}`;
    expect(codeSources['standard-webhooks'].secretsIn(written).problems).toHaveLength(1);
    expect(takes('standard-webhooks', written, deliver(BODY, standardHeaders(WHSEC)))).toBe(true);
  });

  test('signs with what is no public key and no reference', () => {
    const { 'standard-webhooks': standard } = codeSources;
    expect(signingSecret(standard, `${WHPK},${WHSEC}`)).toBe(WHSEC);
    expect(signingSecret(standard, WHPK)).toBeUndefined();
    expect(signingSecret(standard, 'ssm:/earmark/dev/X')).toBeUndefined();
    expect(signingSecret(standard, undefined)).toBeUndefined();
  });
});

describe('public keys of Wix', () => {
  const pem = rsa.publicKey.trim();
  const second = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secondPem = String(second.publicKey.export({ format: 'pem', type: 'spki' })).trim();
  const secondPrivate = String(second.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const key = createPublicKey(pem);
  const pkcs1 = String(key.export({ format: 'pem', type: 'pkcs1' }));
  const der = (type: 'spki' | 'pkcs1') => key.export({ format: 'der', type }).toString('base64');
  const wrapped = (text: string) => text.replace(/(.{76})/g, '$1\n');
  const claims = { data: '{}', exp: NOW_SECONDS + 60 };
  const byFirst = deliver(jwt(claims));
  const bySecond = deliver(jwt(claims, { alg: 'RS256' }, secondPrivate));

  const ONE: Readonly<Record<string, string>> = {
    'in PEM': pem,
    'with CRLF': pem.replaceAll('\n', '\r\n'),
    'on one line, with blanks': pem.replaceAll('\n', ' '),
    'on one line, with nothing': pem.replaceAll('\n', ''),
    'with \\n': pem.replaceAll('\n', '\\n'),
    'with \\r\\n': pem.replaceAll('\n', '\\r\\n'),
    'with \\\\n': pem.replaceAll('\n', '\\\\n'),
    'in quotes': `"${pem.replaceAll('\n', '\\n')}"`,
    'in single quotes': `'${pem}'`,
    indented: pem.replaceAll('\n', '\n    '),
    'in PKCS #1': pkcs1,
    'in PKCS #1, on one line': pkcs1.replaceAll('\n', ' '),
    'as base64 of PEM': Buffer.from(pem).toString('base64'),
    'as base64 of PEM, wrapped': wrapped(Buffer.from(pem).toString('base64')),
    'as base64 of DER': der('spki'),
    'as base64 of DER, wrapped': wrapped(der('spki')),
    'as base64 of DER in PKCS #1': der('pkcs1'),
    'as base64 of DER, in quotes': `"${der('spki')}"`,
  };

  test.each(Object.entries(ONE))('one %s', (_name, written) => {
    expect(takes('wix', written, byFirst)).toBe(true);
    expect(takes('wix', written, bySecond)).toBe(false);
    expect(codeSources.wix.secretsIn(written)).toMatchObject({
      secrets: [expect.anything()],
      problems: [],
    });
    expect(codeSources.wix.secretProblem?.(written)).toBeUndefined();
  });

  const SPELLINGS = Object.entries(ONE);
  test.each(['', ',', '\n', '\n\n', ', ', '\r\n', '\\n'])(
    'two in a row, with %j between',
    (between) => {
      for (const [name, written] of SPELLINGS) {
        const isBase64 = name.startsWith('as');
        const inOneRun = between === '' || between === '\\n';
        const other = isBase64 ? Buffer.from(secondPem).toString('base64') : secondPem;
        // Nothing parts two runs of base64.
        if (isBase64 && inOneRun) continue;
        // A wrapped one has line breaks in itself.
        if (name.includes('wrapped') && !between.includes(',')) continue;
        const both = `${written}${between}${other}`;
        expect([name, takes('wix', both, byFirst)]).toEqual([name, true]);
        expect([name, takes('wix', both, bySecond)]).toEqual([name, true]);
        expect(codeSources.wix.secretsIn(both)).toMatchObject({ problems: [], isWeak: false });
      }
    },
  );

  describe('as base64 of DER, each wrapped', () => {
    const odder = generateKeyPairSync('rsa', { modulusLength: 4096 });
    // 294, 270 and 550 bytes: the last is padded.
    const inDer = (['spki', 'pkcs1'] as const).flatMap((type) =>
      [second.publicKey, odder.publicKey].map((other) =>
        other.export({ format: 'der', type }).toString('base64'),
      ),
    );
    const lines = (text: string, width: number) => text.match(RegExp(`.{1,${width}}`, 'g')) ?? [];
    test.each(
      [64, 76].flatMap((width) => ['\n', '\r\n', '\n\n', ' '].map((end) => [width, end] as const)),
    )('in lines of %i, with %j between: all are used', (width, end) => {
      const written = [...inDer, der('spki')].flatMap((text) => lines(text, width)).join(end);
      expect(codeSources.wix.secretsIn(written).problems).toEqual([]);
      expect(codeSources.wix.secretsIn(written).secrets).toHaveLength(5);
      expect(takes('wix', written, byFirst)).toBe(true);
      expect(takes('wix', written, bySecond)).toBe(true);
    });

    test.each(['AAAA', 'MAAw', 'MIIB', 'MIAA', 'MIT/////', der('spki').slice(0, 64)])(
      'with %s after it: reported, and the key is used',
      (more) => {
        for (const end of ['', '\n']) {
          const written = `${lines(der('spki'), 64).join('\n')}${end}${more}`;
          expect(codeSources.wix.secretsIn(written).problems).toHaveLength(1);
          expect(takes('wix', written, byFirst)).toBe(true);
        }
      },
    );
  });

  test.each([
    [
      'the first line of PEM alone, as an environment file without quotes gives it',
      '-----BEGIN PUBLIC KEY-----',
    ],
    ['a word', 'no key'],
    ['PEM that was cut', pem.slice(0, 200)],
    ['DER that was cut', der('spki').slice(0, 200)],
  ])('%s verifies nothing', (_name, written) => {
    expect(codeSources.wix.secretsIn(written)).toMatchObject({ secrets: [] });
    expect(codeSources.wix.secretsIn(written).problems).toEqual([
      expect.stringContaining('RSA public key'),
    ]);
    const half = codeSources.wix.secretsIn(`${written},${secondPem}`);
    expect(half.problems).toHaveLength(1);
    expect(takes('wix', `${written},${secondPem}`, bySecond)).toBe(true);
  });

  test('any text at all gives an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(pem.length), (text, at) => {
        codeSources.wix.secretsIn(pem.slice(0, at) + text + pem.slice(at));
      }),
    );
  });
});

describe('of one header', () => {
  const counted = () => {
    let checks = 0;
    const key: Key = {
      kind: 'ed25519',
      checks: () => () => {
        checks += 1;
        return false;
      },
    };
    return { scheme: { ...SCHEMES.standard, key: () => key }, count: () => checks };
  };
  const noise = () => Buffer.from({ length: 64, 0: randomInt(256) }).toString('base64');
  const headers = (...proofs: string[]) => ({
    ...standardHeaders(WHSEC),
    'webhook-signature': proofs.join(' '),
  });

  test('eight signatures are tried, of a hundred and four', () => {
    const { scheme, count } = counted();
    const many = Array.from({ length: 104 }, () => `v1a,${noise()}`);
    verifySignature(scheme, deliver(BODY, headers(...many)), ['a key']);
    expect(count()).toBe(8);
  });

  test('the eighth may be the right one, and the ninth comes too late', () => {
    const wrong = (count: number) => Array.from({ length: count }, () => `v1a,${noise()}`);
    const verdict = (...proofs: string[]) =>
      codeSources['standard-webhooks'].verify(deliver(BODY, headers(...proofs)), [WHPK]).ok;
    expect(verdict(...wrong(7), v1a())).toBe(true);
    expect(verdict(...wrong(8), v1a())).toBe(false);
    // Of other versions there may be any number.
    expect(verdict(...wrong(7), 'v2,x', 'v9,y', v1a())).toBe(true);

    const right = hmac(A, `${NOW_SECONDS}.`, BODY).toString('hex');
    const stripe = (count: number) => {
      const header = `t=${NOW_SECONDS}${`,v1=${'0'.repeat(64)}`.repeat(count)},v0=x,v1=${right}`;
      return codeSources.stripe.verify(deliver(BODY, { 'stripe-signature': header }), [A]).ok;
    };
    expect([stripe(7), stripe(8)]).toEqual([true, false]);
  });
});
