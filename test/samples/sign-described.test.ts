import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Proof } from '../../lib/sources/authoring/proofs.ts';
import { signedAs } from '../../lib/sources/signing/described.ts';
import { signDescribed } from '../../samples/sign-described.ts';
import { NOW, NOW_SECONDS, rsa } from '../sources/fixtures.ts';
import { SIGNING_FORMS, URL_OF_OURS } from '../sources/signing-forms.ts';

const SECRET = 'user:a-secret-of-the-tests';
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=xyz';

interface Case {
  readonly name: string;
  readonly proof: Proof;
  readonly secret: string;
  readonly signing?: string;
  readonly type?: string;
}

const field = (name: string, path: string, type: string): Case => ({
  name,
  proof: { scheme: 'field', field: path },
  secret: SECRET,
  type,
});

const CASES: readonly Case[] = [
  ...SIGNING_FORMS.map(({ name, proof, secret }) => ({
    name,
    proof,
    secret,
    signing: secret === rsa.publicKey ? rsa.privateKey : secret,
  })),
  ...['bearer', 'basic', 'path', 'query'].map((scheme) => ({
    name: scheme,
    proof: Proof.parse({ scheme }),
    secret: SECRET,
  })),
  { name: 'header', proof: { scheme: 'header', header: 'x-secret' }, secret: SECRET },
  field('a field that is a header', 'header x-secret', 'application/json'),
  field('a field of JSON', 'token', 'application/json'),
  field('a field deep in JSON', 'data.inner.token', 'application/json'),
  field('a field of a form', 'token', FORM),
  field('a nested field of a form', 'hidden.token', FORM),
  field('a part of a form', 'hidden.token', MULTIPART),
];

const bodyOf = (type: string, text: string): Buffer => {
  if (type === FORM) return Buffer.from(new URLSearchParams({ eventId: 'e-1', text }).toString());
  const parts = `--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--xyz--\r\n`;
  if (type === MULTIPART) return Buffer.from(parts);
  return Buffer.from(JSON.stringify({ eventCreated: 1, eventId: 'e-1', text }));
};

describe.each(CASES)('$name', ({ proof, secret, signing = secret, type = 'application/json' }) => {
  test('what is signed here is accepted, and under no other secret', () => {
    const { verify } = signedAs(proof);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zäöü ]*$/), (text) => {
        const headers = { 'content-type': type, 'x-id': '1' };
        const request = { method: 'POST', url: URL_OF_OURS, headers, seconds: NOW_SECONDS };
        const body = bodyOf(type, text);
        const made = signDescribed(proof, signing, { ...request, body });
        const address = {
          method: 'POST',
          url: URL_OF_OURS,
          query: made.query,
          secret: made.secret,
        };
        const delivery = { headers: made.headers, body: made.body, receivedAt: NOW, address };
        expect(verify(delivery, [secret])).toMatchObject({ ok: true });
        expect(verify(delivery, ['another:secret of ours']).ok).toBe(false);
        expect(verify({ ...request, body, receivedAt: NOW }, [secret]).ok).toBe(false);
      }),
      { numRuns: 20 },
    );
  });
});

test('the first proof that can be made here is made', () => {
  const [paypal, bearer] = [{ scheme: 'paypal' }, { scheme: 'bearer' }] as const;
  const request = { method: 'POST', url: URL_OF_OURS, headers: {}, body: Buffer.of(), seconds: 0 };
  expect(signDescribed([paypal, bearer], 'x', request).headers).toEqual({
    authorization: 'Bearer x',
  });
  expect(() => signDescribed(paypal, 'x', request)).toThrow(RangeError);
});
