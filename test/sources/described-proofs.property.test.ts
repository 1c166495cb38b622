import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signedAs } from '../../lib/sources/signing/described.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { body as anyBody, flip } from './arbitraries.ts';
import { NOW_SECONDS } from './fixtures.ts';
import { SIGNING_FORMS, signedDelivery } from './signing-forms.ts';

/** Text, for the library of Standard Webhooks signs nothing else; the two fields are what Ecwid signs. */
const body = fc
  .string({ unit: 'grapheme', maxLength: 200 })
  .map((text) =>
    Buffer.from(JSON.stringify({ eventCreated: 1_700_000_000, eventId: 'e-1', text })),
  );
const BODY = Buffer.from('{"eventCreated":1700000000,"eventId":"e-1","note":"Größe ☃"}');

const flipText = (text: string, bit: number): string =>
  flip(Buffer.from(text, 'latin1'), bit).toString('latin1');
const everyBit = (length: number): readonly number[] =>
  Array.from({ length: length * 8 }, (_, bit) => bit);

describe.each(SIGNING_FORMS)('$name', (form) => {
  const { proof, secret, header, skip = 0, bodyIsFree, tolerance } = form;
  const { verify } = signedAs(proof);
  const isHex = proof.scheme === 'hmac' && proof.encoding === 'hex';
  const withHeader = (delivery: Delivery, value: string): Delivery => ({
    ...delivery,
    headers: { ...delivery.headers, [header]: value },
  });

  test('what the sender signed is accepted, under any of several secrets', () => {
    fc.assert(
      fc.property(body, fc.nat(2), (bytes, position) => {
        const delivery = signedDelivery(form, bytes);
        const others = ['another secret of ours', 'c29tZXRoaW5n', ''];
        expect(verify(delivery, others.with(position, secret))).toMatchObject({ ok: true });
        expect(verify(delivery, others).ok).toBe(false);
      }),
    );
  });

  test('each bit of the signature counts', () => {
    const delivery = signedDelivery(form, BODY);
    const value = delivery.headers[header] ?? '';
    expect(value).not.toBe('');
    for (const bit of everyBit(value.length - skip)) {
      const spoilt = value.slice(0, skip) + flipText(value.slice(skip), bit);
      // Capital hex spells the same bytes.
      const isDigit = isHex && skip + (bit >> 3) > value.lastIndexOf('=');
      if (isDigit && spoilt.toLowerCase() === value) continue;
      expect([bit, verify(withHeader(delivery, spoilt), [secret]).ok]).toEqual([bit, false]);
    }
  });

  test('each bit of what is signed counts', () => {
    const delivery = signedDelivery(form, BODY);
    const bits = bodyIsFree ? [] : everyBit(BODY.length);
    for (const bit of bits) {
      expect(verify({ ...delivery, body: flip(BODY, bit) }, [secret]).ok).toBe(false);
    }
    for (const name of Object.keys(delivery.headers).filter((one) => one !== header)) {
      const value = delivery.headers[name] ?? '';
      for (const bit of everyBit(value.length)) {
        const headers = { ...delivery.headers, [name]: flipText(value, bit) };
        expect([name, bit, verify({ ...delivery, headers }, [secret]).ok]).toEqual([
          name,
          bit,
          false,
        ]);
      }
    }
  });

  test('each bit of the address counts where that is signed', () => {
    const delivery = signedDelivery(form, BODY);
    const over = proof.scheme === 'hmac' ? proof.over : [];
    const { address } = delivery;
    if (address === undefined) throw new Error('no address');
    for (const piece of ['url', 'method'] as const) {
      const isSigned = over.includes(piece);
      for (const bit of everyBit(address[piece].length)) {
        const changed = { ...address, [piece]: flipText(address[piece], bit) };
        expect(verify({ ...delivery, address: changed }, [secret]).ok).toBe(!isSigned);
      }
    }
    const unaddressed = verify({ ...delivery, address: undefined }, [secret]);
    expect(unaddressed.ok).toBe(!over.includes('url'));
  });

  test('each bit of the secret counts', () => {
    const delivery = signedDelivery(form, BODY);
    // A public key in PEM has several spellings.
    const bits = secret.startsWith('-----') ? [] : everyBit(secret.length);
    for (const bit of bits) {
      const other = flipText(secret, bit);
      if (proof.scheme === 'hmac' && proof.key === 'hex' && other.toLowerCase() === secret)
        continue;
      expect([bit, verify(delivery, [other]).ok]).toEqual([bit, false]);
    }
  });

  test('a header that came twice is refused', () => {
    const delivery = signedDelivery(form, BODY);
    for (const joint of [',', ', ']) {
      const value = delivery.headers[header];
      const twice = withHeader(delivery, `${value}${joint}${value}`);
      expect(verify(twice, [secret])).toMatchObject({ ok: false, kind: 'signature' });
    }
  });

  test('without it, the delivery is unsigned', () => {
    const delivery = { ...signedDelivery(form, BODY), headers: {} };
    expect(verify(delivery, [secret])).toMatchObject({ ok: false, kind: 'unsigned' });
  });

  test('a signature of another time is stale where the time is signed', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 1_000 }), (seconds) => {
        const found = verify(signedDelivery(form, BODY, NOW_SECONDS + seconds), [secret]);
        if (tolerance !== undefined) expect(found.ok).toBe(Math.abs(seconds) <= tolerance);
        else if (proof.scheme === 'jwt') expect(found.ok).toBe(seconds > -300);
        else expect(found.ok).toBe(true);
        if (!found.ok) expect(found.kind).toBe('stale');
      }),
    );
  });

  test('wrong secrets of any kind are refused, and nothing throws', () => {
    const delivery = signedDelivery(form, BODY);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (other) => {
        const found = verify(delivery, [other]);
        expect(found.ok).toBe(false);
        expect(found).not.toMatchObject({ kind: 'unsigned' });
      }),
    );
    for (const other of ['', ' ', ',', '***', secret.slice(1), `${secret}x`, secret + secret]) {
      expect(verify(delivery, [other]).ok).toBe(false);
    }
  });
});

describe('fields of the body that are signed', () => {
  const form = SIGNING_FORMS.find(({ name }) => name === 'Ecwid');
  if (form === undefined) throw new Error('no Ecwid');
  const { verify } = signedAs(form.proof);
  const verdict = (written: string) =>
    verify({ ...signedDelivery(form, BODY), body: Buffer.from(written) }, [form.secret]);

  test.each([
    ['{"eventCreated":1700000000,"eventId":"e-1"}', true],
    ['{"eventCreated":"1700000000","eventId":"e-1"}', true],
    ['eventCreated=1700000000&eventId=e-1', true],
    ['{"eventCreated":1700000001,"eventId":"e-1"}', false],
    ['{"eventCreated":1700000000,"eventId":"e-2"}', false],
    ['{"eventCreated":1700000000,"eventId":["e-1"]}', false],
    ['{"eventCreated":1700000000}', false],
    ['{"eventCreated":1700000000,"eventId":"e-1"', false],
    ['', false],
  ])('%s: accepted is %s', (written, ok) => {
    expect(verdict(written).ok).toBe(ok);
  });

  test('no body at all makes it throw', () => {
    fc.assert(
      fc.property(anyBody, (bytes) => {
        const found = verdict(bytes.toString('latin1'));
        expect(found).toMatchObject({ ok: false, kind: 'signature' });
      }),
    );
    for (const deep of ['['.repeat(500_000), '{"a":'.repeat(150_000), 'a[b]'.repeat(200_000)]) {
      expect(verdict(deep).ok).toBe(false);
    }
  });
});
