import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openReceiveStage, type ReceiveStage } from '../support/receive-stage.ts';
import { STANDING_RULES } from '../support/standing-stage.ts';

const SECRET = 'a-secret-of-the-history-test';

let stage: ReceiveStage;
beforeEach(async () => {
  const secrets = { custom: [SECRET], shopify: [SECRET] };
  stage = await openReceiveStage({ rules: STANDING_RULES, secrets });
});
afterEach(() => stage.close());

const custom = (body: object) =>
  stage.post('custom', {
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

function shopify(topic: string, given: object) {
  const body = JSON.stringify(given);
  const hmac = createHmac('sha256', SECRET).update(body).digest('base64');
  return stage.post('shopify', {
    headers: { 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': hmac },
    body,
  });
}

const KIM = { email: 'kim@example.com' };

test('an event that no rule matches leaves its fact in a job', async () => {
  await custom({
    event: 'order.paid',
    event_id: '1',
    order_id: '7',
    ...KIM,
    total: 20,
    currency: 'EUR',
  });
  expect(await stage.jobs()).toMatchObject([
    {
      body: { v: 2, add: [], remove: [], facts: [{ kind: 'order', id: '7', type: 'order.paid' }] },
    },
  ]);
});

test('what a rule gives goes in the same job', async () => {
  await custom({
    event: 'order.paid',
    event_id: '1',
    order_id: '7',
    ...KIM,
    total: 220,
    currency: 'EUR',
  });
  expect(await stage.jobs()).toMatchObject([
    { body: { v: 2, add: ['Big order'], facts: [{ kind: 'order' }] } },
  ]);
});

test('an event that names nobody has no history, and is no dead letter', async () => {
  const { body } = await custom({ event: 'order.paid', event_id: '1', order_id: '7', total: 20 });
  expect(body).toMatchObject({ status: 'ignored' });
  expect(await stage.counts()).toEqual([0, 0]);
});

test('a misspelt name of an event is a dead letter, and no fact', async () => {
  await custom({ event: 'order.payed', event_id: '1', order_id: '7', ...KIM, total: 20 });
  expect(await stage.jobs()).toEqual([]);
  expect(await stage.deadLetters()).toMatchObject([{ attributes: { reason: 'unreadable' } }]);
});

test('a customer who wants to be forgotten is erased by a job of their own', async () => {
  const customer = { id: 1, ...KIM };
  await shopify('customers/redact', {
    shop_id: 1,
    shop_domain: 's.example.com',
    customer,
    orders_to_redact: [],
  });
  expect(await stage.jobs()).toMatchObject([
    { body: { v: 2, contact: KIM, add: [], facts: [], erase: 'person' } },
  ]);
});

test('a customer who asks for their data is not erased', async () => {
  const customer = { id: 1, ...KIM };
  const asked = { shop_id: 1, shop_domain: 's.example.com', customer, orders_requested: [] };
  await shopify('customers/redact', asked);
  expect((await stage.jobs()).filter(({ body }) => body.erase)).toEqual([]);
});

test('a shop that wants all erased has a job that names nobody', async () => {
  await shopify('shop/redact', { shop_id: 1, shop_domain: 's.example.com' });
  expect(await stage.jobs()).toMatchObject([{ body: { contact: {}, erase: 'source' } }]);
});

test('what a delivery leaves holds nothing of the person but the reference', async () => {
  const order = {
    id: 9,
    email: KIM.email,
    financial_status: 'paid',
    total_price: '20.00',
    currency: 'EUR',
  };
  const address = {
    first_name: 'Kimberley',
    last_name: 'Longname',
    phone: '+49301234567',
    address1: 'Secret Street 1',
  };
  const item = {
    title: 'Mug',
    quantity: 1,
    price: '20.00',
    properties: [{ name: 'Engraving', value: 'For Robin' }],
  };
  await shopify('orders/paid', {
    ...order,
    billing_address: address,
    line_items: [item],
    note: 'Ring twice',
  });
  const [job] = await stage.jobs();
  const text = JSON.stringify(job?.body.facts);
  expect(text).toContain('Mug');
  for (const word of ['kim@', 'Kimberley', 'Longname', '4930', 'Secret', 'Robin', 'Ring']) {
    expect(text).not.toContain(word);
  }
});
