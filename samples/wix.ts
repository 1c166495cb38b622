import {
  type Draft,
  type Facts,
  money,
  type Payload,
  type SampleDelivery,
  type Sampler,
} from './sampler.ts';
import { signJwt } from './sign.ts';

/** The whole body is a token; its data is JSON in JSON in JSON. A draft is the innermost entity. */
export const wix: Sampler = {
  drafts: {
    'order.created': (facts) => order(facts, 'order_created'),
    'order.paid': (facts) => order(facts, 'order_approved'),
    'order.fulfilled': (facts) =>
      order(facts, 'order_fulfilled', { fulfillmentStatus: 'FULFILLED' }),
    'order.canceled': (facts) => order(facts, 'order_canceled', { status: 'CANCELED' }),
    'order.refunded': (facts) => repaid(facts, 'FULLY_REFUNDED'),
    'order.partially_refunded': (facts) => repaid(facts, 'PARTIALLY_REFUNDED'),
    'checkout.abandoned': abandoned,
    'payment.failed': (facts) => repaid(facts, 'DECLINED'),
    'customer.created': (facts) => contact(facts, 'contact_created'),
    'customer.updated': (facts) => contact(facts, 'contact_updated'),
    'subscription.started': (facts) => plan(facts, 'order_started', 'ACTIVE', 1),
    'subscription.renewed': (facts) => plan(facts, 'order_cycle_started', 'ACTIVE', 2),
    'consent.given': (facts) => consent(facts, 'created', 'CONFIRMED'),
    'consent.withdrawn': (facts) => consent(facts, 'updated', 'REVOKED'),
    'subscription.paused': (facts) => plan(facts, 'order_paused', 'PAUSED', 2),
    'subscription.resumed': (facts) => plan(facts, 'order_resumed', 'ACTIVE', 2),
    'subscription.will_end': (facts) => plan(facts, 'order_auto_renew_canceled', 'ACTIVE', 2),
    'subscription.canceled': (facts) => plan(facts, 'order_canceled', 'CANCELED', 2),
    'booking.created': (facts) => booking(facts, 'booking_confirmed', 'CONFIRMED'),
    'booking.canceled': (facts) => booking(facts, 'booking_canceled', 'CANCELED'),
    'form.submitted': form,
  },
  sign({ topic, payload }, facts, privateKey) {
    const event = { entityId: payload.id ?? facts.id, ...wrapped(topic, payload) };
    return signed(topic, event, facts, privateKey);
  },
};

/** What a site posts when contacts were merged; the names are those that lib/history/notices.ts reads. */
export function mergeDelivery(
  { from, into }: { readonly from: string; readonly into: string },
  facts: Pick<Facts, 'id' | 'seconds' | 'iso' | 'instanceId'>,
  privateKey: string,
): SampleDelivery {
  const body = { targetContactId: into, sourceContactIds: [from] };
  const event = { entityId: into, actionEvent: { body } };
  return signed('wix.contacts.v4.contact_merged', event, facts, privateKey);
}

function signed(
  topic: string,
  event: Payload,
  { id, seconds, iso, instanceId }: Pick<Facts, 'id' | 'seconds' | 'iso' | 'instanceId'>,
  privateKey: string,
): SampleDelivery {
  const [, entityFqdn, slug] = /^(.*\.[^._]+)_(.*)$/.exec(topic) ?? [];
  const data = {
    id,
    entityFqdn,
    slug,
    eventTime: iso,
    triggeredByAnonymizeRequest: false,
    ...event,
  };
  const envelope = {
    eventType: topic,
    instanceId,
    data: JSON.stringify(data),
    identity: JSON.stringify({ identityType: 'WIX_USER' }),
  };
  const claims = { data: JSON.stringify(envelope), iat: seconds, exp: seconds + 3600 };
  return { body: signJwt(privateKey, claims), headers: { 'content-type': 'text/plain' } };
}

/** Entities that were made or changed stand in the event as they are, others in the body of an action. */
function wrapped(topic: string, payload: Payload): Payload {
  if (topic.endsWith('_created')) return { createdEvent: { entity: payload } };
  if (topic.endsWith('_updated') && !topic.endsWith('_status_updated')) {
    // What the field held before: without it, Earmark takes a change of a contact for its own work.
    const modifiedFields = { 'info.name.last': 'Before' };
    return { updatedEvent: { currentEntity: payload, modifiedFields } };
  }
  if (topic.startsWith('wix.bookings.')) return { actionEvent: { body: { booking: payload } } };
  const { currentCycle } = payload as { currentCycle?: { index: number } };
  const cycle = topic.endsWith('_cycle_started') && { cycleNumber: currentCycle?.index };
  return { actionEvent: { body: { order: payload, ...cycle } } };
}

function order(facts: Facts, change: string, changes: Payload = {}): Draft {
  const { id, number, buyer, iso, total } = facts;
  const { email, phone, firstName, lastName, contactId } = buyer;
  const amount = { amount: money(total), formattedAmount: `$${money(total)}` };
  const item = {
    id: '1',
    productName: { original: 'Notebook', translated: 'Notebook' },
    catalogReference: { catalogItemId: 'notebook' },
    physicalProperties: { sku: 'NOTE-1' },
    quantity: 1,
    price: amount,
  };
  return {
    topic: `wix.ecom.v1.${change}`,
    payload: {
      id,
      number: String(number),
      status: 'APPROVED',
      paymentStatus: 'PAID',
      currency: 'USD',
      createdDate: iso,
      purchasedDate: iso,
      buyerInfo: { email, ...(contactId && { contactId }) },
      billingInfo: { contactDetails: { firstName, lastName, phone } },
      priceSummary: { subtotal: amount, total: amount },
      lineItems: [item],
      ...changes,
    },
  };
}

const repaid = (facts: Facts, paymentStatus: string): Draft =>
  order(facts, 'order_payment_status_updated', { paymentStatus });

function abandoned({ id, buyer, iso, total }: Facts): Draft {
  const { email, firstName, lastName, contactId } = buyer;
  return {
    topic: 'wix.ecom.v1.abandoned_checkout_created',
    payload: {
      id,
      status: 'ABANDONED',
      createdDate: iso,
      currency: 'USD',
      buyerLanguage: 'en',
      buyerInfo: { email, ...(contactId && { contactId }) },
      contactDetails: { firstName, lastName },
      totalPrice: { amount: money(total) },
    },
  };
}

/** Consent names a person by the e-mail address that it is for. */
const consent = ({ id, buyer }: Facts, change: string, state: string): Draft => ({
  topic: `wix.marketing.marketing_consent.v1.marketing_consent_${change}`,
  payload: { id, revision: '1', details: { type: 'EMAIL', email: buyer.email }, state },
});

function booking({ id, buyer, iso }: Facts, change: string, status: string): Draft {
  const { email, phone, firstName, lastName, contactId } = buyer;
  return {
    topic: `wix.bookings.v2.${change}`,
    payload: {
      id,
      status,
      createdDate: iso,
      totalParticipants: 1,
      bookedEntity: {
        title: 'Drawing lesson',
        slot: { serviceId: '00000000-0000-4000-8000-0000000000dd' },
      },
      contactDetails: { email, phone, firstName, lastName, ...(contactId && { contactId }) },
    },
  };
}

function contact({ buyer, iso }: Facts, change: string): Draft {
  const { email, phone, firstName, lastName, contactId } = buyer;
  return {
    topic: `wix.contacts.v4.${change}`,
    payload: {
      id: contactId,
      revision: 1,
      createdDate: iso,
      updatedDate: iso,
      primaryInfo: { email, phone },
      info: { name: { first: firstName, last: lastName }, emails: { items: [{ email }] } },
    },
  };
}

/** A plan's order names its buyer by ids alone. */
function plan({ id, buyer, iso }: Facts, change: string, status: string, cycle: number): Draft {
  return {
    topic: `wix.pricing_plans.v2.${change}`,
    payload: {
      id,
      planId: '00000000-0000-4000-8000-0000000000bb',
      planName: 'Gold',
      status,
      createdDate: iso,
      buyer: { contactId: buyer.contactId },
      currentCycle: { index: cycle, startedDate: iso },
    },
  };
}

function form({ id, buyer, iso }: Facts): Draft {
  const { email, firstName: first_name, lastName: last_name, contactId } = buyer;
  return {
    topic: 'wix.forms.v4.submission_created',
    payload: {
      id,
      formId: '00000000-0000-4000-8000-0000000000cc',
      createdDate: iso,
      ...(contactId && { contactId }),
      submissions: { email, first_name, last_name, topic: 'Notebooks' },
    },
  };
}
