import type { SourceName } from '../../../lib/events/event.ts';

const PERSON = ['email', 'phone', 'firstName', 'lastName', 'name', 'country', 'language'] as const;
export const DATES = ['createdAt', 'paidAt', 'fulfilledAt', 'canceledAt', 'refundedAt'] as const;
const STATE = ['status', 'fulfillment', 'captured', 'description', 'mode'] as const;
const MONEY = ['total', 'refunded', 'currency', 'discountCodes', 'paymentMethod'] as const;
const MORE = ['tags', 'acceptsMarketing', 'shippingCountry', 'channel', 'attributes'] as const;

/** The fields of one line of an order, by what an event calls them. */
export const ITEM_FIELDS = {
  title: 'itemTitle',
  sku: 'itemSku',
  productId: 'itemProductId',
  variantId: 'itemVariantId',
  variant: 'itemVariant',
  vendor: 'itemVendor',
  quantity: 'itemQuantity',
  price: 'itemPrice',
} as const;

/** What is read of an order; the names that `--map` takes. */
export const FIELDS = [
  ...(['order', 'number'] as const),
  ...[...PERSON, ...DATES, ...STATE, ...MONEY, ...MORE],
  ...Object.values(ITEM_FIELDS),
  'items' as const,
];
export type Field = (typeof FIELDS)[number];

export const BACKFILL_SOURCES = [
  'shopify',
  'woocommerce',
  'stripe',
  'custom',
] as const satisfies SourceName[];
export type BackfillSource = (typeof BACKFILL_SOURCES)[number];

export interface Export {
  readonly source: BackfillSource;
  /** For people. */
  readonly name: string;
  /** Its names for each field, the surest first; compared without case. */
  readonly columns: Readonly<Partial<Record<Field, readonly string[]>>>;
  /** Columns that together only this export has. */
  readonly marks: readonly string[];
}

/**
 * The exports whose columns are known. Shopify's orders export: one row a line item, of which only the first
 * has the order's own columns; the header is that of several public importers and their test files
 * (`Name,Email,Financial Status,Paid at,…,Id,Tags,…`). It does not have the time of a refund.
 *
 * Stripe, Dashboard > Payments > Export: `Created (UTC)` in older ones, `Created date (UTC)` in newer ones;
 * amounts in major units. https://docs.cello.so/guides/attribution/stripe-reports and headers in public
 * importers.
 *
 * WooCommerce itself exports no e-mails (Analytics > Orders), so these are of extensions: "Import Export
 * Suite", https://woocommerce.com/document/import-and-export-of-woocommerce-orders/, "Customer/Order/Coupon
 * Export", whose column names are its own guarantee,
 * https://woocommerce.com/document/ordercustomer-csv-export-developer-documentation/, and "Advanced Order
 * Export" with its `Email (Billing)`. All checked 2026-11-22.
 *
 * The columns of countries, coupons, payment and vendor: the same headers and documents, read 2026-11-28; those of
 * Stripe's addresses and mode, and `Coupon Code` and `Country Code (…)` of Advanced Order Export, unconfirmed.
 */
export const EXPORTS: readonly Export[] = [
  {
    source: 'shopify',
    name: 'Shopify, orders',
    marks: ['Name', 'Financial Status', 'Lineitem name'],
    columns: {
      order: ['Name'],
      number: ['Name'],
      email: ['Email'],
      phone: ['Phone', 'Billing Phone'],
      name: ['Billing Name'],
      createdAt: ['Created at'],
      paidAt: ['Paid at'],
      fulfilledAt: ['Fulfilled at'],
      canceledAt: ['Cancelled at'],
      status: ['Financial Status'],
      fulfillment: ['Fulfillment Status'],
      total: ['Total'],
      refunded: ['Refunded Amount'],
      currency: ['Currency'],
      tags: ['Tags'],
      country: ['Billing Country'],
      acceptsMarketing: ['Accepts Marketing'],
      discountCodes: ['Discount Code'],
      shippingCountry: ['Shipping Country'],
      paymentMethod: ['Payment Method'],
      channel: ['Source'],
      attributes: ['Note Attributes'],
      itemTitle: ['Lineitem name'],
      itemSku: ['Lineitem sku'],
      itemQuantity: ['Lineitem quantity'],
      itemPrice: ['Lineitem price'],
      itemVendor: ['Vendor'],
    },
  },
  {
    source: 'stripe',
    name: 'Stripe, payments',
    marks: ['id', 'Amount', 'Amount Refunded', 'Status'],
    columns: {
      order: ['id'],
      email: ['Customer Email', 'Email'],
      name: ['Card Name'],
      createdAt: ['Created date (UTC)', 'Created (UTC)'],
      refundedAt: ['Refunded date (UTC)'],
      status: ['Status'],
      captured: ['Captured'],
      description: ['Description'],
      total: ['Amount'],
      refunded: ['Amount Refunded'],
      currency: ['Currency'],
      country: ['Card Address Country'],
      shippingCountry: ['Shipping Address Country'],
      mode: ['Mode'],
    },
  },
  {
    source: 'woocommerce',
    name: 'WooCommerce, orders (Advanced Order Export)',
    marks: ['Order Number', 'Order Status', 'Email (Billing)'],
    columns: {
      order: ['Order ID', 'Order Number'],
      number: ['Order Number'],
      email: ['Email (Billing)'],
      phone: ['Phone (Billing)'],
      firstName: ['First Name (Billing)'],
      lastName: ['Last Name (Billing)'],
      createdAt: ['Order Date'],
      paidAt: ['Paid Date'],
      fulfilledAt: ['Completed Date'],
      status: ['Order Status'],
      total: ['Order Total Amount'],
      refunded: ['Order Refund Amount'],
      currency: ['Order Currency', 'Currency'],
      country: ['Country Code (Billing)'],
      discountCodes: ['Coupon Code'],
      shippingCountry: ['Country Code (Shipping)'],
      paymentMethod: ['Payment Method'],
      itemTitle: ['Item Name'],
      itemSku: ['SKU'],
      itemProductId: ['Product Id'],
      itemVariantId: ['Variation Id'],
      itemQuantity: ['Quantity', 'Quantity (- Refund)'],
      itemPrice: ['Item Cost'],
    },
  },
  {
    source: 'woocommerce',
    name: 'WooCommerce, orders',
    marks: ['order_id', 'status', 'order_total'],
    columns: {
      order: ['order_id'],
      number: ['order_number', 'order_number_formatted'],
      email: ['billing_email', 'customer_email'],
      phone: ['billing_phone'],
      firstName: ['billing_first_name'],
      lastName: ['billing_last_name'],
      createdAt: ['order_date', 'date'],
      paidAt: ['paid_date', 'date_paid'],
      fulfilledAt: ['completed_date', 'date_completed'],
      status: ['status', 'order_status'],
      total: ['order_total'],
      refunded: ['refunded_total'],
      currency: ['order_currency', 'currency'],
      country: ['billing_country'],
      discountCodes: ['coupon_items', 'coupons'],
      shippingCountry: ['shipping_country'],
      paymentMethod: ['payment_method'],
      channel: ['created_via'],
      itemTitle: ['item_name'],
      itemSku: ['item_sku'],
      itemProductId: ['item_product_id'],
      itemQuantity: ['item_quantity'],
      itemPrice: ['item_price'],
      items: ['line_items'],
    },
  },
];
