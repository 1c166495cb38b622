import { createSign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CODE_SOURCES, type CodeSourceName, CustomerEvent } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { parseObject } from '../../lib/sources/payload/parse.ts';
import { readOurs } from '../support/read-ours.ts';
import {
  body,
  bytes,
  flip,
  headers,
  name,
  SECRET,
  secretOf,
  secrets,
  signed,
} from './arbitraries.ts';
import { deliver, jwt, NOW, NOW_SECONDS, rsa, shopifyOrder } from './fixtures.ts';

describe('on any input at all', () => {
  test('verifiers do not throw and do not accept', () => {
    fc.assert(
      fc.property(
        name,
        body,
        headers,
        secrets,
        fc.double(),
        (source, bytes, given, keys, receivedAt) => {
          const verdict = codeSources[source].verify(
            { body: bytes, headers: given, receivedAt },
            keys,
          );
          // A bearer token or secret header drawn from the same letters as the secrets can be right.
          const guessed = keys.some(
            (key) => key !== '' && Object.values(given).some((value) => value.includes(key.trim())),
          );
          // A JWT of ours is rightly signed.
          const ours = source === 'wix' && keys.includes(rsa.publicKey);
          expect(verdict.ok && !guessed && !ours).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('readers do not throw, and what they read is an event', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(name, body, headers, (source, bytes, given) => {
        const reading = readOurs(codeSources[source], {
          body: bytes,
          headers: given,
          receivedAt: NOW,
        });
        kinds.add(`${source} ${reading.kind}`);
        const events = reading.kind === 'events' ? reading.events : [];
        for (const event of events) {
          expect(CustomerEvent.safeParse(event).success).toBe(true);
          expect(event.source).toBe(source);
        }
      }),
      { numRuns: 4_000 },
    );
    // The generator reaches every kind of reading; otherwise this test would show little.
    const reached = [...kinds].filter((kind) => kind.endsWith(' events'));
    expect(reached.toSorted()).toEqual(CODE_SOURCES.map((source) => `${source} events`).toSorted());
  });

  test('a ping is decided without throwing', () => {
    fc.assert(
      fc.property(body, headers, (bytes, given) => {
        const ping = codeSources.woocommerce.isPing?.({
          body: bytes,
          headers: given,
          receivedAt: NOW,
        });
        expect(ping).toBe(/^webhook_id=\d{1,28}$/.test(bytes.toString('latin1')));
      }),
    );
  });
});

describe('a signed body', () => {
  test('is accepted under any of several secrets, and under no other', () => {
    fc.assert(
      fc.property(name, bytes, fc.nat(2), (source, content, position) => {
        const others = ['b3RoZXI=', 'YW5vdGhlcg==', ''];
        const withRight = others.with(position, secretOf(source));
        const delivery = signed(source, content);
        expect(codeSources[source].verify(delivery, withRight)).toMatchObject({ ok: true });
        expect(codeSources[source].verify(delivery, others)).toMatchObject({ ok: false });
      }),
    );
  });

  test('is refused when one bit of it changes', () => {
    fc.assert(
      fc.property(name, bytes, fc.nat(), (source, content, bit) => {
        fc.pre(content.length > 0);
        const delivery = signed(source, content);
        const changed = { ...delivery, body: flip(delivery.body, bit) };
        expect(codeSources[source].verify(changed, [secretOf(source)])).toMatchObject({
          ok: false,
        });
      }),
      { numRuns: 500 },
    );
  });

  test('is refused when one bit of its signature changes', () => {
    const signature: Partial<Record<CodeSourceName, string>> = {
      shopify: 'x-shopify-hmac-sha256',
      woocommerce: 'x-wc-webhook-signature',
      stripe: 'stripe-signature',
      'standard-webhooks': 'webhook-signature',
      custom: 'x-hub-signature-256',
    };
    fc.assert(
      fc.property(name, bytes, fc.nat(), (source, content, bit) => {
        const header = signature[source];
        fc.pre(header !== undefined);
        const delivery = signed(source, content);
        const value = delivery.headers[header ?? ''] ?? '';
        const changed = flip(Buffer.from(value, 'latin1'), bit).toString('latin1');
        // Capital hex spells the same signature.
        fc.pre(changed.toLowerCase() !== value.toLowerCase());
        const spoilt = { ...delivery, headers: { ...delivery.headers, [header ?? '']: changed } };
        expect(codeSources[source].verify(spoilt, [SECRET])).toMatchObject({ ok: false });
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused when API Gateway joined its headers from duplicates', () => {
    fc.assert(
      fc.property(name, bytes, fc.constantFrom(',', ', '), (source, content, joint) => {
        fc.pre(source !== 'wix');
        const delivery = signed(source, content);
        const headers = Object.fromEntries(
          Object.entries(delivery.headers).map(([key, value]) => [key, `${value}${joint}${value}`]),
        );
        expect(codeSources[source].verify({ ...delivery, headers }, [SECRET])).toMatchObject({
          ok: false,
        });
      }),
    );
  });

  test('is refused outside five minutes, either way', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CodeSourceName>('stripe', 'standard-webhooks'),
        bytes,
        fc.integer({ min: -100_000, max: 100_000 }),
        (source, content, seconds) => {
          const verdict = codeSources[source].verify(
            signed(source, content, NOW_SECONDS + seconds),
            [SECRET],
          );
          expect(verdict.ok).toBe(Math.abs(seconds) <= 300);
        },
      ),
    );
  });

  test('a JWT is refused from its expiry on', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (seconds) => {
        const delivery = deliver(jwt({ data: '{}', exp: NOW_SECONDS + seconds }));
        expect(codeSources.wix.verify(delivery, [rsa.publicKey]).ok).toBe(seconds > 0);
      }),
      { numRuns: 50 },
    );
  });

  test('whatever a rightly signed token holds, nothing throws', () => {
    const sign = (input: string) => createSign('sha256').update(input).sign(rsa.privateKey);
    fc.assert(
      fc.property(bytes, bytes, (header, claims) => {
        const input = `${header.toString('base64url')}.${claims.toString('base64url')}`;
        const delivery = deliver(`${input}.${sign(input).toString('base64url')}`);
        expect(codeSources.wix.verify(delivery, [rsa.publicKey])).toMatchObject({ ok: false });
        expect(readOurs(codeSources.wix, delivery)).toMatchObject({ kind: 'unreadable' });
      }),
      { numRuns: 50 },
    );
  });
});

test('a whole number beyond 2^53 is the string that was written, wherever it stands', () => {
  const digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String);
  const others = fc.oneof(fc.double({ noNaN: true }), fc.string()).map((v) => JSON.stringify(v));
  fc.assert(
    fc.property(fc.array(fc.oneof(digits, others)), (written) => {
      const kept = written.map((text): unknown => {
        const value: unknown = JSON.parse(text);
        return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value;
      });
      expect(parseObject(`{"a":[${written.join(',')}]}`)).toEqual({ a: kept });
    }),
  );
});

test('no text becomes JSON by it, and every other value is what JSON.parse gives', () => {
  // What the reader did before it was made fast enough for a body full of numbers.
  const byReviver = (text: string): unknown => {
    const parse = JSON.parse as (
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ) => unknown;
    try {
      return parse(text, (_key, value, { source = '' }) =>
        typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
          ? source
          : value,
      );
    } catch {
      return undefined;
    }
  };
  const long = fc.stringMatching(/^-?0?[0-9]{14,20}$/);
  const piece = fc.oneof(
    long,
    fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      ' ',
      '\n',
      '-',
      '.5',
      '.',
      'e9',
      'a',
    ),
    long.map((digits) => `"${digits}":`),
    long.map((digits) => `"k":${digits}`),
    long.map((digits) => `"\\\\",${digits},"\\"${digits}"`),
  );
  const broken = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const sound = fc
    .tuple(fc.json(), long, fc.json(), fc.constantFrom('', ' ', '\n\t'))
    .map(([one, digits, other, blank]) => `${one},${blank}${digits}${blank},${other}`);
  fc.assert(
    fc.property(fc.oneof(broken, sound), (text) => {
      for (const written of [`{"a":[${text}]}`, `{${text}}`]) {
        const expected = byReviver(written);
        expect(parseObject(written)).toEqual(expected);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('ids of any size survive as they were written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 30n }), (id) => {
      const body = JSON.stringify(shopifyOrder).replace(`${shopifyOrder.id}`, String(id));
      const reading = readOurs(
        codeSources.shopify,
        deliver(body, { 'x-shopify-topic': 'orders/paid' }),
      );
      expect(reading).toMatchObject({ kind: 'events', events: [{ order: { id: String(id) } }] });
    }),
  );
});
