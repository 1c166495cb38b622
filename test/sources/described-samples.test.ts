import { describe, expect, test } from '@jest/globals';
import type { EventType } from '../../lib/events/event.ts';
import { loadedSource } from '../../lib/sources/authoring/files.ts';
import { describedNames } from '../../lib/sources/described/table.ts';
import { knownSource } from '../../lib/sources/index.ts';
import type { Delivery } from '../../lib/sources/source.ts';
import {
  addressOf,
  eventsOf,
  needsContactId,
  type SampleOptions,
  sampleDelivery,
  sampleSecret,
} from '../../samples/samples.ts';

const NOW = Date.UTC(2027, 2, 1, 12, 30, 15);
const BUYER = {
  firstName: 'Zoë',
  lastName: 'Quist',
  email: 'zoe.quist@example.com',
  phone: '+12025550142',
  contactId: '11111111-2222-4333-8444-555555555555',
};

/** Those whose proofs nobody but the sender can make. */
const UNSIGNED = ['paypal'];
const SIGNED = describedNames().filter((name) => !UNSIGNED.includes(name));
const PAIRS = SIGNED.flatMap((name) => eventsOf(name).map((type) => [name, type] as const));

function make(name: string, changes: Partial<SampleOptions>): Delivery {
  const url = `https://shop.example.com/webhooks/${name}`;
  const secret = sampleSecret(name, 'a-made-up-secret-of-a-sample');
  const sample = sampleDelivery(name, { secret, now: NOW, buyer: BUYER, url, ...changes });
  const { headers, body, secret: inPath, query = {} } = sample;
  const address = { method: 'POST', url: addressOf(url, sample), secret: inPath, query };
  return { headers, body: Buffer.from(body), receivedAt: NOW, address };
}

/** Verified, and read. */
function read(name: string, changes: Partial<SampleOptions> = {}) {
  const source = knownSource(name);
  const delivery = make(name, changes);
  const found = source.verify(delivery, [sampleSecret(name, 'a-made-up-secret-of-a-sample')]);
  if (!found.ok) throw new Error(found.reason);
  const reading = source.read(found.verified);
  if (reading.kind !== 'events') throw new Error(`${reading.kind}: ${reading.reason}`);
  return { events: reading.events, event: reading.events[0], incomplete: reading.incomplete };
}

/** What the file's own sample of that type is expected to be. */
const expected = (name: string, type: EventType) =>
  loadedSource(name)?.file.samples.filter(({ expect: { is } }) => [is].flat().includes(type)) ?? [];

describe.each(PAIRS)('the sample of %s for %s', (name, type) => {
  test('is signed, is of that type and about the buyer', () => {
    const { events, event, incomplete } = read(name, { type });

    expect(events.map((one) => one.type)).toContain(type);
    const { email, contactId } = event.contact;
    if (needsContactId(name, type)) expect(contactId).toBe(BUYER.contactId);
    else if (incomplete === undefined) expect(email).toBe(BUYER.email);
    const others = JSON.stringify(event.contact).match(/kim|example(?!\.com)/gi);
    expect(others).toBeNull();
  });

  test('is refused with another secret', () => {
    const other = sampleSecret(name, 'another-secret-than-that-one');

    expect(knownSource(name).verify(make(name, { type }), [other])).toMatchObject({ ok: false });
  });

  test('has ids of its own each time, and the time of now', () => {
    const [first, second] = [read(name, { type }).event, read(name, { type }).event];

    expect(second.id).not.toBe(first.id);
    if (first.order) expect(second.order?.id).not.toBe(first.order.id);
    const { subscription } = first;
    // Ko-fi has none of its own: one is made of the e-mail and the tier.
    if (subscription && !subscription.id.includes(BUYER.email)) {
      expect(second.subscription?.id).not.toBe(subscription.id);
    }
    const isTimed = expected(name, type).some((one) => one.expect.occurredAt !== undefined);
    if (isTimed) expect(first.occurredAt.slice(0, 10)).toBe('2027-03-01');
  });

  test('takes another total, or says why not', () => {
    const before = read(name, { type }).event;
    let after: ReturnType<typeof read>['event'] | undefined;
    try {
      after = read(name, { type, total: 1234 }).event;
    } catch (error) {
      expect(String(error)).toMatch(
        /RangeError: The (?:sample of .* has no total|total of .*--set)/,
      );
    }

    if (after) expect(after.order?.total).toBe(1234);
    else if (before.order?.total)
      expect(`${name} ${type}`).toBe('a total that stands in one place');
  });
});
