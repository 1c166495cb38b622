import { expect, test } from '@jest/globals';
import { factInWords, keptFactInWords } from '../../cli/kit/facts.ts';
import type { Fact, KeptFact } from '../../lib/history/fact.ts';
import { START } from '../support/jobs.ts';
import { anOrderFact } from '../support/standing-jobs.ts';

const DAY_MS = 86_400_000;
const common = { source: 'stripe', id: 'sub_1', at: START };

test.each<[string, Fact]>([
  ['order 1001 of shopify: paid 2026-11-21, 249.00 USD', anOrderFact()],
  [
    'order 820982911946154508 of shopify: partially refunded 2026-11-21, 2 items, 20.00 given back, a test',
    anOrderFact({
      type: 'order.partially_refunded',
      state: {
        number: undefined,
        total: undefined,
        currency: undefined,
        items: [{ title: 'Kettle' }, { title: 'Mug' }],
        refundedTotal: 20,
        test: true,
      },
    }),
  ],
  [
    'subscription sub_1 of stripe: started 2026-11-21, plan "Gold", active',
    {
      ...common,
      kind: 'subscription',
      type: 'subscription.started',
      state: { planName: 'Gold', status: 'active', test: false },
    },
  ],
  [
    'form "Ebook" of stripe: submitted 2026-11-21',
    { ...common, kind: 'form', type: 'form.submitted', state: { name: 'Ebook', test: false } },
  ],
  [
    'event bookings/confirmed of stripe: 2026-11-21',
    {
      ...common,
      kind: 'event',
      type: 'custom',
      state: { name: 'bookings/confirmed', test: false },
    },
  ],
])('%s', (words, fact) => {
  expect(factInWords(fact)).toBe(words);
});

test('of a thing the states are shown in the order of time, and the latest says what it is', () => {
  // Arrange
  const kept: KeptFact = {
    kind: 'order',
    source: 'shopify',
    id: '82',
    states: {
      'order.refunded': { at: START + DAY_MS, state: { refundedTotal: 249, test: false } },
      'order.created': { at: START - DAY_MS, state: { number: '1001', total: 299, test: false } },
      'order.paid': { at: START, state: { total: 249, currency: 'USD', test: false } },
    },
  };

  // Act and assess
  expect(keptFactInWords(kept)).toBe(
    'order 1001 of shopify (249.00 USD, 249.00 USD given back, created 2026-11-20, paid 2026-11-21, refunded 2026-11-22)',
  );
});
