import { describe, expect, test } from '@jest/globals';
import { SOURCE_NAMES } from '../../lib/events/event.ts';
import { sources } from '../../lib/sources/index.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import { SAMPLE_BUYERS, type SampleOptions, sampleDelivery } from '../../local/samples.ts';
import { readLocalSettings, SECRET_SETTINGS } from '../../local/settings.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const { environment, signingSecrets } = readLocalSettings({});
const CONTACT = '11111111-2222-4333-8444-555555555555';

describe.each(SOURCE_NAMES)('the sample of %s', (name) => {
  const buyer = { ...SAMPLE_BUYERS[name], contactId: CONTACT };
  const secret = signingSecrets[name] ?? '';
  const accepted = [environment[SECRET_SETTINGS[name]] ?? ''];
  const make = (changes: Partial<SampleOptions> = {}): Delivery => {
    const sample = sampleDelivery(name, { secret, now: NOW, buyer, ...changes });
    return { headers: sample.headers, body: Buffer.from(sample.body), receivedAt: NOW };
  };

  test('is signed as the source signs', () => {
    const delivery = make();

    expect(sources[name].verify(delivery, accepted)).toMatchObject({ ok: true });
    expect(sources[name].verify(delivery, [])).toMatchObject({ ok: false });
  });

  test('is a paid order of the buyer', () => {
    const reading = sources[name].read(make({ total: 12.5 }));

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
      const reading = sources[name].read(delivery);
      return reading.kind === 'events' ? reading.events[0].id : '';
    });

    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain('');
  });
});
