import { describe, expect, test } from '@jest/globals';
import { Proof } from '../../lib/sources/authoring/proofs.ts';
import { signedAs } from '../../lib/sources/signing/described.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { deliver, hmac, jwt, NOW, NOW_SECONDS, rsa } from './fixtures.ts';
import { BODY, mac } from './signing.ts';

const proof = (written: object): Proof => Proof.parse(written);
const KEY = 'hush hush, little baby';

describe('several proofs', () => {
  const { verify } = signedAs([
    proof({ scheme: 'hmac', header: 'x-signature' }),
    proof({ scheme: 'header', header: 'x-secret' }),
    proof({ scheme: 'bearer' }),
    proof({ scheme: 'basic' }),
    proof({ scheme: 'path' }),
    proof({ scheme: 'field', field: 'token' }),
  ]);
  const SECRET = `user:${KEY}`;
  const right = mac(SECRET).toString('hex');
  const address = { method: 'POST', url: 'https://x.example.com/', query: {}, secret: SECRET };
  const basic = `Basic ${Buffer.from(SECRET).toString('base64')}`;
  const verdict = (headers: Record<string, string>, more: Partial<Delivery> = {}) =>
    verify({ ...deliver(BODY, headers), ...more }, [SECRET]);

  test.each([
    ['the signature alone', { 'x-signature': right }, {}, true],
    ['a wrong signature beside every secret', wrongBeside('x-signature', '00'), { address }, false],
    ['an empty signature beside the path', { 'x-signature': '' }, { address }, false],
    ['a wrong secret header beside the path', { 'x-secret': 'x' }, { address }, false],
    ['a wrong bearer beside the path', { authorization: 'Bearer x' }, { address }, false],
    ['a wrong Basic beside the path', { authorization: 'Basic eDp5' }, { address }, false],
    ['an authorization of no known scheme', { authorization: SECRET }, { address }, false],
    ['bearer, with a blank', { authorization: `Bearer ${SECRET}` }, {}, false],
    ['Basic', { authorization: basic }, {}, true],
    ['basic in small characters', { authorization: basic.replace('B', 'b') }, {}, true],
    [
      'Basic without padding',
      { authorization: basic.replaceAll('=', '') },
      {},
      !basic.endsWith('='),
    ],
    ['the path', {}, { address }, true],
    ['a path that is empty', {}, { address: { ...address, secret: '' } }, false],
    ['a field of the body', {}, { body: Buffer.from(JSON.stringify({ token: SECRET })) }, true],
    ['a wrong field', {}, { body: Buffer.from(JSON.stringify({ token: 'x' })) }, false],
    [
      'a field that is a list',
      {},
      { body: Buffer.from(JSON.stringify({ token: [SECRET] })) },
      false,
    ],
  ] as const)('%s: accepted is %s', (_name, headers, more, ok) => {
    expect(verdict(headers, more).ok).toBe(ok);
  });

  function wrongBeside(name: string, wrong: string) {
    return { [name]: wrong, 'x-secret': SECRET, authorization: basic };
  }

  test('what offers nothing is unsigned, and the reason names each place', () => {
    const found = verdict({}, { address: { ...address, secret: undefined } });
    expect(found).toMatchObject({ ok: false, kind: 'unsigned' });
    expect(found).toMatchObject({ reason: expect.stringMatching(/x-signature.*path.*token/) });
  });

  test('a secret that only one of them can use is no problem', () => {
    const {
      secretProblem,
      secretsIn,
      verify: check,
    } = signedAs([proof({ scheme: 'basic' }), proof({ scheme: 'path' })]);
    expect(secretProblem?.('no colon in it')).toBeUndefined();
    expect(secretsIn('no colon in it').secrets).toEqual(['no colon in it']);
    const addressed = { ...deliver(BODY), address: { ...address, secret: KEY } };
    expect(check(addressed, [KEY]).ok).toBe(true);
    expect(check(deliver(BODY), [KEY])).toMatchObject({ kind: 'unsigned' });
    expect(check(deliver(BODY, { authorization: basic }), [KEY])).toMatchObject({
      kind: 'unusable',
    });
  });
});

describe('a list of signatures', () => {
  const { verify } = signedAs(
    proof({
      scheme: 'hmac',
      header: 'paddle-signature',
      parts: { separator: ';', signature: 'h1', time: 'ts' },
      over: ['time', ':', 'body'],
    }),
  );
  const h1 = (secret: string, time: string | number = NOW_SECONDS) =>
    hmac(secret, `${time}:`, BODY).toString('hex');
  const verdict = (value: string) =>
    verify(deliver(BODY, { 'paddle-signature': value }), ['another of our secrets', KEY]);
  const ts = `ts=${NOW_SECONDS}`;

  test.each([
    ['two, the second right', `${ts};h1=${h1('x')};h1=${h1(KEY)}`, true],
    ['two, the first right', `${ts};h1=${h1(KEY)};h1=${h1('x')}`, true],
    ['the right one as the ninth', `${ts}${`;h1=${h1('x')}`.repeat(8)};h1=${h1(KEY)}`, false],
    ['blanks between', `${ts}; h1=${h1(KEY)}`, true],
    ['names that nobody knows', `${ts};h0=zz;h1=${h1(KEY)};h2`, true],
    ['two times', `${ts};${ts};h1=${h1(KEY)}`, false],
    ['no time', `h1=${h1(KEY, '')}`, false],
    ['a time with a sign', `ts=+${NOW_SECONDS};h1=${h1(KEY, `+${NOW_SECONDS}`)}`, false],
    ['a time past counting', `ts=${'9'.repeat(13)};h1=${h1(KEY, '9'.repeat(13))}`, false],
    ['no signature', ts, false],
    ['another separator', `${ts},h1=${h1(KEY)}`, false],
    ['cut short', `${ts};h1=${h1(KEY).slice(2)}`, false],
    ['nothing', '', false],
  ])('%s', (_name, value, ok) => {
    expect(verdict(value).ok).toBe(ok);
  });
});

describe('a JWT in a header', () => {
  const { verify } = signedAs(proof({ scheme: 'jwt', algorithm: 'RS256' }));
  const verdict = (token: string, secrets = [rsa.publicKey], receivedAt = NOW) =>
    verify(deliver(BODY, { authorization: token }, receivedAt), secrets);
  const claims = { exp: NOW_SECONDS + 60 };
  const [head = '', payload = '', signature = ''] = jwt(claims).split('.');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hs256 = `${part({ alg: 'HS256' })}.${payload}`;

  test.each([
    ['behind Bearer', `Bearer ${jwt(claims)}`, true],
    ['by itself', jwt(claims), true],
    ['without an expiry', jwt({}), true],
    ['expired this second', jwt({ exp: NOW_SECONDS }), false],
    ['an expiry that is text', jwt({ exp: '9999999999' }), false],
    ['valid from now on', jwt({ ...claims, nbf: NOW_SECONDS }), true],
    ['by a clock one minute ahead', jwt({ ...claims, nbf: NOW_SECONDS + 60 }), true],
    ['not valid yet', jwt({ ...claims, nbf: NOW_SECONDS + 61 }), false],
    ['a beginning that is text', jwt({ ...claims, nbf: '0' }), false],
    ['claims that are no object', jwt('[1]'), false],
    ['alg none', `${part({ alg: 'none' })}.${payload}.`, false],
    ['alg none with the signature', `${part({ alg: 'none' })}.${payload}.${signature}`, false],
    [
      'HS256 with the public key as the secret',
      `${hs256}.${hmac(rsa.publicKey, hs256).toString('base64url')}`,
      false,
    ],
    ['a demand (crit)', jwt(claims, { alg: 'RS256', crit: ['x'] }), false],
    ['two segments', `${head}.${payload}`, false],
    ['four segments', `${head}.${payload}.${signature}.`, false],
    ['another scheme', `Basic ${jwt(claims)}`, false],
    ['nothing', '', false],
  ])('%s: accepted is %s', (_name, token, ok) => {
    expect(verdict(token).ok).toBe(ok);
  });

  test('the secret of HS256 opens nothing that asks for RS256', () => {
    expect(verdict(jwt(claims), [KEY])).toMatchObject({ ok: false, kind: 'unusable' });
  });
});

describe('Basic', () => {
  const { secretProblem } = signedAs(proof({ scheme: 'basic' }));
  test.each([
    ['user:password', true],
    [':password', true],
    ['user:pass:word', true],
    ['user:', false],
    ['user', false],
    ['', false],
  ])('the secret %j is usable: %s', (secret, usable) => {
    expect(secretProblem?.(secret) === undefined).toBe(usable);
  });
});

test.each([
  ['a signed header', ['header x-id', 'body'], undefined],
  ['a header that is not signed', ['body'], 32],
])('an id in %s: the signed body goes into the look for duplicates as %p', (_, over, bytes) => {
  const { verify } = signedAs(proof({ scheme: 'hmac', header: 'x-signature', over }), ['x-id']);
  const signed = over.length === 1 ? BODY : `d1${BODY}`;
  const headers = { 'x-id': 'd1', 'x-signature': hmac(KEY, signed).toString('hex') };
  const found = verify(deliver(BODY, headers), [KEY]);
  expect(found.ok && found.verified.bodyProof?.length).toBe(bytes);
});

test('what is signed of a body is what is read of it: not what stands around the body inside', () => {
  const { verify } = signedAs(
    proof({ scheme: 'hmac', header: 'x-signature', over: ['field at', '.', 'field id'] }),
  );
  const signature = hmac(KEY, '1.a').toString('hex');
  const verdict = (body: object) =>
    verify(deliver(JSON.stringify(body), { 'x-signature': signature }), [KEY]).ok;
  expect(verdict({ at: 1, id: 'a' })).toBe(true);
  // The reader takes the `body` of a request that n8n passes on.
  const other = { at: 2, id: 'b', email: 'lee@example.com' };
  expect(verdict({ at: 1, id: 'a', headers: {}, query: {}, body: other })).toBe(false);
});
