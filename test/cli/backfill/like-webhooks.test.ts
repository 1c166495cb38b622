import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { Variants } from '../../../cli/commands/backfill/details.ts';
import { readOrders } from '../../../cli/commands/backfill/read-orders.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { compileRules, matchRules } from '../../../lib/rules/match.ts';
import { shopify } from '../../../lib/sources/shopify/shopify.ts';
import type { Reading } from '../../../lib/sources/source.ts';
import { stripe } from '../../../lib/sources/stripe/stripe.ts';
import { woocommerce } from '../../../lib/sources/woocommerce/woocommerce.ts';
import { SHOP_RULES } from '../../../samples/shop.ts';
import {
  deliver,
  shopifyOrder,
  stripeEvent,
  stripeSession,
  wooOrder,
} from '../../sources/fixtures.ts';
import { csvFile } from '../../support/csv-file.ts';
import { readOurs } from '../../support/read-ours.ts';

/** The rules that the project comes with, and one for whatever else an order says. */
const rules = async () => {
  const more = `
  - name: the order's own words
    on: [order.created, order.paid, order.fulfilled, order.refunded, order.partially_refunded, order.canceled]
    add: >-
      event.order.items.map(i, i.title + " x " + string(i.quantity) + " at " + string(i.price)) +
      event.order.tags + [event.order.number, string(event.order.total), event.order.currency]
  - name: what an order says besides
    on: [order.created, order.paid, order.fulfilled, order.refunded, order.partially_refunded, order.canceled]
    add: >-
      ["in " + event.contact.country, "to " + event.order.shippingCountry, "by " + event.order.paymentMethod,
      "on " + event.order.channel, event.test ? "a test" : "no test"] +
      event.order.discountCodes.map(c, "code " + c) + event.order.attributes.map(k, k + "=" + event.order.attributes[k]) +
      event.order.items.map(i, "of " + i.vendor + " in " + i.variant)
  - name: consent
    on: [order.created, order.paid]
    when: event.contact.acceptsMarketing
    add: [Newsletter]
  - name: how much came back
    on: [order.refunded, order.partially_refunded]
    add: '"refunded " + string(event.order.refundedTotal)'
  - name: numbers
    on: order.paid
    sources: [stripe]
    add: 'string(event.order.total) + event.order.currency'
`;
  const text = await readFile(SHOP_RULES, 'utf8');
  return compileRules(loadRules(text + more, 'rules.yml'));
};

/** By type of event and whose it is: the labels it earns and loses. */
async function labels(events: readonly CustomerEvent[]) {
  const compiled = await rules();
  const match = (event: CustomerEvent) => {
    const { add, remove } = matchRules(compiled, [event]);
    return [`${event.type} of ${event.contact.email?.trim()}`, { add, remove }] as const;
  };
  return Object.fromEntries(events.map(match));
}

const eventsIn = (...readings: readonly Reading[]): CustomerEvent[] =>
  readings.flatMap((reading) => (reading.kind === 'events' ? reading.events : []));

async function fromFile(lines: readonly string[], variants?: Variants) {
  const { orders } = await readOrders(await csvFile(lines.join('\n')), { variants });
  return orders.flat();
}

test('a Shopify order: the labels that its webhooks give', async () => {
  const [desk, mat] = shopifyOrder.line_items;
  const paid = {
    ...shopifyOrder,
    line_items: [
      { ...desk, variant_title: 'Oak / L', name: 'Walnut desk - Oak / L' },
      { ...mat, title: 'Mat', name: 'Mat' },
    ],
  };
  const hook = (topic: string, changes: object = {}) =>
    readOurs(shopify, deliver({ ...paid, ...changes }, { 'x-shopify-topic': topic }));

  const byWebhook = eventsIn(
    hook('orders/create'),
    hook('orders/paid'),
    hook('orders/fulfilled', { fulfillment_status: 'fulfilled' }),
    hook('orders/updated', { financial_status: 'refunded' }),
    hook('orders/cancelled', { cancelled_at: '2026-11-21T12:00:00Z' }),
  );
  const at = '2026-11-21 06:59:00 -0500';
  const byFile = await fromFile(
    [
      'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at,Id,Tags',
      `#1042,Maya.Okafor@example.com,refunded,${at},fulfilled,${at},USD,249.50,${at},2,Walnut desk - Oak / L,99.75,DESK-1,${at},5550001112223,"wholesale, spring"`,
      '#1042,Maya.Okafor@example.com,,,,,,,,1,Mat,50.00,MAT,,,',
    ],
    'cut',
  );

  expect(byFile).toHaveLength(5);
  expect(await labels(byFile)).toEqual(await labels(byWebhook));
  expect(byFile.map(({ occurredAt }) => occurredAt)).toContain('2026-11-21T11:59:00.000Z');
});

test('a WooCommerce order: the labels that its webhooks give', async () => {
  const hook = (topic: string, changes: object = {}) =>
    readOurs(woocommerce, deliver({ ...wooOrder, ...changes }, { 'x-wc-webhook-topic': topic }));

  const byWebhook = eventsIn(
    hook('order.created', { status: 'completed' }),
    hook('order.updated', { status: 'refunded' }),
  );
  const byFile = await fromFile([
    'order_id,order_number,order_date,status,order_total,order_currency,billing_email,item_name,item_quantity,item_price,completed_date',
    '812,812,2026-11-21 10:00:00,wc-refunded,64.20,EUR,jose@example.com,Mug &ndash; blue &amp; white,3,21.40,2026-11-21 10:05:00',
  ]);

  expect(byFile).toHaveLength(4);
  expect(await labels(byFile)).toEqual(await labels(byWebhook));
});

test('a Stripe payment: the labels that its webhooks give', async () => {
  const charge = {
    amount: 1999,
    amount_refunded: 1999,
    currency: 'usd',
    refunded: true,
    payment_intent: 'pi_1',
    billing_details: { email: 'lee@example.com' },
  };
  const byWebhook = eventsIn(
    readOurs(stripe, deliver(stripeEvent('checkout.session.completed', stripeSession))),
    readOurs(stripe, deliver(stripeEvent('charge.refunded', charge))),
  );
  const byFile = await fromFile([
    'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status,Customer Email',
    'ch_1,2026-11-21 10:00,19.99,19.99,usd,true,Refunded,lee@example.com',
  ]);

  expect(await labels(byFile)).toEqual(await labels(byWebhook));
});

test('the new words of a Shopify order: the labels that its webhooks give', async () => {
  const [desk] = shopifyOrder.line_items;
  const order = {
    ...shopifyOrder,
    line_items: [
      {
        ...desk,
        name: 'Walnut desk - Oak / L',
        variant_title: 'Oak / L',
        vendor: 'Ahorn',
        properties: [],
      },
      { id: 3, title: 'Tip', name: 'Tip', quantity: 1, price: '5.00', tip_payment_gateway: null },
    ],
    billing_address: { country_code: 'CA' },
    shipping_address: { country_code: 'US' },
    buyer_accepts_marketing: true,
    discount_codes: [{ code: 'SPRING' }, { code: 'VIP10' }],
    payment_gateway_names: ['shopify_payments'],
    source_name: 'pos',
    note_attributes: [
      { name: 'gift', value: 'yes: wrapped' },
      { name: 'note', value: 'two\nlines' },
    ],
    test: false,
  };
  const refunds = [
    {
      transactions: [{ kind: 'refund', status: 'success', amount: '20.00' }],
      refund_line_items: [],
    },
  ];
  const hook = (topic: string, changes: object = {}) =>
    readOurs(shopify, deliver({ ...order, ...changes }, { 'x-shopify-topic': topic }));

  const byWebhook = eventsIn(
    hook('orders/create'),
    hook('orders/paid'),
    hook('orders/updated', { financial_status: 'partially_refunded', refunds }),
  );
  const at = '2026-11-21 06:59:00 -0500';
  const byFile = await fromFile(
    [
      'Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Total,Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Country,Shipping Country,Note Attributes,Payment Method,Refunded Amount,Vendor,Tags,Source',
      `#1042,Maya.Okafor@example.com,partially_refunded,${at},yes,USD,249.50,"SPRING, VIP10",${at},2,Walnut desk - Oak / L,99.75,DESK-1,CA,US,"gift: yes: wrapped\nnote: two\nlines",Shopify Payments,20.00,Ahorn,"wholesale, spring",pos`,
      '#1042,Maya.Okafor@example.com,,,,,,,,1,Tip,5.00,,,,,,,Ahorn,,',
    ],
    'cut',
  );

  const found = await labels(byFile);
  expect(found).toEqual(await labels(byWebhook));
  for (const label of [
    'code VIP10',
    'on pos',
    'of Ahorn in Oak / L',
    'Newsletter',
    'refunded 20',
  ]) {
    expect(JSON.stringify(found)).toContain(label);
  }
});

test('the new words of a WooCommerce order: the labels that its webhooks give', async () => {
  const order = {
    ...wooOrder,
    billing: { ...wooOrder.billing, country: 'PT' },
    shipping: { country: 'ES' },
    coupon_lines: [{ code: 'spring' }, { code: 'vip10' }],
    payment_method: 'cod',
    created_via: 'checkout',
    meta_data: [
      { key: 'gift', value: 'yes &amp; wrapped' },
      { key: '_secret', value: 'x' },
      { key: '_wc_order_attribution_utm_source', value: 'news' },
      { key: '_wcpay_mode', value: 'test' },
    ],
  };
  const hook = (topic: string, changes: object = {}) =>
    readOurs(woocommerce, deliver({ ...order, ...changes }, { 'x-wc-webhook-topic': topic }));
  const byWebhook = eventsIn(
    hook('order.created'),
    hook('order.updated', { refunds: [{ total: '-60.00' }, { total: '-4.20' }] }),
  );
  const byFile = await fromFile([
    'order_id,order_number,order_date,paid_date,status,order_total,refunded_total,order_currency,billing_email,item_name,item_quantity,item_price,billing_country,shipping_country,coupon_items,payment_method,created_via,meta:gift,meta:_secret,meta:_wc_order_attribution_utm_source,meta:_wcpay_mode',
    '812,812,2026-11-21 10:00:00,2026-11-21 10:05:00,processing,64.20,-64.20,EUR,jose@example.com,<b>Mug</b> &ndash; blue &amp; white,3,21.40,PT,ES,code:spring|amount:1;code:vip10|amount:2,cod,checkout,yes &amp; wrapped,x,news,test',
  ]);

  const found = await labels(byFile);
  expect(found).toEqual(await labels(byWebhook));
  for (const label of ['code vip10', 'in PT', 'a test', 'gift=yes & wrapped', 'refunded 64.2']) {
    expect(JSON.stringify(found)).toContain(label);
  }
});

test('the metadata and the country of a Stripe payment: the labels that its webhooks give', async () => {
  const charge = {
    object: 'charge',
    amount: 1999,
    amount_refunded: 500,
    currency: 'usd',
    refunded: false,
    payment_intent: 'pi_1',
    billing_details: { email: 'lee@example.com', address: { country: 'NL' } },
    shipping: { address: { country: 'BE' } },
    metadata: { campaign: 'spring' },
  };
  const byWebhook = eventsIn(readOurs(stripe, deliver(stripeEvent('charge.refunded', charge))));
  const byFile = await fromFile([
    'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status,Customer Email,Card Address Country,Card Issue Country,Shipping Address Country,campaign (metadata)',
    'ch_1,2026-11-21 10:00,19.99,5.00,usd,true,Paid,lee@example.com,NL,DE,BE,spring',
  ]);

  const refunds = byFile.filter(({ type }) => type === 'order.partially_refunded');
  const numberless = ({ order, ...event }: CustomerEvent): CustomerEvent => ({
    ...event,
    ...(order === undefined ? {} : { order: { ...order, number: '1' } }),
  });
  expect(await labels(refunds.map(numberless))).toEqual(await labels(byWebhook.map(numberless)));
});
