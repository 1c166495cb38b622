import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLocalSettings } from '../../engine/settings.ts';
import { CODE_SOURCES, type EventType } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import {
  eventsOf,
  needsContactId,
  SAMPLE_BUYERS,
  type SampleOptions,
  sampleDelivery,
} from '../../samples/samples.ts';
import { readOurs } from '../support/read-ours.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const { environment, signingSecrets } = readLocalSettings({});
const CONTACT = '11111111-2222-4333-8444-555555555555';

describe.each(CODE_SOURCES)('the sample of %s', (name) => {
  const buyer = { ...SAMPLE_BUYERS[name], contactId: CONTACT };
  const secret = signingSecrets[name] ?? '';
  const accepted = [environment[codeSources[name].secretSetting] ?? ''];
  const make = (changes: Partial<SampleOptions> = {}): Delivery => {
    const sample = sampleDelivery(name, { secret, now: NOW, buyer, ...changes });
    return { headers: sample.headers, body: Buffer.from(sample.body), receivedAt: NOW };
  };

  test('is signed as the source signs', () => {
    const delivery = make();

    expect(codeSources[name].verify(delivery, accepted)).toMatchObject({ ok: true });
    expect(codeSources[name].verify(delivery, [])).toMatchObject({ ok: false });
  });

  test('is a paid order of the buyer', () => {
    const reading = readOurs(codeSources[name], make({ total: 12.5 }));

    expect(reading).toMatchObject({
      kind: 'events',
      events: expect.arrayContaining([
        expect.objectContaining({
          type: 'order.paid',
          contact: expect.objectContaining({
            email: buyer.email,
            ...(name === 'wix' && { contactId: CONTACT }),
          }),
          order: expect.objectContaining({ total: 12.5, currency: 'USD' }),
        }),
      ]),
    });
  });

  test('has an id of its own each time', () => {
    const ids = [make(), make()].map((delivery) => {
      const reading = readOurs(codeSources[name], delivery);
      return reading.kind === 'events' ? reading.events[0].id : '';
    });

    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain('');
  });
});

/** WooCommerce reports a state, which says what went before, too. */
const SAID_AT_ONCE: Readonly<Record<string, readonly EventType[]>> = {
  'woocommerce order.fulfilled': ['order.paid', 'order.fulfilled'],
  'woocommerce order.partially_refunded': ['order.paid', 'order.partially_refunded'],
};

const PAIRS = CODE_SOURCES.flatMap((name) => eventsOf(name).map((type) => [name, type] as const));

test.each(PAIRS)('%s reports %s, signed, about its buyer', (name, type) => {
  const secret = signingSecrets[name] ?? '';
  const accepted = [environment[codeSources[name].secretSetting] ?? ''];
  const anyone = fc.record({
    // `${a}` and `{{a}}` are what a tool leaves where it had nothing to fill in: no part of an address.
    email: fc.emailAddress().filter((email) => !/[{}]/.test(email)),
    contactId: fc.uuid(),
    firstName: fc.string({ minLength: 1 }),
    lastName: fc.string({ unit: 'grapheme' }),
    phone: fc.constantFrom('', '+12025550199'),
  });
  const cents = fc.integer({ min: 2, max: 100_000_000 });
  const now = fc.integer({ min: NOW, max: NOW + 1e10 });

  fc.assert(
    fc.property(anyone, cents, now, (buyer, total, at) => {
      // Arrange
      const sample = sampleDelivery(name, { secret, now: at, type, buyer, total: total / 100 });
      const delivery = { ...sample, body: Buffer.from(sample.body), receivedAt: at };

      // Act
      const verdict = codeSources[name].verify(delivery, accepted);
      const reading = readOurs(codeSources[name], delivery);

      // Assess
      expect(verdict).toMatchObject({ ok: true });
      if (reading.kind !== 'events') throw new Error(`${reading.kind}: ${reading.reason}`);
      const { events } = reading;
      expect(events.map((event) => event.type)).toEqual(SAID_AT_ONCE[`${name} ${type}`] ?? [type]);
      const who = needsContactId(name, type)
        ? { contactId: buyer.contactId }
        : { email: buyer.email };
      expect(events[0].contact).toMatchObject(who);
    }),
    { numRuns: 20 },
  );
});

test('what no platform sends has no sample', () => {
  expect(() =>
    sampleDelivery('stripe', { secret: 'x', now: NOW, type: 'order.fulfilled' }),
  ).toThrow('stripe sends no order.fulfilled');
});
