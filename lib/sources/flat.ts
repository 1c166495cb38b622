import { EVENT_TYPES, type EventType, GUID } from '../events/event.ts';
import { emailKey } from '../events/reference.ts';
import { asText, at, isObject, type JsonObject, list, text } from './json.ts';
import { type Draft, upToTooMany, withTitle } from './reading.ts';
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

  const items = readItems(objects);
  if (typeof items === 'string') return items;
  const submissionId = pickText('submission_id', 'submissionId');
  const form = readForm(objects, submissionId, pickText);
  const topic = event ?? (form === undefined ? 'custom' : 'form.submitted');
  return {
    id: pickText('event_id'),
    subject: submissionId,
    type: EVENT_TYPES.find((type) => type === topic) ?? 'custom',
    topic,
    occurredAt: isoTime(pick('occurred_at', 'submissionTime')),
    test: isYes(firstOf(objects, 'test')),
    contact: readContact(
      pickText,
      pickText(...EMAIL) ?? unreadEmail(objects) ?? emailOfForm(form?.fields ?? {}),
    ),
    tags: texts(firstOf(objects, 'tags')),
    order: readOrder(items, pick),
    subscription: readSubscription(pickText),
    form,
  };
}

type PickValue = (...paths: readonly string[]) => unknown;
type PickText = (...paths: readonly string[]) => string | undefined;

/** Tools send a field that is empty as blank text or as an empty list. */
const isBlank = (value: unknown): boolean =>
  value == null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

const firstOf = (objects: readonly JsonObject[], ...keys: readonly string[]): unknown =>
  objects.flatMap((object) => keys.map((key) => at(object, key))).find((value) => !isBlank(value));

const isYes = (value: unknown): boolean =>
  value === true || /^(true|yes|1)$/i.test(asText(value) ?? '');

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

const EMAIL = ['email', 'contact.email'] as const;

/**
 * What stands for an e-mail where that is no text. A list, as of a form's key that came twice, is read where
 * all of it is one e-mail; all else becomes a text that is none, so that it is not taken for nothing.
 */
function unreadEmail(objects: readonly JsonObject[]): string | undefined {
  const written = firstOf(objects, ...EMAIL);
  if (typeof written !== 'object') return undefined;
  const all = Array.isArray(written) ? written.map(asText) : [];
  if (all.includes(undefined) || all.length === 0) return `no text: ${JSON.stringify(written)}`;
  return [...new Map(all.map((one = '') => [emailKey(one), one])).values()].join(', ');
}

/** The same of a form's answers: several that speak of e-mail are not taken for none. */
const emailOfForm = (fields: Readonly<Record<string, string>>): string | undefined =>
  emailAmong(fields) ??
  (Object.keys(fields)
    .filter((key) => /e-?mail/i.test(key))
    .map((key) => fields[key])
    .join(', ') ||
    undefined);

function readContact(pick: PickText, email: string | undefined): Draft['contact'] {
  const name = splitName(pick('name', 'contact.name'));
  return {
    contactId: pick(...CONTACT_ID),
    memberId: pick(...MEMBER_ID),
    email,
    phone: pick('phone', 'contact.phone'),
    firstName: pick('first_name', 'contact.name.first') ?? name.firstName,
    lastName: pick('last_name', 'contact.name.last') ?? name.lastName,
  };
}

/** There is an order where anything of one is given; without `order_id` the event stands for it. */
function readOrder(
  items: Items,
  pick: PickValue,
): (NonNullable<Draft['order']> & { id: string | undefined }) | undefined {
  const orderId = asText(pick('order_id'));
  const total = decimal(pick('total', 'amount'));
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

type Items = NonNullable<NonNullable<Draft['order']>['items']>;

/** `products` can be a list of objects. A text is what is wrong. */
function readItems(objects: readonly JsonObject[]): Items | string {
  const products = firstOf(objects, 'products');
  if (!Array.isArray(products) || !products.some(isObject)) return readColumns(objects, products);
  return upToTooMany(products.filter(isObject)).map((product) =>
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

/** A column: a list, or text with commas. Blanks stay, so that what follows keeps its place. */
const column = (value: unknown): (string | undefined)[] =>
  (Array.isArray(value) ? value : (asText(value)?.split(',') ?? [])).map(asText);

/**
 * Items from columns: the first of `products` goes with the first of `product_ids` and so on, as Zapier
 * lays out line items. A column that is longer than the first cannot be matched with it: `9,99` is no price
 * of 9.
 */
function readColumns(objects: readonly JsonObject[], products: unknown): Items | string {
  const columns = {
    products: column(products),
    product_ids: column(firstOf(objects, 'product_ids')),
    skus: column(firstOf(objects, 'skus')),
    quantities: column(firstOf(objects, 'quantities', 'quantity')),
    prices: column(firstOf(objects, 'prices', 'price')),
  };
  const { products: titles, product_ids: ids, skus, quantities, prices } = columns;
  const leading = (['products', 'product_ids', 'skus'] as const).find(
    (name) => columns[name].length > 0,
  );
  if (leading === undefined) return [];
  const count = columns[leading].length;
  const long = Object.entries(columns).find(
    ([, values]) => values.findLastIndex((value) => value !== undefined) >= count,
  )?.[0];
  if (long !== undefined) {
    return `${long} has more entries than ${leading}: write numbers like 9.99, or send a list`;
  }
  const rows = columns[leading]
    .map((_, row) => row)
    .filter((row) => (titles[row] ?? skus[row] ?? ids[row]) !== undefined);
  return upToTooMany(rows).map((row) =>
    withTitle({
      title: titles[row],
      sku: skus[row],
      productId: ids[row],
      quantity: decimal(quantities[row]),
      price: decimal(prices[row]),
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
  const fields = new Map<string, string>();
  let answers = 0;
  const put = (label: string | undefined, value: unknown): void => {
    answers += 1;
    const written = label === undefined ? '' : answerText(value);
    if (label !== undefined && written !== '') fields.set(label, written);
  };
  for (const object of objects) {
    for (const answer of list(object, 'submissions'))
      put(text(answer, 'label'), at(answer, 'value'));
    for (const key of Object.keys(object)) {
      if (key.startsWith('field:')) put(asText(key.slice('field:'.length)), object[key]);
    }
  }
  const id = pick('form_id', 'formId');
  const name = pick('form_name', 'formName');
  if ((id ?? name ?? submissionId) === undefined && answers === 0) return undefined;
  return { id, name, fields: Object.fromEntries(fields) };
}

/** An answer as text: several choices with commas; '' for none. */
const answerText = (value: unknown): string =>
  typeof value === 'boolean' ? `${value}` : (asText(value) ?? texts(value).join(', '));
