import type { CustomerEvent } from '../../lib/events/event.ts';

/** A paid order of Ada's, with anything about it changed. */
export function paidOrder(change: Partial<CustomerEvent> = {}): CustomerEvent {
  return {
    source: 'shopify',
    id: 'event-1',
    type: 'order.paid',
    topic: 'orders/paid',
    occurredAt: '2026-11-21T10:00:00Z',
    test: false,
    contact: { email: 'ada@example.com', firstName: 'Ada' },
    tags: ['wholesale'],
    order: {
      id: '1001',
      total: 250,
      currency: 'USD',
      items: [
        { title: 'Mug', sku: 'MUG-1', productId: '77', quantity: 2, price: 25 },
        { title: 'Lamp', quantity: 1, price: 200 },
      ],
      tags: ['gift'],
    },
    data: { plan: 'gold', count: 3, nested: { constructor: 'Acme Builders' } },
    ...change,
  };
}
