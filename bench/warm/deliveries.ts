import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { hmacBase64 } from '../../samples/sign.ts';
import { buyerAt } from '../measure.ts';

/** A signed Shopify order of customer `number`, as API Gateway hands it to a function. */
export function deliveryEvent(number: number, secret: string, now: number): APIGatewayProxyEventV2 {
  const id = randomUUID();
  const iso = new Date(now).toISOString();
  const body = JSON.stringify(paidOrder(number, iso));
  const headers = {
    accept: '*/*',
    'accept-encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/json',
    host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
    'user-agent': 'Shopify-Captain-Hook',
    'x-forwarded-for': '192.0.2.1',
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
    'x-shopify-api-version': '2026-10',
    'x-shopify-event-id': id,
    'x-shopify-hmac-sha256': hmacBase64(secret, body),
    'x-shopify-shop-domain': 'sample.myshopify.com',
    'x-shopify-topic': 'orders/paid',
    'x-shopify-triggered-at': iso,
    'x-shopify-webhook-id': randomUUID(),
  };
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/shopify',
    rawPath: '/webhooks/shopify',
    rawQueryString: '',
    headers,
    requestContext: {
      accountId: '000000000000',
      apiId: 'abcdefghij',
      domainName: headers.host,
      domainPrefix: 'abcdefghij',
      http: {
        method: 'POST',
        path: '/webhooks/shopify',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: headers['user-agent'],
      },
      requestId: id,
      routeKey: 'POST /webhooks/shopify',
      stage: '$default',
      time: iso,
      timeEpoch: now,
    },
    body,
    isBase64Encoded: false,
  };
}

const FIRST_ID = 5_600_000_000_000;
const LAMPS = [
  { title: 'Desk Lamp', sku: 'LAMP-1', price: '129.00' },
  { title: 'Floor Lamp', sku: 'LAMP-2', price: '199.00' },
  { title: 'Light Bulb E27', sku: 'BULB-27', price: '9.50' },
];

/**
 * An order with the blocks that ordinary orders have: two addresses, money in two currencies, three
 * items with their taxes. Field names: shopify.dev/docs/api/admin-rest/latest/resources/order (checked
 * 2026-11-21).
 */
function paidOrder(number: number, iso: string): object {
  const { email, firstName, lastName } = buyerAt(number);
  const id = FIRST_ID + number * 10;
  const names = { first_name: firstName, last_name: lastName };
  const address = { ...names, ...ADDRESS, name: `${firstName} ${lastName}` };
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    app_id: 580111,
    browser_ip: '192.0.2.7',
    cancelled_at: null,
    cart_token: randomUUID().replaceAll('-', ''),
    confirmed: true,
    contact_email: email,
    created_at: iso,
    currency: 'USD',
    ...money('current_subtotal_price', '337.50'),
    ...money('current_total_price', '372.28'),
    ...money('current_total_tax', '27.28'),
    customer_locale: 'en-US',
    discount_codes: [],
    email,
    financial_status: 'paid',
    fulfillment_status: null,
    landing_site: '/collections/lamps?utm_source=newsletter&utm_medium=email',
    name: `#${number}`,
    note: 'Please leave it with the neighbours, thank you.',
    number,
    order_number: number,
    payment_gateway_names: ['shopify_payments'],
    phone: null,
    presentment_currency: 'USD',
    processed_at: iso,
    source_name: 'web',
    tags: 'newsletter, returning',
    tax_lines: [taxLine('27.28')],
    test: false,
    ...money('total_price', '372.28'),
    updated_at: iso,
    billing_address: address,
    shipping_address: address,
    customer: { id: id + 1, email, ...names, state: 'enabled', tags: 'newsletter', phone: null },
    fulfillments: [],
    line_items: LAMPS.map((lamp, index) => lineItem(id + 2 + index, lamp)),
    refunds: [],
    shipping_lines: [{ id: id + 9, code: 'Standard', ...money('price', '7.50'), tax_lines: [] }],
  };
}

const ADDRESS = {
  address1: '12 Example Street',
  address2: null,
  phone: '+12025550107',
  city: 'Springfield',
  zip: '62701',
  province: 'Illinois',
  country: 'United States',
  company: null,
  latitude: 39.7817,
  longitude: -89.6501,
  country_code: 'US',
  province_code: 'IL',
};

function lineItem(id: number, { title, sku, price }: (typeof LAMPS)[number]): object {
  return {
    id,
    admin_graphql_api_id: `gid://shopify/LineItem/${id}`,
    fulfillable_quantity: 1,
    fulfillment_service: 'manual',
    gift_card: false,
    grams: 1200,
    name: title,
    ...money('price', price),
    product_id: id + 1_000,
    properties: [],
    quantity: 1,
    requires_shipping: true,
    sku,
    taxable: true,
    title,
    ...money('total_discount', '0.00'),
    variant_id: id + 2_000,
    vendor: 'Sample Lamps',
    tax_lines: [taxLine('9.09')],
  };
}

const taxLine = (amount: string): object => ({
  channel_liable: false,
  ...money('price', amount),
  rate: 0.08,
  title: 'Illinois State Tax',
});

function money(field: string, amount: string): object {
  const both = { amount, currency_code: 'USD' };
  return { [field]: amount, [`${field}_set`]: { shop_money: both, presentment_money: both } };
}
