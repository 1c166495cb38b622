import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Proof } from '../../lib/sources/authoring/proofs.ts';
import { signedAs } from '../../lib/sources/signing/described.ts';
import type { Delivery, Verified } from '../../lib/sources/source.ts';
import { flip } from './arbitraries.ts';
import { NOW } from './fixtures.ts';

/** What comes in a request that has the secret in it. */
type Parts = Pick<Delivery, 'headers' | 'body'> & { path?: string; query?: Record<string, string> };

interface Way {
  readonly name: string;
  readonly proof: object;
  readonly send: (secret: string) => Parts;
}

const JSON_BODY = Buffer.from('{"note":"Größe ☃"}');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const multipart = (name: string, value: string): string =>
  `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/** Each proof that is the secret itself. */
const WAYS: readonly Way[] = [
  {
    name: 'bearer',
    proof: { scheme: 'bearer' },
    send: (secret) => ({ headers: { authorization: `Bearer ${secret}` }, body: JSON_BODY }),
  },
  {
    name: 'a header',
    proof: { scheme: 'header', header: 'x-secret' },
    send: (secret) => ({ headers: { 'x-secret': secret }, body: JSON_BODY }),
  },
  {
    name: 'Basic',
    proof: { scheme: 'basic' },
    send: (secret) => ({
      headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
      body: JSON_BODY,
    }),
  },
  {
    name: 'the path',
    proof: { scheme: 'path' },
    send: (secret) => ({ headers: {}, body: JSON_BODY, path: secret }),
  },
  {
    name: 'the query',
    proof: { scheme: 'query', parameter: 'key' },
    send: (secret) => ({ headers: {}, body: JSON_BODY, query: { key: secret } }),
  },
  {
    name: 'a field of JSON',
    proof: { scheme: 'field', field: 'data.token' },
    send: (secret) => ({
      headers: {},
      body: Buffer.from(JSON.stringify({ a: 1, data: { token: secret } })),
    }),
  },
  {
    name: 'a field of JSON that is called a form',
    proof: { scheme: 'field', field: 'token' },
    send: (secret) => ({ headers: FORM, body: Buffer.from(JSON.stringify({ token: secret })) }),
  },
  {
    name: 'a field of a form',
    proof: { scheme: 'field', field: 'thrivecart_secret' },
    send: (secret) => ({
      headers: FORM,
      body: Buffer.from(`a=1&${new URLSearchParams({ thrivecart_secret: secret })}`),
    }),
  },
  {
    name: 'a nested field of a form',
    proof: { scheme: 'field', field: 'hidden.token' },
    send: (secret) => ({
      headers: FORM,
      body: Buffer.from(`a=1&${new URLSearchParams({ 'hidden[token]': secret })}`),
    }),
  },
  {
    name: 'a part of a form',
    proof: { scheme: 'field', field: 'token' },
    send: (secret) => ({
      headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
      body: Buffer.from(`${multipart('a', '1')}${multipart('token', secret)}--xyz--\r\n`),
    }),
  },
];

function delivery({ headers, body, path, query = {} }: Parts): Delivery {
  const url = 'https://hooks.example.com/webhooks/x';
  return { headers, body, receivedAt: NOW, address: { method: 'POST', url, secret: path, query } };
}

function verified(proof: object, parts: Parts, secrets: readonly string[]): Verified {
  const found = signedAs(Proof.parse(proof)).verify(delivery(parts), secrets);
  if (!found.ok) throw new Error(found.reason);
  return found.verified;
}

const SECRET = 'user:Xk29-fjQ_z0.81~w';

describe.each(WAYS)('the secret in $name', ({ proof, send }) => {
  const { verify } = signedAs(Proof.parse(proof));
  const isOk = (sent: string, secrets: readonly string[]) =>
    verify(delivery(send(sent)), secrets).ok;

  test('opens, as one of several', () => {
    expect(isOk(SECRET, ['another:secret of ours', SECRET])).toBe(true);
    expect(isOk(SECRET, [SECRET, 'another:secret of ours'])).toBe(true);
  });

  test('no other opens', () => {
    for (let bit = 0; bit < SECRET.length * 8; bit += 1) {
      const other = flip(Buffer.from(SECRET), bit).toString('latin1');
      expect([bit, isOk(other, [SECRET])]).toEqual([bit, false]);
      expect([bit, isOk(SECRET, [other])]).toEqual([bit, false]);
    }
    const wrong = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(wrong, (other) => {
        expect(isOk(other, [SECRET])).toBe(false);
        expect(isOk(SECRET, [other])).toBe(false);
      }),
    );
    for (const other of ['', ' ', '***', SECRET.slice(1), `${SECRET}x`, `${SECRET}${SECRET}`]) {
      expect(isOk(other, [SECRET])).toBe(false);
      expect(isOk(SECRET, [other])).toBe(false);
    }
  });

  test('is in nothing that was verified, and the same body comes of any secret', () => {
    const secrets = [SECRET, 'other:Qk29+fjQ_z0/81~w'];
    const [first, second] = secrets.map((secret) => verified(proof, send(secret), secrets));
    for (const secret of secrets) {
      for (const spelling of [secret, encodeURIComponent(secret), btoa(secret)]) {
        expect(first?.body.includes(spelling)).toBe(false);
        expect(JSON.stringify(first?.headers)).not.toContain(spelling);
      }
    }
    expect(first?.body).toEqual(second?.body);
    expect(first?.headers).toEqual(second?.headers);
    expect(first).not.toHaveProperty('address');
  });
});

test('`***` itself is a secret like any other', () => {
  const way = { proof: { scheme: 'field', field: 'token' }, body: '{"token":"***","a":"* *** *"}' };
  const parts = { headers: {}, body: Buffer.from(way.body) };
  expect(String(verified(way.proof, parts, ['***']).body)).toBe(way.body);
});

describe('masking', () => {
  const PATH = { scheme: 'path' };
  const mask = (body: string, secret: string, headers = {}): Verified =>
    verified(PATH, { headers, body: Buffer.from(body), path: secret }, [secret]);

  const percent = (text: string) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const ascii = (text: string) =>
    json(text).replace(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const form = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);
  const SPELLINGS: readonly ((text: string) => string)[] = [
    (text) => text,
    encodeURIComponent,
    form,
    percent,
    (text) => percent(text).toUpperCase(),
    json,
    (text) => json(text).replaceAll('/', '\\/'),
    ascii,
    (text) => json(json(text)),
    (text) => json(encodeURIComponent(text)),
    (text) => encodeURIComponent(json(text)),
    (text) => form(json(encodeURIComponent(text))),
    (text) => percent(json(json(text))),
    (text) => Buffer.from(text).toString('base64'),
  ];

  // A secret with a mark of the mask in it could be put together again by what stands around the mask.
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...' +"/\\%é☃a1'),
  );
  const secret = fc
    .string({ unit, minLength: 8, maxLength: 40 })
    .map((text) => text.toWellFormed().trim())
    .filter((text) => text.length >= 8 && !text.includes('*') && /[^-+.\deE\s,]/.test(text));
  const noise = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => `(${text})`);

  test('takes every spelling of the secret, and nothing else', () => {
    fc.assert(
      fc.property(
        secret,
        fc.array(fc.tuple(noise, fc.constantFrom(...SPELLINGS)), { minLength: 1, maxLength: 6 }),
        noise,
        (hidden, pieces, end) => {
          const around = [...pieces.map(([before]) => before), end];
          fc.pre(around.every((text) => !text.includes(hidden)));
          const written = pieces.map(([before, spell]) => before + spell(hidden)).join('') + end;
          const wanted = pieces.map(([before]) => `${before}***`).join('') + end;
          const found = mask(written, hidden, { referer: written, 'x-other': 'same' });
          expect(found.body.toString()).toBe(wanted);
          expect(found.headers).toEqual({ referer: wanted, 'x-other': 'same' });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('leaves a body without the secret as it is, to the byte', () => {
    fc.assert(
      fc.property(secret, fc.uint8Array({ maxLength: 200 }), (hidden, array) => {
        const body = Buffer.from(array);
        fc.pre(!body.includes(hidden));
        const found = verified(PATH, { headers: {}, body, path: hidden }, [hidden]);
        expect(found.body.equals(body)).toBe(true);
      }),
    );
  });

  test('leaves JSON that is JSON', () => {
    fc.assert(
      fc.property(secret, fc.jsonValue(), (hidden, value) => {
        const written = JSON.stringify({ value, hidden, url: `https://x/${hidden}?a` });
        const read = JSON.parse(mask(written, hidden).body.toString());
        expect(read).toMatchObject({ hidden: '***', url: 'https://x/***?a' });
      }),
    );
  });

  test.each([
    ['{"a":"paid"}', '{"a":"***"}'],
    ['{"url":"https://x/webhooks/jotform/paid"}', '{"url":"https://x/webhooks/jotform/***"}'],
    ['{"url":"https:\\/\\/x\\/paid?a=1"}', '{"url":"https:\\/\\/x\\/***?a=1"}'],
    ['{"inner":"{\\"a\\":\\"paid\\"}"}', '{"inner":"{\\"a\\":\\"***\\"}"}'],
    ['a=paid&b=x', 'a=***&b=x'],
    ['u=https%3A%2F%2Fx%2Fpaid&b', 'u=https%3A%2F%2Fx%2F***&b'],
    [multipart('a', 'paid'), multipart('a', '***')],
    ['{"a":"unpaid","b":"paid in full","paid":1}', '{"a":"unpaid","b":"paid in full","***":1}'],
  ])('of a short secret takes whole values: %j', (written, wanted) => {
    expect(mask(written, 'paid').body.toString()).toBe(wanted);
  });

  test.each([
    ['{"id":1234567890123,"a":"1234567890123"}', '{"id":1234567890123,"a":"***"}'],
    ['{"url":"https://x/1234567890123"}', '{"url":"https://x/***"}'],
  ])('of a secret that is a number leaves numbers: %s', (written, wanted) => {
    expect(mask(written, '1234567890123').body.toString()).toBe(wanted);
  });

  test('masks every configured secret, the longest where one holds another', () => {
    const secrets = ['0123456789abcdef', '0123456789abcdef-and-more'];
    const body = Buffer.from(`{"a":"${secrets[1]}","b":"${secrets[0]}"}`);
    const found = verified(PATH, { headers: {}, body, path: secrets[0] ?? '' }, secrets);
    expect(found.body.toString()).toBe('{"a":"***","b":"***"}');
  });

  test('takes time that grows with the body alone', () => {
    const hidden = 'a'.repeat(40);
    const bodies = ['%61'.repeat(300_000), '\\u0061'.repeat(170_000), 'a'.repeat(1_000_000)];
    for (const written of bodies) expect(mask(written, hidden).body.length).toBeLessThan(80_000);
  });
});
