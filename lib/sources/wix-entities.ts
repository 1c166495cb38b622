import type { EventType } from '../events/event.ts';
import { asText, at, isObject, type JsonObject, list, text } from './json.ts';
import { type Draft, itemsAt, withTitle } from './reading.ts';
import { currencyCode, decimal, emailAmong, namesOf, texts } from './values.ts';

/** What a Wix entity says: the part of a draft that does not come from the envelope. */
export type Found = Pick<Draft, 'types' | 'contact' | 'tags' | 'order' | 'subscription' | 'form'>;
type Pass = { readonly pass: string };

/** An eCommerce order (@wix/auto_sdk_ecom_orders 1.0.300, checked 2026-11-21). */
export function order(type: EventType, value: unknown): Found {
  const blocks = ['billingInfo', 'recipientInfo', 'shippingInfo.logistics.shippingDestination'];
  return {
    types: [type],
    contact: {
      contactId: text(value, 'buyerInfo.contactId'),
      memberId: text(value, 'buyerInfo.memberId'),
      email: text(value, 'buyerInfo.email'),
      // Only the buyer's: the recipient of a gift is somebody else.
      phone: text(value, 'billingInfo.contactDetails.phone'),
      ...namesOf(
        blocks.map((block) => at(value, block)),
        'contactDetails.firstName',
        'contactDetails.lastName',
      ),
    },
    order: {
      id: text(value, 'id'),
      number: text(value, 'number'),
      total: decimal(text(value, 'priceSummary.total.amount', 'priceSummary.totalPrice.amount')),
      currency: currencyCode(at(value, 'currency')),
      items: itemsAt(value, 'lineItems').map((item) =>
        withTitle({
          title: text(item, 'productName.original', 'productName.translated'),
          sku: text(item, 'physicalProperties.sku'),
          productId: text(item, 'catalogReference.catalogItemId'),
          variantId: text(item, 'catalogReference.options.variantId'),
          quantity: decimal(at(item, 'quantity')),
          price: decimal(text(item, 'price.amount')),
        }),
      ),
      tags: [
        ...texts(list(value, 'tags.privateTags.tagIds')),
        ...texts(list(value, 'tags.tags.tagIds')),
      ],
    },
  };
}

const PAYMENTS = new Map<string, EventType>([
  ['PAID', 'order.paid'],
  ['FULLY_REFUNDED', 'order.refunded'],
  ['PARTIALLY_REFUNDED', 'order.partially_refunded'],
]);

/**
 * An order by its payment: an approved order can still be NOT_PAID (offline payments). `otherwise` is what
 * it is while no money has moved.
 */
export function orderPayment(value: unknown, otherwise?: EventType): Found | Pass {
  const status = text(value, 'paymentStatus');
  const approvedOnly = otherwise !== undefined && status !== 'PAID';
  const type = approvedOnly ? otherwise : PAYMENTS.get(status ?? '');
  return type === undefined
    ? { pass: 'the payment status is not one that an event comes of' }
    : order(type, value);
}

export function orderUpdated(value: JsonObject): Found | Pass {
  return text(value, 'fulfillmentStatus') === 'FULFILLED'
    ? order('order.fulfilled', value)
    : { pass: 'of all updates only a fulfilled order is an event' };
}

const plan =
  (type: EventType) =>
  (body: JsonObject): Found => {
    const bought = at(body, 'order');
    return {
      types: [type],
      contact: {
        contactId: text(bought, 'buyer.contactId'),
        memberId: text(bought, 'buyer.memberId'),
      },
      subscription: {
        id: text(bought, 'id'),
        planId: text(bought, 'planId'),
        planName: text(bought, 'planName'),
        status: text(bought, 'status'),
      },
    };
  };

export const planStarted = plan('subscription.started');
export const planCanceled = plan('subscription.canceled');

/** The first cycle begins together with the plan, which `order_started` tells. */
export function planCycle(body: JsonObject): Found | Pass {
  const cycle = decimal(text(body, 'cycleNumber', 'order.currentCycle.index'));
  return cycle !== undefined && cycle <= 1
    ? { pass: 'the first cycle is no renewal: subscribe to order_started' }
    : plan('subscription.renewed')(body);
}

/** What was filled in, as text: structures (an address, several choices) as JSON. */
function filledIn(values: unknown): Record<string, string> {
  if (!isObject(values)) return {};
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

const named = (fields: Record<string, string>, key: RegExp): string | undefined =>
  asText(Object.entries(fields).find(([name]) => key.test(name))?.[1]);

/**
 * A form submission. `contactId` is null until Wix has mapped the submission to a contact, which
 * `submission_contact_mapped` tells (@wix/auto_sdk_forms_submissions 1.0.164, checked 2026-11-21).
 */
export function formSubmitted(submission: JsonObject): Found | Pass {
  const fields = filledIn(submission.submissions);
  const contactId = text(submission, 'contactId');
  const memberId = text(submission, 'submitter.memberId');
  const email = emailAmong(fields);
  if (contactId === undefined && memberId === undefined && email === undefined) {
    return { pass: 'the submission names nobody yet: subscribe to submission_contact_mapped' };
  }
  return {
    types: ['form.submitted'],
    contact: {
      contactId,
      memberId,
      email,
      firstName: named(fields, /^first_?name/i),
      lastName: named(fields, /^last_?name/i),
    },
    form: { id: text(submission, 'formId'), fields },
  };
}

export const formMapped = (body: JsonObject): Found => ({
  types: ['form.submitted'],
  contact: { contactId: text(body, 'contactId') },
  form: { id: text(body, 'formId'), fields: {} },
});
