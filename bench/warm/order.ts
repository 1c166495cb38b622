import { money } from '../../samples/sampler.ts';

const priced = (field: string, dollars: number): object => {
  const both = { amount: money(dollars), currency_code: 'USD' };
  return { [field]: both.amount, [`${field}_set`]: { shop_money: both, presentment_money: both } };
};
const tax = (dollars: number): object => ({
  ...{ channel_liable: false, rate: 0.08, title: 'Illinois State Tax' },
  ...priced('price', dollars),
});
const item = (id: number, title: string, sku: string, dollars: number): object => ({
  ...{ id, admin_graphql_api_id: `gid://shopify/LineItem/${id}`, title, name: title, sku },
  ...{ product_id: id + 1_000, variant_id: id + 2_000, vendor: 'Sample Lamps', properties: [] },
  ...{ quantity: 1, fulfillable_quantity: 1, fulfillment_service: 'manual', grams: 1200 },
  ...{ gift_card: false, requires_shipping: true, taxable: true, tax_lines: [tax(9.09)] },
  ...priced('price', dollars),
  ...priced('total_discount', 0),
});

const ADDRESS = {
  ...{ first_name: 'Buyer', last_name: 'Example', name: 'Buyer Example', company: null },
  ...{ address1: '12 Example Street', address2: null, zip: '62701', city: 'Springfield' },
  ...{ province: 'Illinois', province_code: 'IL', country: 'United States', country_code: 'US' },
  ...{ phone: '+12025550107', latitude: 39.7817, longitude: -89.6501 },
};

/**
 * What ordinary orders have beside the fields of the sample, for a body of 5.5 KB: two addresses, money in two
 * currencies, three items with their taxes. Names of the fields: shopify.dev/docs/api/admin-rest/latest/resources/order
 * (checked 2026-11-21).
 */
export const ORDER_FIELDS = {
  ...{ app_id: 580111, browser_ip: '192.0.2.7', cancelled_at: null, confirmed: true, number: 17 },
  ...{ order_number: 17, cart_token: '1ef0ec450cf84ae7be2616b473ac209d', fulfillment_status: null },
  landing_site: '/collections/lamps?utm_source=newsletter&utm_medium=email',
  note: 'Please leave it with the neighbours, thank you.',
  ...{ presentment_currency: 'USD', fulfillments: [], tags: 'newsletter, returning' },
  ...priced('current_subtotal_price', 337.5),
  ...priced('current_total_price', 372.28),
  ...priced('current_total_tax', 27.28),
  ...priced('total_price', 372.28),
  tax_lines: [tax(27.28)],
  shipping_lines: [{ id: 9, code: 'Standard', ...priced('price', 7.5), tax_lines: [] }],
  billing_address: ADDRESS,
  shipping_address: ADDRESS,
  line_items: [
    item(5_600_000_000_172, 'Desk Lamp', 'LAMP-1', 129),
    item(5_600_000_000_173, 'Floor Lamp', 'LAMP-2', 199),
    item(5_600_000_000_174, 'Light Bulb E27', 'BULB-27', 9.5),
  ],
};
