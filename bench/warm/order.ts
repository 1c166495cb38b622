/** An amount as Shopify writes it: alone, and in the currencies of the shop and of the customer. */
const priced = (field: string, dollars: number): object => {
  const both = { amount: dollars.toFixed(2), currency_code: 'USD' };
  return { [field]: both.amount, [`${field}_set`]: { shop_money: both, presentment_money: both } };
};
const TAX = { title: 'Illinois State Tax', rate: 0.08, ...priced('price', 9.09) };

const item = (title: string, at: number): object => ({
  id: 5_600_000_000_172 + at,
  admin_graphql_api_id: `gid://shopify/LineItem/${5_600_000_000_172 + at}`,
  title,
  sku: `LAMP-${at}`,
  vendor: 'Sample Lamps',
  quantity: 1,
  properties: [],
  taxable: true,
  tax_lines: [TAX],
  ...priced('price', 112.5),
  ...priced('total_discount', 0),
});

const ADDRESS = {
  ...{ first_name: 'Buyer', last_name: 'Example', address1: '12 Example Street', address2: null },
  ...{ city: 'Springfield', province_code: 'IL', country_code: 'US', phone: '+12025550107' },
};

/**
 * What ordinary orders have beside the fields of the sample, for a body of 5.5 KB: two addresses, money in two
 * currencies, items with their taxes. Names of the fields: shopify.dev/docs/api/admin-rest/latest/resources/order
 * (checked 2026-11-21).
 */
export const ORDER_FIELDS = {
  note: 'Please leave it with the neighbours, thank you.',
  ...priced('total_price', 372.28),
  ...priced('current_total_price', 372.28),
  ...priced('current_subtotal_price', 337.5),
  ...priced('current_total_tax', 27.28),
  tax_lines: [TAX],
  billing_address: ADDRESS,
  shipping_address: ADDRESS,
  line_items: ['Desk Lamp', 'Floor Lamp', 'Wall Lamp', 'Bulb E27', 'Bulb E14'].map(item),
};
