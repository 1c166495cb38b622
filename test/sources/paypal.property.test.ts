import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signedAs } from '../../lib/sources/signing/described.ts';
import type { Delivery, FetchText } from '../../lib/sources/source.ts';
import { selfSigned } from '../support/certificate.ts';
import { flip } from './arbitraries.ts';
import { NOW, rsa } from './fixtures.ts';
import {
  BODY,
  DAY,
  paypalDelivery as delivery,
  CERTIFICATE as PEM,
  CERTIFICATE_URL as URL,
  WEBHOOK_ID,
} from './paypal-delivery.ts';

const server = (answer: () => string | undefined = () => PEM) => {
  const asked: string[] = [];
  const fetchText: FetchText = async (url) => {
    asked.push(url);
    return answer();
  };
  return { asked, fetchText };
};

const source = () => {
  const { prepare, verify } = signedAs({ scheme: 'paypal' });
  if (!prepare) throw new Error('PayPal has something to prepare');
  return { prepare, verify };
};

const prepared = async (answer?: () => string | undefined) => {
  const { prepare, verify } = source();
  await prepare(delivery(BODY), server(answer).fetchText);
  return verify;
};

describe('a signature of PayPal', () => {
  test('is accepted over any body', async () => {
    const verify = await prepared();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(verify(delivery(Buffer.from(bytes)), ['x'.repeat(24), WEBHOOK_ID]).ok).toBe(true);
        expect(verify(delivery(Buffer.from(bytes)), ['x'.repeat(24)]).ok).toBe(false);
      }),
    );
  });

  test('is refused when one bit of anything changes', async () => {
    const verify = await prepared();
    const right = delivery(BODY);
    const refused = (changed: Delivery, id = WEBHOOK_ID) =>
      expect(verify(changed, [id])).toMatchObject({ ok: false });
    for (const [name, value] of Object.entries(right.headers)) {
      for (let bit = 0; bit < value.length * 8; bit += 1) {
        const other = flip(Buffer.from(value), bit).toString('latin1');
        refused({ ...right, headers: { ...right.headers, [name]: other } });
      }
    }
    for (let bit = 0; bit < BODY.length * 8; bit += 1) refused({ ...right, body: flip(BODY, bit) });
    for (let bit = 0; bit < WEBHOOK_ID.length * 8; bit += 1)
      refused(right, flip(Buffer.from(WEBHOOK_ID), bit).toString('latin1'));
  });

  test.each([
    ['four days old', -4 * DAY, true],
    ['older', -4 * DAY - 1_000, false],
    ['four days ahead', 4 * DAY, true],
    ['further ahead', 4 * DAY + 1_000, false],
  ])('%s', async (_name, milliseconds, ok) => {
    const verify = await prepared();
    const time = new Date(NOW + milliseconds).toISOString();
    expect(verify(delivery(BODY, {}, time), [WEBHOOK_ID]).ok).toBe(ok);
  });

  test.each([
    ['from the next second on', NOW + 1_000, NOW + DAY],
    ['until the last second', NOW - DAY, NOW - 1_000],
  ])('is refused under a certificate that is valid %s', async (_name, from, to) => {
    const verify = await prepared(() => selfSigned(rsa.privateKey, 'x.paypal.com', from, to));
    expect(verify(delivery(BODY), [WEBHOOK_ID])).toEqual({
      ok: false,
      kind: 'signature',
      reason: "PayPal's certificate is not valid at this time",
    });
  });

  test('is unsigned without its header', () => {
    const { verify } = source();
    expect(verify({ ...delivery(BODY), headers: {} }, [WEBHOOK_ID])).toMatchObject({
      kind: 'unsigned',
    });
  });
});

describe('the certificate', () => {
  test.each([
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com.example.com/v1/notifications/certs/CERT-1',
    'https://example.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com@example.com/v1/notifications/certs/CERT-1',
    'https://user@api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://api-m.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/notifications/certs/../../redirect',
    'https://api.paypal.com/v1/notifications/certs/CERT-1?x=1',
    'https://api.paypal.com/v1/notifications/certs/CERT-1#x',
    'https://api.paypal.com/v1/notifications/certs/',
    'https://api.paypal.com/v1/notifications/certs/%2e%2e',
    'https://api.paypal.com/v1/notifications/certs/CERT-1\n',
    ' https://api.paypal.com/v1/notifications/certs/CERT-1',
    `https://api.paypal.com/v1/notifications/certs/${'x'.repeat(101)}`,
    '',
  ])('is not fetched from %j', async (url) => {
    const { asked, fetchText } = server();
    const { prepare, verify } = source();
    const named = delivery(BODY, { 'paypal-cert-url': url });
    await prepare(named, fetchText);
    expect(asked).toEqual([]);
    expect(verify(named, [WEBHOOK_ID])).toMatchObject({ ok: false, kind: 'signature' });
  });

  test.each([URL, URL.replace('api.', 'api.sandbox.')])('is fetched from %s, once', async (url) => {
    const { asked, fetchText } = server();
    const { prepare, verify } = source();
    const named = delivery(BODY, { 'paypal-cert-url': url });
    await Promise.all([1, 2, 3].map(() => prepare(named, fetchText)));
    await prepare(named, fetchText);
    expect(asked).toEqual([url]);
    expect(verify(named, [WEBHOOK_ID]).ok).toBe(true);
  });

  test.each([
    ['paypal-auth-algo', 'SHA1withRSA'],
    ['paypal-transmission-sig', 'no base64!'],
    ['paypal-transmission-time', 'yesterday'],
    ['paypal-transmission-id', ''],
  ])('is not fetched where %s is %j', async (name, value) => {
    const { asked, fetchText } = server();
    await source().prepare(delivery(BODY, { [name]: value }), fetchText);
    expect(asked).toEqual([]);
  });

  test.each([undefined, '', 'no certificate', PEM.slice(0, 200)])(
    'that is none (%#) is refused, and asked for again after 30 s',
    async (text) => {
      const { asked, fetchText } = server(() => text);
      const { prepare, verify } = source();
      for (const later of [0, 29_999, 30_000]) {
        await prepare({ ...delivery(BODY), receivedAt: NOW + later }, fetchText);
      }
      expect(asked).toHaveLength(2);
      expect(verify(delivery(BODY), [WEBHOOK_ID])).toMatchObject({
        ok: false,
        kind: 'signature',
        reason: "PayPal's certificate is not there",
      });
    },
  );

  test('that cannot be had now is an error, and is asked for again after 30 s', async () => {
    let isDown = true;
    const { asked, fetchText } = server(() => {
      if (isDown) throw new Error(`connect ECONNREFUSED ${URL}`);
      return PEM;
    });
    const { prepare, verify } = source();
    const message = "The sender's certificate could not be fetched.";
    for (const later of [0, 29_999]) {
      const asks = prepare({ ...delivery(BODY), receivedAt: NOW + later }, fetchText);
      await expect(asks).rejects.toThrow(message);
    }
    expect(asked).toHaveLength(1);
    isDown = false;
    await prepare({ ...delivery(BODY), receivedAt: NOW + 30_000 }, fetchText);
    expect(verify(delivery(BODY), [WEBHOOK_ID]).ok).toBe(true);
  });

  test('of strangers: five a minute are fetched, whatever they name, and few are kept', async () => {
    const { asked, fetchText } = server();
    const { prepare, verify } = source();
    const named = (n: number, receivedAt = NOW): Delivery => ({
      ...delivery(BODY, { 'paypal-cert-url': `${URL}-${n}` }),
      receivedAt,
    });
    for (const n of [1, 2, 3, 4, 5]) await prepare(named(n), fetchText);
    await expect(prepare(named(6), fetchText)).rejects.toThrow('in a minute');
    await prepare(named(5), fetchText);
    expect(asked).toHaveLength(5);
    for (const n of [6, 7, 8, 9]) await prepare(named(n, NOW + 60_000), fetchText);
    expect(asked).toHaveLength(9);
    const kept = [1, 2, 8, 9].map((n) => verify(named(n), [WEBHOOK_ID]).ok);
    expect(kept).toEqual([false, true, true, true]);
  });

  test('is fetched only where PayPal decides', async () => {
    const { asked, fetchText } = server();
    const { prepare } = signedAs([{ scheme: 'bearer' }, { scheme: 'paypal' }]);
    await prepare?.(delivery(BODY, { authorization: 'Bearer x' }), fetchText);
    expect(asked).toEqual([]);
    await prepare?.(delivery(BODY), fetchText);
    expect(asked).toEqual([URL]);
    expect(signedAs({ scheme: 'bearer' }).prepare).toBeUndefined();
  });
});
