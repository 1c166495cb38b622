import {
  CODE_SOURCES,
  type CodeSourceName,
  type CustomerEvent,
  EVENT_TYPES,
} from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { sampleDelivery } from '../../samples/samples.ts';
import {
  deliver,
  NOW,
  rsa,
  shopifyCustomer,
  shopifyOrder,
  stripeEvent,
  stripeSession,
  wixBody,
  wixOrder,
  wooOrder,
} from '../sources/fixtures.ts';
import { readOurs } from '../support/read-ours.ts';

type Message = readonly [body: unknown, headers?: Readonly<Record<string, string>>];

const boughtAtShopify = {
  ...shopifyOrder,
  customer_locale: 'en-US',
  buyer_accepts_marketing: true,
  source_name: 'pos',
  payment_gateway_names: ['cash'],
  discount_codes: [{ code: 'SPRING' }],
  note_attributes: [{ name: 'ref', value: 'kim' }],
  billing_address: { ...shopifyOrder.billing_address, country_code: 'HK' },
  shipping_address: { country_code: 'HK' },
  note: 'A gift, please wrap it',
  line_items: [
    ...shopifyOrder.line_items,
    {
      id: 3,
      title: 'Gift card',
      sku: 'COURSE-1',
      product_id: 903,
      quantity: 1,
      price: '50.00',
      vendor: 'Acme',
      variant_title: 'Oak / Large',
      properties: [{ name: 'Engraving', value: 'Kim' }],
    },
  ],
};
const shopify = (topic: string, body: object): Message => [body, { 'x-shopify-topic': topic }];
const paidBack = (financial_status: string) =>
  shopify('orders/updated', {
    ...boughtAtShopify,
    financial_status,
    refunds: [
      {
        refund_line_items: [{ line_item_id: 3, quantity: 1 }],
        transactions: [{ kind: 'refund', status: 'success', amount: '50.00' }],
      },
    ],
  });
const consent = (state: string) =>
  shopify('customers_email_marketing_consent/update', {
    customer_id: 77,
    email_address: 'maya.okafor@example.com',
    email_marketing_consent: { state, consent_updated_at: '2026-11-21T10:00:00Z' },
  });
// Customers came without tags from API version 2025-01 on.
const { tags: _tags, ...untaggedCustomer } = shopifyCustomer;

const woo = (topic: string, change: object = {}): Message => [
  { ...wooOrder, ...change },
  { 'x-wc-webhook-topic': topic },
];
const wooFull = {
  ...wooOrder,
  status: 'completed',
  billing: { ...wooOrder.billing, country: 'PT' },
  shipping: { country: 'PT' },
  payment_method: 'cod',
  created_via: 'checkout',
  coupon_lines: [{ code: 'spring' }],
  meta_data: [
    { key: 'gift', value: 'yes' },
    { key: '_wc_order_attribution_utm_source', value: 'newsletter' },
  ],
  line_items: [
    {
      ...wooOrder.line_items[0],
      sku: 'COURSE-1',
      name: 'Hoodie - Blue',
      parent_name: 'Hoodie',
      variation_id: 34,
      meta_data: [{ key: 'engraving', display_key: 'Engraving', display_value: 'Kim' }],
    },
  ],
};
const wooRenewal = {
  status: 'active',
  billing_period: 'month',
  billing_interval: '3',
  meta_data: [{ key: '_subscription_renewal_order_ids_cache', value: [815] }],
};
const wooCustomer = { id: 5, email: 'jose@example.com', first_name: 'José' };

const stripe = (type: string, object: object): Message => [stripeEvent(type, object)];
const stripeUpdate = (now: object, previous_attributes: object): Message => {
  const event = stripeEvent('customer.subscription.updated', { ...subscription, ...now });
  return [{ ...event, data: { ...(event.data as object), previous_attributes } }];
};
const invoice = (billing_reason: string, type = 'invoice.paid') =>
  stripe(type, {
    id: 'in_1',
    number: 'A-7',
    customer_email: 'lee@example.com',
    billing_reason,
    currency: 'usd',
    total: 50000,
    parent: { subscription_details: { subscription: 'sub_1' } },
    lines: {
      data: [
        {
          description: '1 × Gold',
          quantity: 1,
          amount: 50000,
          pricing: {
            unit_amount_decimal: '50000',
            price_details: { price: 'price_1Gold', product: 'prod_1' },
          },
        },
      ],
    },
  });
const charge = (refunded: boolean) =>
  stripe('charge.refunded', {
    id: 'ch_1',
    amount: 5000,
    refunded,
    currency: 'eur',
    billing_details: { email: 'lee@example.com' },
  });
const subscription = {
  id: 'sub_1',
  status: 'active',
  metadata: { email: 'lee@example.com' },
  items: { data: [{ price: { id: 'price_1Gold', nickname: 'Gold' } }] },
};

const wix = (name: string, body: object): Message => [
  wixBody(`wix.${name}`, { actionEvent: { body } }),
];
const wixCreated = (name: string, entity: object): Message => [
  wixBody(`wix.${name}_created`, { createdEvent: { entity } }),
];
const WIX_PLANS = [
  ...['order_started', 'order_cycle_started', 'order_paused', 'order_resumed'],
  ...['order_auto_renew_canceled', 'order_canceled'],
];
const wixBooking = {
  booking: {
    id: 'b-1',
    status: 'CONFIRMED',
    bookedEntity: { title: 'Drawing lesson' },
    contactDetails: { contactId: '3b1e7c52-90ac-4c5e-8a43-0d7f6b2a9c11' },
  },
};
const wixPlan = {
  order: {
    id: 'po-1',
    planId: 'plan-1',
    planName: 'Gold',
    status: 'ACTIVE',
    buyer: { contactId: '3b1e7c52-90ac-4c5e-8a43-0d7f6b2a9c11' },
    currentCycle: { index: 2 },
  },
};
const wixForm = {
  createdEvent: {
    entity: { formId: 'f-1', submissions: { email: 'ana@example.com', topic: 'Lamps' } },
  },
};

/** Everything that the flat schema of docs/sources.md and the examples' own data know. */
const flat = {
  email: 'kim@example.com',
  order_id: 'A-1',
  total: '600.00',
  currency: 'EUR',
  products: [{ title: 'Desk', sku: 'COURSE-1', product_id: '632910392', quantity: 1, price: 600 }],
  tags: 'crm:gold, other',
  plan: 'Gold',
  plan_id: 'price_1Gold',
  subscription_id: 'sub_1',
  subscription_status: 'active',
  form_name: 'Newsletter',
  'field:topic': 'Lamps',
  seats: 10,
  kind: 'webinar',
  tier: 2,
};

/** The rest of what the schema has for conditions. */
const flatMore = {
  country: 'PT',
  language: 'pt-BR',
  accepts_marketing: 'yes',
  discount_codes: 'SPRING',
  shipping_country: 'PT',
  payment_method: 'cod',
  channel: 'pos',
  refunded_total: '50.00',
  attributes: { gift: 'yes' },
  interval: 'month',
  plan_price: '20.00',
};

const MESSAGES: Readonly<Record<CodeSourceName, readonly Message[]>> = {
  shopify: [
    ...['orders/create', 'orders/paid'].map((topic) => shopify(topic, boughtAtShopify)),
    shopify('orders/fulfilled', { ...boughtAtShopify, fulfillment_status: 'fulfilled' }),
    shopify('orders/cancelled', { ...boughtAtShopify, cancelled_at: '2026-11-21T07:00:00-05:00' }),
    paidBack('refunded'),
    paidBack('partially_refunded'),
    shopify('customers/create', untaggedCustomer),
    shopify('customers/update', untaggedCustomer),
    ...['subscribed', 'unsubscribed'].map(consent),
  ],
  woocommerce: [
    woo('order.created', wooFull),
    woo('order.updated', { status: 'refunded' }),
    woo('order.updated', { refunds: [{ id: 1 }] }),
    woo('order.updated', { status: 'cancelled' }),
    woo('order.updated', { status: 'failed' }),
    woo('order.updated', { meta_data: [{ key: '_subscription_renewal', value: 801 }] }),
    woo('subscription.updated', wooRenewal),
    ...['active', 'on-hold', 'pending-cancel', 'cancelled'].map((status) =>
      woo('subscription.updated', { ...wooRenewal, meta_data: [], status }),
    ),
    [wooCustomer, { 'x-wc-webhook-topic': 'customer.created' }],
    [wooCustomer, { 'x-wc-webhook-topic': 'customer.updated' }],
  ],
  stripe: [
    stripe('checkout.session.completed', stripeSession),
    stripe('checkout.session.completed', { ...stripeSession, payment_status: 'unpaid' }),
    stripe('checkout.session.expired', { ...stripeSession, payment_status: 'unpaid' }),
    ...['manual', 'subscription_create', 'subscription_cycle', 'subscription_update'].map(
      (reason) => invoice(reason),
    ),
    invoice('subscription_cycle', 'invoice.payment_failed'),
    stripeUpdate({ pause_collection: {} }, { pause_collection: null }),
    stripeUpdate({}, { pause_collection: {} }),
    stripeUpdate({ cancel_at_period_end: true }, { cancel_at_period_end: false }),
    ...[true, false].map(charge),
    stripe('customer.created', { id: 'cus_1', email: 'lee@example.com' }),
    stripe('customer.updated', { id: 'cus_1', email: 'lee@example.com' }),
    stripe('customer.subscription.deleted', subscription),
  ],
  wix: [
    wix('ecom.v1.order_approved', { order: { ...wixOrder, paymentStatus: 'NOT_PAID' } }),
    ...['PAID', 'FULLY_REFUNDED', 'PARTIALLY_REFUNDED', 'DECLINED'].map((paymentStatus) =>
      wix('ecom.v1.order_payment_status_updated', { order: { ...wixOrder, paymentStatus } }),
    ),
    wix('ecom.v1.order_canceled', { order: wixOrder }),
    wix('ecom.v1.order_fulfilled', { order: { ...wixOrder, fulfillmentStatus: 'FULFILLED' } }),
    ...WIX_PLANS.map((name) => wix(`pricing_plans.v2.${name}`, wixPlan)),
    ...['confirmed', 'canceled'].map((name) => wix(`bookings.v2.booking_${name}`, wixBooking)),
    ...['CONFIRMED', 'REVOKED'].map((state) =>
      wixCreated('marketing.marketing_consent.v1.marketing_consent', {
        state,
        details: { email: 'ana@example.com' },
      }),
    ),
    wixCreated('ecom.v1.abandoned_checkout', {
      id: 'a-1',
      buyerInfo: wixOrder.buyerInfo,
      currency: 'EUR',
      totalPrice: { amount: '600.00' },
    }),
    [wixBody('wix.forms.v4.submission_created', wixForm)],
  ],
  'standard-webhooks': EVENT_TYPES.map((type) => [
    { type, data: flat },
    { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,' },
  ]),
  custom: EVENT_TYPES.map((event) => [{ event, ...flat, ...flatMore }]),
};

/** What the readers make of a delivery in which the sender said all it says for that type. */
export const FULL_EVENTS: readonly CustomerEvent[] = CODE_SOURCES.flatMap((source) => [
  ...MESSAGES[source].flatMap(([body, headers]) => read(source, deliver(body, headers))),
  ...read(source, sample(source)),
]);

function sample(source: CodeSourceName): ReturnType<typeof deliver> {
  const secret = source === 'wix' ? rsa.privateKey : `whsec_${btoa('a secret of the tests')}`;
  const { body, headers } = sampleDelivery(source, { secret, now: NOW });
  return deliver(body, headers);
}

function read(
  source: CodeSourceName,
  delivery: ReturnType<typeof deliver>,
): readonly CustomerEvent[] {
  const reading = readOurs(codeSources[source], delivery);
  if (reading.kind === 'events') return reading.events;
  throw new Error(`a delivery of ${source} is ${reading.kind}: ${reading.reason}`);
}
