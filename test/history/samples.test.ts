import { describe, expect, test } from '@jest/globals';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import { keptOf } from '../../lib/history/merge.ts';
import { historyAt } from '../../lib/history/view.ts';
import { verifiedSample } from '../../lib/sources/authoring/check-samples.ts';
import { loadedSource } from '../../lib/sources/authoring/files.ts';
import { readDescribed } from '../../lib/sources/described/reader.ts';
import { describedNames } from '../../lib/sources/described/table.ts';

const NOW = Date.UTC(2027, 0, 1);
const historyOf = (events: readonly CustomerEvent[]) =>
  historyAt(keptOf(factsOf(events, NOW)), { now: NOW });

/** The events of each sample in a source's file. */
function samplesOf(name: string): readonly (readonly CustomerEvent[])[] {
  const loaded = loadedSource(name);
  if (!loaded) throw new Error(`there is no ${name}`);
  return loaded.file.samples.flatMap((sample) => {
    const reading = readDescribed(loaded.description, verifiedSample(sample));
    return reading.kind === 'events' ? [reading.events] : [];
  });
}

const saysRefund = (events: readonly CustomerEvent[]): boolean =>
  events.some(({ type, order }) => order && /^order\.(?:partially_)?refunded$/.test(type));
const saysPaid = (events: readonly CustomerEvent[]): boolean =>
  historyOf(events).orders.some(({ paid }) => paid);

const REFUNDING = describedNames().filter((name) => samplesOf(name).some(saysRefund));

/** Refunds that no purchase of the file's samples is joined with, by topic. */
const APART: Readonly<Record<string, readonly string[]>> = {
  // It reports that an order was placed, and not that it was paid.
  eventbrite: ['order.refunded'],
  // Its events hold neither the order nor its buyer.
  squarespace: ['order.update'],
};

describe.each(REFUNDING)('the refunds of %s', (name) => {
  const samples = samplesOf(name);
  const purchases = samples.filter(saysPaid);
  const refunds = samples.filter(saysRefund);

  test('are of the order that was paid', () => {
    const apart = refunds
      .filter(
        (refund) =>
          !purchases.some((purchase) => historyOf([...purchase, ...refund]).orders.length === 1),
      )
      .map(([event]) => event?.topic);
    expect(apart).toEqual(APART[name] ?? []);
  });

  test('leave no paid order where all was paid back', () => {
    const whole = refunds.filter((events) =>
      events.some(
        ({ type, order }) =>
          type === 'order.refunded' ||
          (order?.refundedTotal ?? 0) >= (order?.total ?? Number.POSITIVE_INFINITY),
      ),
    );
    for (const refund of whole) {
      const joined = purchases.map((purchase) => historyOf([...purchase, ...refund]));
      const ones = joined.filter(({ orders }) => orders.length === 1);
      expect(ones.map(({ orders }) => orders[0]?.paid)).toEqual(ones.map(() => false));
    }
  });
});
