import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { codeSources } from '../../lib/sources/index.ts';
import { deliver, hmac, jwt, NOW, NOW_SECONDS, rsa } from './fixtures.ts';
import { BODY, rawPublic, standardHeaders, stripeHeader, v1a, WHPK, WHSEC } from './signing.ts';

describe('stripe', () => {
  const verdict = (header: string, receivedAt = NOW) =>
    codeSources.stripe.verify(deliver(BODY, { 'stripe-signature': header }, receivedAt), ['k']);
  const v1 = (time: number | string = NOW_SECONDS) => hmac('k', `${time}.`, BODY).toString('hex');

  test.each([
    [-300, true],
    [-301, false],
    [300, true],
    [301, false],
    [86_400, false],
  ])('signed %d s from now: accepted is %s', (seconds, ok) => {
    expect(verdict(stripeHeader('k', NOW_SECONDS + seconds)).ok).toBe(ok);
  });

  test.each([
    ['several v1, one of them right', `t=${NOW_SECONDS},v1=${'0'.repeat(64)},v1=${v1()}`, true],
    ['unknown schemes beside it', `t=${NOW_SECONDS},v9=x,v1=${v1()},v0=${'1'.repeat(64)}`, true],
    ['v0 alone', `t=${NOW_SECONDS},v0=${v1()}`, false],
    ['two times', `t=${NOW_SECONDS},t=${NOW_SECONDS},v1=${v1()}`, false],
    ['no time', `v1=${v1('')}`, false],
    ['a time with a sign', `t=+${NOW_SECONDS},v1=${v1(`+${NOW_SECONDS}`)}`, false],
    ['a time with a fraction', `t=${NOW_SECONDS}.0,v1=${v1(`${NOW_SECONDS}.0`)}`, false],
    ['a time past counting', `t=${'9'.repeat(13)},v1=${v1('9'.repeat(13))}`, false],
    ['a v1 cut short', `t=${NOW_SECONDS},v1=${v1().slice(1)}`, false],
    ['keys without values', 't,v1', false],
  ])('%s', (_name, header, ok) => {
    expect(verdict(header).ok).toBe(ok);
  });

  test('a clock that returns no number accepts nothing', () => {
    expect(verdict(stripeHeader('k'), Number.NaN)).toMatchObject({ ok: false });
  });
});

describe('standard webhooks', () => {
  const verdict = (headers: Record<string, string>, secrets = [WHSEC, WHPK]) =>
    codeSources['standard-webhooks'].verify(deliver(BODY, headers), secrets);
  const base = standardHeaders(WHSEC);
  const wrong = `v1,${hmac('x', 'y').toString('base64')}`;

  test.each([
    ['five minutes old', standardHeaders(WHSEC, NOW_SECONDS - 300), true],
    ['older', standardHeaders(WHSEC, NOW_SECONDS - 301), false],
    ['five minutes ahead', standardHeaders(WHSEC, NOW_SECONDS + 300), true],
    ['further ahead', standardHeaders(WHSEC, NOW_SECONDS + 301), false],
    [
      'one of several',
      { ...base, 'webhook-signature': `${wrong} v2,AAAA ${base['webhook-signature']}` },
      true,
    ],
    ['v1a among others', { ...base, 'webhook-signature': `${wrong} ${v1a()}` }, true],
    ['v1a over another id', { ...base, 'webhook-signature': v1a('msg_2') }, false],
    [
      'the v1a bytes called v1',
      { ...base, 'webhook-signature': v1a().replace('v1a', 'v1') },
      false,
    ],
    ['another id', { ...base, 'webhook-id': 'msg_2' }, false],
    ['no id', { ...base, 'webhook-id': '' }, false],
    ['a time of letters', { ...base, 'webhook-timestamp': 'hello' }, false],
    [
      'headers of two families',
      {
        'webhook-signature': base['webhook-signature'] ?? '',
        'svix-id': 'msg_1',
        'svix-timestamp': String(NOW_SECONDS),
      },
      false,
    ],
  ])('%s', (_name, headers, ok) => {
    expect(verdict(headers).ok).toBe(ok);
  });

  test('an empty id is refused even where it is signed', () => {
    const right = hmac(Buffer.from(WHSEC.slice(6), 'base64'), `.${NOW_SECONDS}.`, BODY);
    const headers = { 'webhook-id': '', 'webhook-signature': `v1,${right.toString('base64')}` };
    expect(verdict({ ...base, ...headers })).toEqual({
      ok: false,
      kind: 'signature',
      reason: 'the webhook-id header is missing',
    });
  });

  test('a v1 signature is not held against a public key as if it were a secret', () => {
    const forged = hmac(rawPublic, `msg_1.${NOW_SECONDS}.`, BODY).toString('base64');
    expect(verdict({ ...base, 'webhook-signature': `v1,${forged}` }, [WHPK])).toMatchObject({
      ok: false,
    });
  });

  test.each([WHSEC, 'polar_whs_c2VjcmV0IHNlY3JldA'])('%s signs as text, as at Polar', (secret) => {
    const mac = hmac(secret, `msg_1.${NOW_SECONDS}.`, BODY).toString('base64');
    const headers = { ...base, 'webhook-signature': `v1,${mac}` };
    expect(verdict(headers, [secret])).toMatchObject({ ok: true });
    expect(verdict(headers, [`${secret}AAAA`])).toMatchObject({ ok: false });
  });

  test.each([
    ['whsec_', 'an empty key'],
    ['polar_whs_', 'a prefix that everybody knows'],
    ['not base64!', 'no base64'],
    ['whpk_AAAA', 'a public key of 3 bytes'],
    ['whsk_AAAA', 'a private key'],
  ])('the secret %s (%s) is reported as unusable', (secret) => {
    expect(verdict(base, [secret])).toEqual({
      ok: false,
      kind: 'unusable',
      reason: expect.stringMatching(/^no configured secret is usable: give whsec_/),
    });
  });
});

describe('wix', () => {
  const verdict = (body: string, keys: readonly string[] = [rsa.publicKey], receivedAt = NOW) =>
    codeSources.wix.verify(deliver(body, {}, receivedAt), keys);
  const claims = { data: '{}', exp: NOW_SECONDS + 60 };
  const token = jwt(claims);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const smallPublic = String(small.publicKey.export({ format: 'pem', type: 'spki' }));
  const smallPrivate = String(small.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const hs256 = Buffer.from('{"alg":"HS256"}').toString('base64url');
  const hs256Mac = hmac(rsa.publicKey, `${hs256}.${payload}`).toString('base64url');

  test.each([
    ['the key as PEM', rsa.publicKey],
    ['base64 of PEM', Buffer.from(rsa.publicKey).toString('base64')],
    ['PEM with line breaks written out', rsa.publicKey.replaceAll('\n', '\\n')],
  ])('%s', (_name, key) => {
    expect(verdict(token, [key])).toMatchObject({ ok: true });
  });

  test.each([
    ['no expiry', jwt({ data: '{}' }), true],
    ['expired this second', jwt({ ...claims, exp: NOW_SECONDS }), false],
    ['expired', jwt({ ...claims, exp: NOW_SECONDS - 1 }), false],
    ['an expiry that is text', jwt({ ...claims, exp: '9999999999' }), false],
    ['an expiry that is null', jwt({ ...claims, exp: null }), false],
    ['alg none', `${none}.${payload}.`, false],
    ['alg none with the signature left on', `${none}.${payload}.${signature}`, false],
    ['HS256 with the public key as secret', `${hs256}.${payload}.${hs256Mac}`, false],
    ['alg PS256', jwt(claims, { alg: 'PS256' }), false],
    ['a critical extension', jwt(claims, { alg: 'RS256', crit: ['b64'], b64: false }), false],
    ['two segments', `${header}.${payload}`, false],
    ['four segments', `${token}.x`, false],
    ['padding', `${token}=`, false],
    ['a line break after it', `${token}\n`, false],
    ['claims that are no object', jwt('7'), false],
    ['a header of a thousand characters', jwt(claims, { alg: 'RS256', x: 'x'.repeat(720) }), true],
    ['a header beyond that', jwt(claims, { alg: 'RS256', x: 'x'.repeat(760) }), false],
    [
      'claims of another token',
      `${header}.${jwt({ data: 'x' }).split('.')[1]}.${signature}`,
      false,
    ],
  ])('%s', (_name, body, ok) => {
    expect(verdict(body).ok).toBe(ok);
  });

  test('claims are not read before a signature matched', () => {
    const spoilt = 'AAAA';
    for (const written of ['not json', JSON.stringify({ exp: 'never' }), JSON.stringify(claims)]) {
      const segment = Buffer.from(written).toString('base64url');
      expect(verdict(`${header}.${segment}.${spoilt}`)).toEqual({
        ok: false,
        kind: 'signature',
        reason: 'the signature matches no configured secret',
      });
    }
    expect(verdict(jwt('not json'))).toEqual({
      ok: false,
      kind: 'stale',
      reason: 'the claims of the token are not a JSON object',
    });
  });

  test.each([
    `${header}.${payload}`,
    `${token}.${signature}`,
    `${token}=`,
    '',
    '..',
    '.'.repeat(9),
  ])('a body that is no token of three segments is reported as such (%#)', (body) => {
    expect(verdict(body)).toEqual({
      ok: false,
      kind: 'unsigned',
      reason: 'the body is not a JSON Web Token of three segments',
    });
  });

  test.each(['rsa-pss', 'ec'] as const)('a key for %s is unusable', (kind) => {
    const { publicKey } =
      kind === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const pem = String(publicKey.export({ format: 'pem', type: 'spki' }));
    expect(codeSources.wix.secretProblem?.(pem)).toContain('RSA public key');
  });

  test('a key below 2048 bits is unusable', () => {
    expect(verdict(jwt(claims, { alg: 'RS256' }, smallPrivate), [smallPublic])).toEqual({
      ok: false,
      kind: 'unusable',
      reason: expect.stringContaining('RSA public key of 2048 bits'),
    });
  });
});
