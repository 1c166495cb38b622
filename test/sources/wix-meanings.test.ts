import { describe, expect, test } from '@jest/globals';
import { wix } from '../../lib/sources/wix/wix.ts';
import { readOurs } from '../support/read-ours.ts';
import {
  CONTACT_ID,
  deliver,
  MEMBER_ID,
  only,
  types,
  wixBody,
  wixContact,
  wixOrder,
} from './fixtures.ts';

const read = (eventType: string, event: Record<string, unknown>, identity?: unknown) =>
  readOurs(wix, deliver(wixBody(eventType, event, identity)));
const created = (name: string, entity: object) =>
  read(`wix.${name}_created`, { createdEvent: { entity } });
const updated = (name: string, currentEntity: object) =>
  read(`wix.${name}_updated`, { updatedEvent: { currentEntity } });
const action = (topic: string, body: object, more: object = {}) =>
  read(`wix.${topic}`, { ...more, actionEvent: { body } });
const unheard = (reading: ReturnType<typeof read>) =>
  reading.kind === 'events' ? reading.unheard : reading;

describe('an order is fulfilled once', () => {
  const fulfilled = (change: object, order: object = {}) =>
    action('ecom.v1.order_fulfilled', { order: { ...wixOrder, ...order }, ...change });
  test.each([
    ['as a whole', { newFulfillmentStatus: 'FULFILLED' }, {}, 'order.fulfilled'],
    ['by the order alone', {}, { fulfillmentStatus: 'FULFILLED' }, 'order.fulfilled'],
    ['in part', {}, { fulfillmentStatus: 'PARTIALLY_FULFILLED' }, 'custom'],
    [
      'and then not',
      { previousFulfillmentStatus: 'FULFILLED', newFulfillmentStatus: 'NOT_FULFILLED' },
      {},
      'custom',
    ],
    [
      'and still',
      { previousFulfillmentStatus: 'FULFILLED', newFulfillmentStatus: 'FULFILLED' },
      {},
      'custom',
    ],
  ])('%s: %s', (_name, change, order, expected) => {
    expect(types(fulfilled(change, order))).toEqual([expected]);
  });

  test('and an update of it is heard by its topic, and says what to subscribe to', () => {
    const reading = updated('ecom.v1.order', { ...wixOrder, fulfillmentStatus: 'FULFILLED' });
    expect(only(reading)).toMatchObject({
      type: 'custom',
      contact: { contactId: CONTACT_ID },
      order: { total: 18.4 },
    });
    expect(unheard(reading)).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('order_fulfilled'),
    });
  });
});

test('what an order says for conditions', () => {
  const [line] = wixOrder.lineItems;
  const order = {
    ...wixOrder,
    buyerLanguage: 'pt',
    billingInfo: { ...wixOrder.billingInfo, address: { country: 'PT' } },
    shippingInfo: { logistics: { shippingDestination: { address: { country: 'ES' } } } },
    appliedDiscounts: [
      { coupon: { code: 'SPRING' } },
      { coupon: { code: 'SPRING' } },
      { discountRule: { name: 'Bulk' } },
    ],
    channelInfo: { type: 'POS' },
    balanceSummary: { refunded: { amount: '9.20' } },
    customFields: [{ title: 'Gift note', value: 'For Rui' }, { title: 'Blank' }],
    lineItems: [
      {
        ...line,
        refundQuantity: 1,
        catalogReference: { catalogItemId: 'p-1', options: { options: { Size: 'L', Wax: 'Soy' } } },
        descriptionLines: [
          { name: { original: 'Size' }, plainText: { original: 'L' } },
          { name: { original: 'Colour' }, colorInfo: { original: 'Sand' } },
        ],
      },
      { ...line, refundQuantity: 0 },
    ],
  };
  const event = only(created('ecom.v1.order', order));
  expect(event.contact).toMatchObject({ country: 'PT', language: 'pt' });
  expect(event.order).toMatchObject({
    discountCodes: ['SPRING'],
    shippingCountry: 'ES',
    channel: 'POS',
    refundedTotal: 9.2,
    attributes: { 'Gift note': 'For Rui' },
    items: [{ variant: 'L / Soy', options: { Size: 'L', Colour: 'Sand' }, quantity: 2 }, {}],
  });
  expect(event.order?.refundedItems).toEqual([expect.objectContaining({ quantity: 1 })]);
});

describe('a plan', () => {
  const order = {
    id: 'po-1',
    planId: 'plan-1',
    planName: 'Gold',
    buyer: { contactId: CONTACT_ID },
    currentCycle: { index: 2 },
    planPrice: '15',
    pricing: {
      subscription: { cycleDuration: { count: 1, unit: 'MONTH' } },
      prices: [
        { duration: { cycleFrom: 1, numberOfCycles: 1 }, price: { total: '7.50' } },
        { duration: { cycleFrom: 2 }, price: { total: '18.15' } },
      ],
    },
  };
  test.each([
    [{}, 'month', 18.15],
    [{ currentCycle: { index: 1 } }, 'month', 7.5],
    [{ pricing: { singlePaymentUnlimited: true, prices: [] } }, undefined, 15],
    [{ pricing: { subscription: { cycleDuration: { count: 3, unit: 'MONTH' } } } }, '3 month', 15],
  ])('says how often and how much: %j', (change, interval, price) => {
    const body = { order: { ...order, ...change } };
    const { subscription } = only(action('pricing_plans.v2.order_paused', body));
    expect([subscription?.interval, subscription?.price]).toEqual([interval, price]);
  });

  test('that ran out ends the subscription of the same name', () => {
    const names = ['order_started', 'order_auto_renew_canceled', 'order_ended'].map(
      (name) => only(action(`pricing_plans.v2.${name}`, { order })).subscription?.planName,
    );
    expect(names).toEqual(['Gold', 'Gold', 'Gold']);
  });
});

describe('bookings', () => {
  const booking = {
    id: 'b-1',
    status: 'CONFIRMED',
    totalParticipants: 2,
    bookedEntity: {
      title: 'Drawing lesson',
      slot: { serviceId: 's-1', resource: { email: 'teacher@example.com', name: 'Tom' } },
    },
    contactDetails: {
      contactId: CONTACT_ID,
      firstName: 'Inês',
      email: 'ines@example.com',
      phone: '+351900',
      countryCode: 'PT',
    },
    createdBy: { memberId: MEMBER_ID },
  };
  test('name who booked, and what', () => {
    expect(only(action('bookings.v2.booking_confirmed', { booking }))).toMatchObject({
      type: 'booking.created',
      contact: {
        contactId: CONTACT_ID,
        email: 'ines@example.com',
        phone: '+351900',
        firstName: 'Inês',
        country: 'PT',
      },
      order: { id: 'b-1', items: [{ title: 'Drawing lesson', productId: 's-1', quantity: 2 }] },
    });
  });

  test.each([
    ['booking_canceled', 'booking.canceled'],
    ['booking_rescheduled', 'custom'],
    ['booking_declined', 'custom'],
  ])('%s is %s', (name, expected) => {
    const more = { entityFqdn: 'wix.bookings.v2.booking' };
    const event = only(action(`bookings.v2.${name}`, { booking }, more));
    expect(event).toMatchObject({
      type: expected,
      contact: { contactId: CONTACT_ID },
      order: { items: [{ title: 'Drawing lesson' }] },
    });
    expect(event.contact.memberId).toBeUndefined();
  });

  test.each([
    ['CREATED', 'custom'],
    ['PENDING', 'custom'],
    ['CONFIRMED', 'booking.created'],
    [undefined, 'booking.created'],
  ])('are created when they are booked: %s', (status, expected) => {
    expect(types(created('bookings.v2.booking', { ...booking, status }))).toEqual([expected]);
  });
});

test('members name their contact', () => {
  const member = {
    id: MEMBER_ID,
    contactId: CONTACT_ID,
    loginEmail: 'ines@example.com',
    contact: {
      firstName: 'Inês',
      lastName: 'Melo',
      phones: ['+351900'],
      addresses: [{ country: 'PT' }],
    },
  };
  const contact = {
    contactId: CONTACT_ID,
    memberId: MEMBER_ID,
    email: 'ines@example.com',
    phone: '+351900',
    firstName: 'Inês',
    lastName: 'Melo',
    country: 'PT',
  };
  const [made, changed] = [
    created('members.v1.member', member),
    updated('members.v1.member', member),
  ];
  expect(only(made)).toMatchObject({ type: 'customer.created', contact });
  expect(only(changed)).toMatchObject({ type: 'customer.updated', contact });
});

describe('consent to marketing goes by its own state', () => {
  const consent = (state: string, details: object = { type: 'EMAIL', email: 'ines@example.com' }) =>
    updated('marketing.marketing_consent.v1.marketing_consent', { id: 'c-1', state, details });
  test.each([
    ['CONFIRMED', 'consent.given', true],
    ['REVOKED', 'consent.withdrawn', false],
    ['PENDING', 'custom', undefined],
    ['UNKNOWN_STATE', 'custom', undefined],
  ])('%s', (state, type, acceptsMarketing) => {
    const event = only(consent(state));
    expect(event).toMatchObject({ type, contact: { email: 'ines@example.com' } });
    expect(event.contact.acceptsMarketing).toBe(acceptsMarketing);
  });

  test('of a phone number', () => {
    const event = only(consent('CONFIRMED', { type: 'SMS', phone: '+351 912 345 611' }));
    expect(event.contact).toEqual({ phone: '+351 912 345 611', acceptsMarketing: true });
  });
});

describe('abandoned checkouts', () => {
  const checkout = {
    id: 'a-1',
    status: 'ABANDONED',
    buyerLanguage: 'en',
    buyerInfo: { contactId: CONTACT_ID, email: 'ines@example.com' },
    contactDetails: { firstName: 'Inês', phone: '+351900' },
    currency: 'EUR',
    totalPrice: { amount: '255' },
    lineItems: wixOrder.lineItems,
    appliedDiscounts: [{ coupon: { code: 'SPRING' } }],
  };
  test('name the buyer and what was left', () => {
    expect(only(created('ecom.v1.abandoned_checkout', checkout))).toMatchObject({
      type: 'checkout.abandoned',
      contact: {
        contactId: CONTACT_ID,
        email: 'ines@example.com',
        firstName: 'Inês',
        phone: '+351900',
        language: 'en',
      },
      order: {
        id: 'a-1',
        total: 255,
        currency: 'EUR',
        items: [{ title: 'Candle' }],
        discountCodes: ['SPRING'],
      },
    });
  });

  test('that were recovered are heard by their topic', () => {
    const body = { ...checkout, status: 'RECOVERED' };
    const more = { entityFqdn: 'wix.ecom.v1.abandoned_checkout' };
    const event = only(action('ecom.v1.abandoned_checkout_recovered', body, more));
    expect(event).toMatchObject({
      type: 'custom',
      contact: { contactId: CONTACT_ID },
      order: { total: 255 },
    });
  });
});

describe('orders of a restaurant', () => {
  const order = {
    id: '64',
    status: 'NEW',
    currency: 'EUR',
    customer: {
      contactId: CONTACT_ID,
      email: 'ines@example.com',
      firstName: 'Inês',
      phone: '+351900',
    },
    lineItems: [
      {
        quantity: 2,
        price: '6.50',
        catalogReference: { catalogItemId: 'd-1', catalogItemName: 'Soup' },
        dishOptions: [
          {
            name: 'With',
            selectedChoices: [
              { catalogReference: { catalogItemName: 'Bread' } },
              { catalogReference: { catalogItemName: 'Oil' } },
            ],
          },
          { name: 'Without', selectedChoices: [] },
        ],
      },
    ],
    totals: { total: '13.00' },
    payments: [{ type: 'CASH' }],
    coupon: { code: 'LUNCH' },
    channelInfo: { type: 'WEB' },
    fulfillment: { deliveryDetails: { address: { countryCode: 'PT' } } },
  };
  test('are orders', () => {
    expect(only(created('restaurants.v3.order', order))).toMatchObject({
      type: 'order.created',
      contact: { contactId: CONTACT_ID, email: 'ines@example.com', phone: '+351900' },
      order: {
        id: '64',
        total: 13,
        currency: 'EUR',
        items: [
          {
            title: 'Soup',
            productId: 'd-1',
            quantity: 2,
            price: 6.5,
            options: { With: 'Bread, Oil' },
          },
        ],
        discountCodes: ['LUNCH'],
        paymentMethod: 'CASH',
        channel: 'WEB',
        shippingCountry: 'PT',
      },
    });
  });

  test.each([
    ['new_order', {}, 'order.created'],
    ['fulfilled', {}, 'order.fulfilled'],
    ['canceled', {}, 'order.canceled'],
    ['accepted', {}, 'custom'],
    ['new_order', { status: 'PENDING' }, 'custom'],
  ])('order_%s %j is %s', (name, change, expected) => {
    const body = { order: { ...order, ...change } };
    const more = { entityFqdn: 'wix.restaurants.v3.order' };
    const event = only(action(`restaurants.v3.order_${name}`, body, more));
    expect(event).toMatchObject({ type: expected, order: { total: 13 } });
  });
});

describe('a form names somebody by phone', () => {
  const submitted = (submissions: object) => created('forms.v4.submission', { submissions });
  test.each([
    ['phone_9d1', '+351900'],
    ['phone', '+351900'],
    ['field:phone_ab12', '+351900'],
    ['Phone', '+351900'],
  ])('%s', (key, phone) => {
    const event = only(submitted({ [key]: phone, size: 4 }));
    expect(event).toMatchObject({ type: 'form.submitted', contact: { phone } });
  });

  test('unless there are two, for it is not known whose each is', () => {
    const reading = submitted({ phone_1: '+351900', phone_2: '+351911', email: 'a@b.example' });
    expect(only(reading).contact).toEqual({ email: 'a@b.example' });
  });

  test.each([
    [{ first_name: 'Ana', last_name: 'Reis' }, 'Ana', 'Reis'],
    [{ firstName: 'Ana', lastName: 'Reis' }, 'Ana', 'Reis'],
    [{ 'field:first_name_ab': 'Ana' }, 'Ana', undefined],
    [{ name_1: 'Ana Maria Reis' }, 'Ana', 'Maria Reis'],
    [{ full_name: 'Ana Reis' }, 'Ana', 'Reis'],
  ])('and has a name: %j', (fields, firstName, lastName) => {
    const { contact } = only(submitted({ email: 'a@b.example', ...fields }));
    expect([contact.firstName, contact.lastName]).toEqual([firstName, lastName]);
  });
});

describe('what Wix wrote as JSON text', () => {
  const contact = { ...wixContact, info: { ...wixContact.info, company: 'Melo Lda' } };
  test.each([
    ['createdEvent', 'entityAsJson', 'contacts.v4.contact_created', contact],
    ['createdEvent', 'entity', 'contacts.v4.contact_created', contact],
    ['actionEvent', 'bodyAsJson', 'contacts.v4.contact_submitted', { contact }],
  ])('reaches rules as data, in its place: %s.%s', (kind, key, name, value) => {
    const { data } = only(read(`wix.${name}`, { [kind]: { [key]: JSON.stringify(value) } }));
    expect(data).toMatchObject({ [kind]: { [key]: value } });
  });

  test('stays text where it is no JSON', () => {
    const updatedEvent = { currentEntity: wixContact, modifiedFields: '{', note: '{"a":1}' };
    const reading = read('wix.contacts.v4.contact_updated', { updatedEvent });
    expect(only(reading).data.updatedEvent).toMatchObject({ modifiedFields: '{', note: '{"a":1}' });
  });
});

test('what a contact says for conditions', () => {
  const info = {
    ...wixContact.info,
    locale: 'pt-pt',
    addresses: { items: [{ address: { country: 'PT' } }] },
    extendedFields: { items: { 'emailSubscriptions.subscriptionStatus': 'UNSUBSCRIBED' } },
  };
  expect(only(created('contacts.v4.contact', { ...wixContact, info })).contact).toMatchObject({
    country: 'PT',
    language: 'pt-PT',
    acceptsMarketing: false,
  });
  const primaryEmail = { email: 'ines@example.com', subscriptionStatus: 'SUBSCRIBED' };
  const changed = only(created('contacts.v4.contact', { ...wixContact, primaryEmail }));
  expect(changed.contact.acceptsMarketing).toBe(true);
  const unset = only(created('contacts.v4.contact', wixContact));
  expect(unset.contact.acceptsMarketing).toBeUndefined();
});

test.each(['wix.contacts.v4.contact_created', 'wix.members.v1.member_updated', 'wix.x.v1.y_z'])(
  'a privacy request is no event: %s',
  (topic) => {
    const event = { createdEvent: { entity: { contactId: CONTACT_ID, id: CONTACT_ID } } };
    expect(read(topic, { ...event, triggeredByAnonymizeRequest: true })).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('privacy request'),
    });
    expect(read(topic, { ...event, triggeredByAnonymizeRequest: false }).kind).toBe('events');
  },
);

describe('any other topic is heard where it names a contact', () => {
  test.each([
    ['at the top', { contactId: CONTACT_ID, email: 'ines@example.com' }],
    ['a guest', { contactId: CONTACT_ID, guestDetails: { email: 'ines@example.com' } }],
    ['a buyer', { order: { buyer: { contactId: CONTACT_ID, email: 'ines@example.com' } } }],
    ['a customer', { customer: { contactId: CONTACT_ID, email: 'ines@example.com' } }],
  ])('%s', (_name, entity) => {
    const reading = created('other.v1.thing', entity);
    expect(only(reading)).toMatchObject({
      type: 'custom',
      topic: 'wix.other.v1.thing_created',
      contact: { contactId: CONTACT_ID, email: 'ines@example.com' },
    });
    expect(unheard(reading)).toMatchObject({ kind: 'ignored' });
  });

  test.each([
    ['an e-mail alone, which may be of staff', { email: 'teacher@example.com' }],
    ['staff', { resource: { contactId: CONTACT_ID, email: 'teacher@example.com' } }],
    ['nobody', { name: 'A room' }],
  ])('and ignored of %s', (_name, entity) => {
    expect(created('other.v1.thing', entity)).toMatchObject({ kind: 'ignored' });
  });
});

test('a form that asks for a friend alone names nobody by it', () => {
  const submissions = { friend_email: 'f@b.example', phone_of_a_friend: '+1555' };
  const body = wixBody('wix.forms.v4.submission_created', {
    createdEvent: { entity: { formId: 'f-1', submissions } },
  });
  expect(readOurs(wix, deliver(body))).toMatchObject({ kind: 'ignored' });
});
