import { expect, test } from '@jest/globals';
import type { BackfillSource } from '../../../cli/commands/backfill/exports.ts';
import { mappingFor } from '../../../cli/commands/backfill/mapping.ts';

// The headers as the exports write them: see cli/commands/backfill/exports.ts for where they were found.
const SHOPIFY =
  'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Billing Name,Billing Phone,Notes,Cancelled at,Payment Method,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,Phone';
const STRIPE_OLD =
  'id,Description,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,Status,Customer ID,Customer Email,Captured,Card Name';
const STRIPE_NEW =
  'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Description,Fee,Refunded date (UTC),Status,Customer ID,Customer Email,Invoice ID';
const WOO_SUITE =
  'order_id,order_number,order_date,paid_date,status,shipping_total,order_total,order_currency,customer_email,billing_first_name,billing_last_name,billing_email,billing_phone,line_items';
const WOO_ADVANCED =
  'Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Email (Billing),Phone (Billing),Order Refund Amount,Order Total Amount,SKU,Item Name,Quantity,Item Cost';

const guess = (header: string, map: readonly string[] = [], source?: BackfillSource) => {
  const { columns, ...mapping } = mappingFor(header.split(','), { map, source });
  return { ...mapping, columns: Object.fromEntries(columns) };
};

test.each([
  [
    'shopify',
    SHOPIFY,
    { order: 'Name', email: 'Email', phone: 'Phone', canceledAt: 'Cancelled at' },
  ],
  ['stripe', STRIPE_OLD, { order: 'id', createdAt: 'Created (UTC)', total: 'Amount' }],
  ['stripe', STRIPE_NEW, { createdAt: 'Created date (UTC)', refundedAt: 'Refunded date (UTC)' }],
  ['woocommerce', WOO_SUITE, { email: 'billing_email', paidAt: 'paid_date', items: 'line_items' }],
  [
    'woocommerce',
    WOO_ADVANCED,
    { email: 'Email (Billing)', total: 'Order Total Amount', itemTitle: 'Item Name' },
  ],
])('the columns of an export of %s are known', (source, header, columns) => {
  expect(guess(header)).toMatchObject({ source, columns });
});

test('case and blanks around a column name do not matter', () => {
  const { source, columns } = guess(SHOPIFY.toUpperCase().replace('EMAIL', ' Email '));

  expect(source).toBe('shopify');
  expect(columns.email).toBe(' Email ');
});

test('--map wins over the guess and adds to it', () => {
  const { source, columns } = guess(SHOPIFY, ['email=Billing Name', 'itemProductId=Vendor']);

  expect(source).toBe('shopify');
  expect(columns).toMatchObject({ email: 'Billing Name', itemProductId: 'Vendor', total: 'Total' });
});

test('--source names another source than the columns do', () => {
  expect(guess('Mail,When,Sum', ['email=Mail', 'paidAt=When'], 'stripe').source).toBe('stripe');
  expect(guess('Mail,When,Sum', ['email=Mail', 'paidAt=When']).source).toBe('custom');
});

test.each([
  ['no field', 'mail=Email', 'The fields are order,'],
  ['no column', 'email=E-Mail', 'the file has no column "E-Mail"'],
  ['nothing named', 'email=', 'is not field=Column'],
])('--map with %s is refused', (_what, entry, words) => {
  expect(() => guess(SHOPIFY, [entry])).toThrow(words);
});

test('without an e-mail or a date the error says what is missing, and what there is', () => {
  expect(() => guess('Order #,N. Revenue,Date')).toThrow(
    /no column for email and createdAt or paidAt[\s\S]*Its columns: Order #, N. Revenue, Date/,
  );
  expect(() => guess('a,b', ['email=a'])).toThrow('no column for createdAt or paidAt.');
});
