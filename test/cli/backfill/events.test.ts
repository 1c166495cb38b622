import { expect, test } from '@jest/globals';
import { readOrders } from '../../../cli/commands/backfill/read-orders.ts';
import { csvFile } from '../../support/csv-file.ts';

/** The events of each order of a file, as `type time`. */
async function read(lines: readonly string[], map: readonly string[] = []) {
  const file = await readOrders(await csvFile(lines.join('\n')), { map });
  const found = file.orders.map((events) =>
    events.map(({ type, occurredAt }) => `${type} ${occurredAt.slice(0, 16)}`),
  );
  return { ...file, found };
}

const SHOPIFY =
  'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Total,Created at,Cancelled at,Refunded Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Tags';
const at = (day: number) => `2026-03-0${day} 10:00:00 +0000`;

test('a Shopify order of two rows is one order, with both items and the fields of the first', async () => {
  const { orders, undatedRefunds } = await read([
    SHOPIFY,
    `#1001,Ada@Example.com,paid,${at(2)},fulfilled,${at(3)},EUR,75.00,${at(1)},,0.00,2,Mug,25.00,M-1,Ada King Lovelace,"gift, rush"`,
    '#1001,Ada@Example.com,,,,,,,,,,1,Lamp,25.00,L-1,,',
  ]);

  expect(undatedRefunds).toBe(0);
  expect(orders[0]?.map(({ topic, type }) => [topic, type])).toEqual([
    ['orders/create', 'order.created'],
    ['orders/paid', 'order.paid'],
    ['orders/fulfilled', 'order.fulfilled'],
  ]);
  expect(orders[0]?.[1]).toMatchObject({
    source: 'shopify',
    occurredAt: '2026-03-02T10:00:00.000Z',
    contact: { email: 'Ada@Example.com', firstName: 'Ada', lastName: 'King Lovelace' },
    order: {
      number: '1001',
      total: 75,
      currency: 'EUR',
      tags: ['gift', 'rush'],
      items: [
        { title: 'Mug', sku: 'M-1', quantity: 2, price: 25 },
        { title: 'Lamp', sku: 'L-1', quantity: 1, price: 25 },
      ],
    },
  });
});

test.each([
  ['pending', '', '', ['order.created 1']],
  ['paid', at(2), '', ['order.created 1', 'order.paid 2']],
  ['refunded', at(2), '', ['order.created 1', 'order.paid 2', 'order.refunded 2']],
  [
    'refunded',
    at(2),
    at(4),
    ['order.created 1', 'order.paid 2', 'order.refunded 4', 'order.canceled 4'],
  ],
  [
    'partially_refunded',
    at(2),
    '',
    ['order.created 1', 'order.paid 2', 'order.partially_refunded 2'],
  ],
  ['voided', '', at(3), ['order.created 1', 'order.canceled 3']],
])('a Shopify order that is %s', async (status, paidAt, cancelledAt, expected) => {
  const { found, undatedRefunds } = await read([
    SHOPIFY,
    `#1,a@example.com,${status},${paidAt},,,USD,10.00,${at(1)},${cancelledAt},,1,Mug,10.00,,,`,
  ]);

  const days = found[0]?.map((event) => event.replace(/ 2026-03-0(\d).*/, ' $1'));
  expect(days).toEqual(expected);
  expect(undatedRefunds).toBe(status.includes('refunded') ? 1 : 0);
});

test.each([
  ['Paid', '0.00', 'true', 'Order', ['order.paid']],
  ['Paid', '5.00', 'true', 'Order', ['order.paid', 'order.partially_refunded']],
  ['Refunded', '20.00', 'true', 'Order', ['order.paid', 'order.refunded']],
  ['Paid', '0.00', 'true', 'Subscription creation', ['subscription.started']],
  ['Paid', '0.00', 'true', 'Subscription update', ['subscription.renewed']],
  ['Failed', '0.00', 'false', 'Order', []],
  ['Paid', '0.00', 'false', 'Order', []],
])(
  'a Stripe payment that is %s, %s refunded, captured %s',
  async (status, refunded, captured, description, expected) => {
    const { orders } = await read([
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Description,Refunded date (UTC),Status,Customer Email',
      `ch_1,2026-03-01 10:00,"20,00",${refunded},eur,${captured},${description},2026-03-05 09:00,${status},a@example.com`,
    ]);

    expect(orders[0]?.map(({ type }) => type)).toEqual(expected);
    for (const { order } of orders[0] ?? [])
      expect(order).toMatchObject({ total: 20, currency: 'EUR' });
  },
);

test.each([
  ['wc-completed', '', ['order.created', 'order.paid', 'order.fulfilled']],
  ['Processing', '', ['order.created', 'order.paid']],
  ['refunded', '', ['order.created', 'order.paid', 'order.refunded']],
  [
    'completed',
    '5',
    ['order.created', 'order.paid', 'order.fulfilled', 'order.partially_refunded'],
  ],
  ['Cancelled', '', ['order.created', 'order.canceled']],
  ['on-hold', '', ['order.created']],
])('a WooCommerce order that is %s', async (status, refunded, expected) => {
  const { orders } = await read([
    'order_id,order_number,order_date,status,order_total,refunded_total,order_currency,billing_email,line_items',
    `7,7,2026-03-01 10:00:00,${status},50.00,${refunded},USD,a@example.com,name:Mug|quantity:2|total:50.00`,
  ]);

  expect(orders[0]?.map(({ type }) => type)).toEqual(expected);
  expect(orders[0]?.[0]?.order?.items).toEqual([{ title: 'Mug', quantity: 2, price: 25 }]);
});

test('a row of WooCommerce without an order of its own goes on with the one above', async () => {
  const { orders } = await read([
    'Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Item Name,Quantity',
    '5,Completed,2026-03-01 10:00,a@example.com,20.00,Mug,1',
    ',,,,,Lamp,2',
    '6,Completed,2026-03-02 10:00,b@example.com,20.00,Rug,1',
  ]);

  expect(orders.map(([event]) => event?.order?.items.map(({ title }) => title))).toEqual([
    ['Mug', 'Lamp'],
    ['Rug'],
  ]);
});

test('a currency that the file does not name is the one that was said, and no other is', async () => {
  const file = await csvFile(
    ['Mail,Paid,Sum,Cur', 'a@example.com,2026-03-01,20,', 'b@example.com,2026-03-01,20,USD'].join(
      '\n',
    ),
  );
  const map = ['email=Mail', 'paidAt=Paid', 'total=Sum', 'currency=Cur'];

  const { orders } = await readOrders(file, { map, currency: 'EUR' });

  expect(orders.map(([event]) => event?.order?.currency)).toEqual(['EUR', 'USD']);
});

test('an order that cannot be read is left out, with its line and the reason', async () => {
  const { orders, unread } = await read(
    [
      'Mail,Paid,Sum',
      ',2026-03-01,1',
      'nobody,2026-03-01,1',
      'a@example.com,,1',
      'b@example.com,soon,1',
      'c@example.com,2026-03-01,"1,234"',
      'd@example.com,2026-03-01,1',
    ],
    ['email=Mail', 'paidAt=Paid', 'total=Sum'],
  );

  expect(orders).toHaveLength(1);
  expect(unread.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '2: no e-mail',
    '3: "nobody" is no e-mail address',
    '4: no date',
    '5: paidAt "soon" is no date that can be read',
    '6: total "1,234" is no number, or may be read in two ways',
  ]);
});

test('each event has the date of its own column, and without one that of what it follows on', async () => {
  const map = ['createdAt', 'paidAt', 'fulfilledAt', 'refundedAt', 'canceledAt'].map(
    (field) => `${field}=${field}`,
  );
  const header = 'email,createdAt,paidAt,fulfilledAt,refundedAt,canceledAt,status';
  const all = 'a@example.com,2026-03-01,2026-03-02,2026-03-03,2026-03-04,2026-03-05,';
  const few = 'b@example.com,2026-03-01,,,,2026-03-05,fulfilled';

  const { found } = await read([header, all, few], ['email=email', 'status=status', ...map]);

  expect(found.map((events) => events.map((text) => text.replace('T00:00', '')))).toEqual([
    [
      'order.created 2026-03-01',
      'order.paid 2026-03-02',
      'order.fulfilled 2026-03-03',
      'order.refunded 2026-03-04',
      'order.canceled 2026-03-05',
    ],
    [
      'order.created 2026-03-01',
      'order.paid 2026-03-01',
      'order.fulfilled 2026-03-01',
      'order.canceled 2026-03-05',
    ],
  ]);
});

test('dates that may be read in two ways are asked for', async () => {
  const lines = ['Mail,Paid', 'a@example.com,3/4/2026'];
  const map = ['email=Mail', 'paidAt=Paid'];

  await expect(read(lines, map)).rejects.toThrow('--dates');
  const { found } = await read([...lines, 'b@example.com,4/13/2026'], map);
  expect(found[0]).toEqual(['order.paid 2026-03-04T00:00']);
});

test.each([
  [
    'shopify',
    SHOPIFY,
    `#1,a@example.com,Bezahlt,,,,USD,10.00,${at(1)},,,1,Mug,10.00,,,`,
    'Bezahlt',
  ],
  [
    'woocommerce',
    'order_id,order_date,status,order_total,billing_email',
    '7,2026-03-01,Abgeschlossen,5,a@example.com',
    'Abgeschlossen',
  ],
])(
  'a status of %s that is not known is counted, and the order is not paid',
  async (_, header, row, status) => {
    const { found, unknownStatuses } = await read([header, row]);

    expect(found[0]).toHaveLength(1);
    expect([...unknownStatuses]).toEqual([[status, 1]]);
  },
);

test('statuses that are known, paid or not, are not counted', async () => {
  const statuses = ['paid', 'pending', 'voided', 'expired', 'authorized', 'partially_paid', ''];
  const rows = statuses.map(
    (status, i) => `#${i},a@example.com,${status},,,,USD,10.00,${at(1)},,,1,Mug,10.00,,,`,
  );

  expect((await read([SHOPIFY, ...rows])).unknownStatuses.size).toBe(0);
});

test('whether a dash begins a variant is asked for, where a rule reads titles', async () => {
  const path = await csvFile(
    [
      SHOPIFY,
      `#1,a@example.com,paid,${at(2)},,,USD,10.00,${at(1)},,,1,Tee - Long - Black / M,10.00,,,`,
    ].join('\n'),
  );
  const titles = async (variants?: 'cut' | 'keep', titleRules: string[] = ['what they bought']) => {
    const { orders } = await readOrders(path, { variants }, titleRules);
    return orders[0]?.[0]?.order?.items.map(({ title }) => title);
  };

  await expect(titles()).rejects.toThrow(
    /variant of the product "Tee - Long".*what they bought.*--variants cut/s,
  );
  expect(await titles(undefined, [])).toEqual(['Tee - Long - Black / M']);
  expect(await titles('keep')).toEqual(['Tee - Long - Black / M']);
  expect(await titles('cut')).toEqual(['Tee - Long']);
});

test('an address is read without what nobody sees in it', async () => {
  const { orders } = await read(
    [
      'Order,Mail,Tel,Sum,Paid',
      `1,kim@example.com\u200b,\u202a+1 202 555 0102\u202c,9.00,${at(1)}`,
    ],
    ['order=Order', 'email=Mail', 'phone=Tel', 'total=Sum', 'paidAt=Paid'],
  );

  expect(orders[0]?.[0]?.contact).toMatchObject({
    email: 'kim@example.com',
    phone: '+1 202 555 0102',
  });
});

const WOO =
  'order_id,order_date,paid_date,status,order_total,refunded_total,order_currency,billing_email,item_name';

test.each([
  ['processing', '', '', ['order.created']],
  ['processing', '2026-03-02', '', ['order.created', 'order.paid']],
  ['completed', '', '', ['order.created', 'order.paid', 'order.fulfilled']],
  ['processing', '2026-03-02', '50', ['order.created', 'order.paid', 'order.refunded']],
  ['failed', '', '', ['order.created', 'payment.failed']],
  ['checkout-draft', '', '', []],
])(
  'a WooCommerce order that is %s, paid on "%s", %s paid back',
  async (status, paidAt, back, expected) => {
    const { orders, unknownStatuses } = await read([
      WOO,
      `7,2026-03-01,${paidAt},${status},50.00,${back},USD,a@example.com,Mug`,
    ]);

    expect(orders[0]?.map(({ type }) => type)).toEqual(expected);
    expect(unknownStatuses.size).toBe(0);
  },
);

test("an order that went through Shopify's gateway for tests is a test", async () => {
  const header = 'Name,Email,Financial Status,Created at,Lineitem name,Payment Method';
  const { orders } = await read([
    header,
    `#1,a@example.com,paid,${at(1)},Mug,(for testing) Bogus Gateway`,
    `#2,a@example.com,paid,${at(1)},Mug,Shopify Payments`,
  ]);

  expect(orders.flat().map((event) => event.test)).toEqual([true, true, false, false]);
});

test('nothing was paid back before the refund', async () => {
  const { orders } = await read([
    SHOPIFY,
    `#1,a@example.com,partially_refunded,${at(2)},,,USD,10.00,${at(1)},,4.00,1,Mug,10.00,,,`,
    `#2,a@example.com,refunded,${at(2)},,,USD,10.00,${at(1)},,0.00,1,Mug,10.00,,,`,
  ]);

  const totals = orders.map((events) => events.map(({ order }) => order?.refundedTotal));
  expect(totals).toEqual([
    [0, 0, 4],
    [0, 0, undefined],
  ]);
});

test('a file of no export: the fields of --map, as the flat schema writes them too', async () => {
  const { orders } = await read(
    [
      'Mail,Paid,Land,Sprache,Ja,Gutscheine,Art,Weg,Mehr,Ware,Sorte,Marke',
      'a@example.com,2026-03-01,de,pt_br,yes,"A, B",cash,fair,"hall: 3",Mug,Red,Ahorn',
    ],
    [
      'email=Mail',
      'paidAt=Paid',
      'country=Land',
      'language=Sprache',
      'accepts_marketing=Ja',
      'discount_codes=Gutscheine',
      'shipping_country=Land',
      'payment_method=Art',
      'channel=Weg',
      'attributes=Mehr',
      'itemTitle=Ware',
      'itemVariant=Sorte',
      'itemVendor=Marke',
    ],
  );

  expect(orders[0]?.[0]).toMatchObject({
    contact: { country: 'DE', language: 'pt-BR', acceptsMarketing: true },
    order: {
      discountCodes: ['A', 'B'],
      shippingCountry: 'DE',
      paymentMethod: 'cash',
      channel: 'fair',
      attributes: { hall: '3' },
      items: [{ title: 'Mug', variant: 'Red', vendor: 'Ahorn' }],
    },
  });
});
