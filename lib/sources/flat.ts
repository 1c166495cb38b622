import { EVENT_TYPES, type EventType, GUID } from '../events/event.ts';
import { asText, at, isObject, type JsonObject, list, text } from './json.ts';
import { type Draft, withTitle } from './reading.ts';
import { currencyCode, decimal, emailAmong, isoTime, splitName, texts } from './values.ts';

/**
 * The flat schema: what an automation tool can fill in without nesting, one field a value, lists with
 * commas (docs/sources.md has the table). The shapes that Wix Automations were seen to post are read too;
 * Wix documents none of them.
 */
export interface Flat extends Omit<Draft, 'id' | 'data' | 'types'> {
  readonly type: EventType;
  /** The sender's own id of the event. */
  readonly id: string | undefined;
  /** What to tell events apart by where there is none: the id of a form's submission. */
  readonly subject: string | undefined;
}

/** Reads the flat schema from the first of the objects that holds each field; a text is what is wrong. */
export function readFlat(objects: readonly JsonObject[], event: string | undefined): Flat | string {
  const pick = (...paths: readonly string[]): unknown => {
    for (const object of objects) {
      const path = paths.find((candidate) => asText(at(object, candidate)) !== undefined);
      if (path !== undefined) return at(object, path);
    }
    return undefined;
  };
  const pickText = (...paths: readonly string[]): string | undefined => asText(pick(...paths));
  const problem = checkIds(pickText) ?? checkAmount(pick) ?? checkCurrency(pickText);
  if (problem !== undefined) return problem;

  const submissionId = pickText('submission_id', 'submissionId');
  const form = readForm(objects, submissionId, pickText);
  const topic = event ?? (form === undefined ? 'custom' : 'form.submitted');
  const orderId = pickText('order_id');
  return {
    id: pickText('event_id'),
    subject: submissionId,
    type: EVENT_TYPES.find((type) => type === topic) ?? 'custom',
    topic,
    occurredAt: isoTime(pick('occurred_at', 'submissionTime')),
    test: /^(true|yes|1)$/i.test(String(firstOf(objects, 'test') ?? '')),
    contact: readContact(pickText, form?.fields ?? {}),
    tags: texts(firstOf(objects, 'tags')),
    order: readOrder(objects, orderId, pick),
    subscription: readSubscription(pickText),
    form,
  };
}

type PickValue = (...paths: readonly string[]) => unknown;
type PickText = (...paths: readonly string[]) => string | undefined;

const firstOf = (objects: readonly JsonObject[], ...keys: readonly string[]): unknown =>
  objects.flatMap((object) => keys.map((key) => at(object, key))).find((value) => value != null);

const CONTACT_ID = ['contact_id', 'contactId', 'contact.contactId', 'contact.Id'] as const;
const MEMBER_ID = ['member_id', 'memberId'] as const;

/** A wrong id must not label another contact by its e-mail instead. */
function checkIds(pick: PickText): string | undefined {
  const fields = [
    ['contact_id', pick(...CONTACT_ID)],
    ['member_id', pick(...MEMBER_ID)],
  ] as const;
  const wrong = fields.find(([, id]) => id !== undefined && !GUID.test(id))?.[0];
  return wrong === undefined
    ? undefined
    : `${wrong} is not a Wix id (a GUID): send Wix's own id, or leave ${wrong} out and send the e-mail`;
}

function checkAmount(pick: PickValue): string | undefined {
  const amount = pick('total', 'amount');
  return amount !== undefined && decimal(amount) === undefined
    ? 'total is not a plain number: send it like 19.99, without currency sign or thousands separators'
    : undefined;
}

function checkCurrency(pick: PickText): string | undefined {
  const currency = pick('currency');
  return currency !== undefined && currencyCode(currency) === undefined
    ? 'currency is not three letters: send an ISO 4217 code like USD'
    : undefined;
}

function readContact(pick: PickText, fields: Record<string, string>): Draft['contact'] {
  const name = splitName(pick('name', 'contact.name'));
  return {
    contactId: pick(...CONTACT_ID),
    memberId: pick(...MEMBER_ID),
    email: pick('email', 'contact.email') ?? emailAmong(fields),
    phone: pick('phone', 'contact.phone'),
    firstName: pick('first_name', 'contact.name.first') ?? name.firstName,
    lastName: pick('last_name', 'contact.name.last') ?? name.lastName,
  };
}

/** There is an order where anything of one is given; without `order_id` the event stands for it. */
function readOrder(
  objects: readonly JsonObject[],
  orderId: string | undefined,
  pick: PickValue,
): (NonNullable<Draft['order']> & { id: string | undefined }) | undefined {
  const total = decimal(pick('total', 'amount'));
  const items = readItems(objects);
  if (orderId === undefined && total === undefined && items.length === 0) return undefined;
  return {
    id: orderId,
    number: asText(pick('order_number')),
    total,
    currency: currencyCode(pick('currency')),
    items,
    tags: [],
  };
}

/**
 * Items from columns: the first of `products` goes with the first of `product_ids` and so on, as Zapier
 * lays out line items. `products` can also be a list of objects.
 */
function readItems(
  objects: readonly JsonObject[],
): NonNullable<NonNullable<Draft['order']>['items']> {
  const products = firstOf(objects, 'products');
  if (Array.isArray(products) && products.some(isObject)) {
    return products.filter(isObject).map((product) =>
      withTitle({
        title: text(product, 'title', 'name'),
        sku: text(product, 'sku'),
        productId: text(product, 'product_id', 'id'),
        variantId: text(product, 'variant_id'),
        quantity: decimal(product.quantity),
        price: decimal(product.price),
      }),
    );
  }
  const titles = texts(products);
  const ids = texts(firstOf(objects, 'product_ids'));
  const skus = texts(firstOf(objects, 'skus'));
  const quantities = texts(firstOf(objects, 'quantities', 'quantity'));
  const prices = texts(firstOf(objects, 'prices', 'price'));
  const count = Math.max(titles.length, ids.length, skus.length);
  return Array.from({ length: count }, (_, index) =>
    withTitle({
      title: titles[index],
      sku: skus[index],
      productId: ids[index],
      quantity: decimal(quantities[index]),
      price: decimal(prices[index]),
    }),
  );
}

function readSubscription(pick: PickText): Draft['subscription'] {
  const id = pick('subscription_id');
  const planName = pick('plan');
  const planId = pick('plan_id');
  if ((id ?? planName ?? planId) === undefined) return undefined;
  return { id: id ?? planId ?? planName, planId, planName, status: pick('subscription_status') };
}

/** Wix Automations: a form's name and ids, its answers as `submissions[]` or as `field:<key>`. */
function readForm(
  objects: readonly JsonObject[],
  submissionId: string | undefined,
  pick: PickText,
):
  | { id: string | undefined; name: string | undefined; fields: Record<string, string> }
  | undefined {
  const answers = objects.flatMap((object) => [
    ...list(object, 'submissions').map(
      (entry) => [text(entry, 'label'), at(entry, 'value')] as const,
    ),
    ...Object.entries(object)
      .filter(([key]) => key.startsWith('field:'))
      .map(([key, value]) => [asText(key.slice('field:'.length)), value] as const),
  ]);
  const id = pick('form_id', 'formId');
  const name = pick('form_name', 'formName');
  if ((id ?? name ?? submissionId) === undefined && answers.length === 0) return undefined;
  const fields = answers.flatMap(([label, value]) => {
    const written =
      typeof value === 'boolean' ? String(value) : (asText(value) ?? texts(value).join(', '));
    return label === undefined || written === '' ? [] : [[label, written] as const];
  });
  return { id, name, fields: Object.fromEntries(fields) };
}
