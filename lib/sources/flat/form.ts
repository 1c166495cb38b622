import { MAX_FIELDS } from '../payload/draft.ts';
import { isObject } from '../payload/json.ts';
import { PERSON } from './flat-contact.ts';
import { canonical, type Fields } from './flat-keys.ts';
import { ABOUT, type Answer, answerText } from './form-answers.ts';

/** A form, and whether the body says that it is one. */
export interface Form {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly submissionId: string | undefined;
  readonly isMarked: boolean;
  /** All that was filled in: what the person is read from. */
  readonly answers: readonly Answer[];
}

const ID = ['form_id', 'survey_id'];
const NAME = ['form_name', 'form_title', 'survey_title', 'survey_name'];
const SUBMISSION = ['submission_id', 'response_id', 'token'];

/** The flat keys that are no answers: the schema's own. */
const OWN = new Set(
  [
    ...[
      ...PERSON,
      ...ID,
      ...NAME,
      ...SUBMISSION,
      'form_mode',
      'event_id',
      'test',
      'tags',
      'id',
      'meta',
    ],
    ...[
      'event',
      'type',
      'event_type',
      'event_name',
      'occurred_at',
      'submission_time',
      'submitted_at',
    ],
    ...['submitted_date', 'event_time', 'timestamp', 'created_at', 'date_created', 'respondent_id'],
    ...[
      'order_id',
      'order_number',
      'total',
      'amount',
      'currency',
      'products',
      'product_ids',
      'skus',
    ],
    ...['quantities', 'quantity', 'prices', 'price', 'plan', 'plan_id', 'subscription_id'],
    ...[
      'subscription_status',
      'interval',
      'plan_price',
      'discount_codes',
      'discount_code',
      'coupon_code',
    ],
    ...['shipping_country', 'payment_method', 'channel', 'refunded_total', 'attributes'],
  ].map(canonical),
);
/** Structures around the answers, which are read by themselves. */
const PARTS = new Set(
  'fields answers responses submissions questions pages formresponse formfields formdata namedvalues hidden contact form data payload submission response body rawrequest record questionsandanswers'.split(
    ' ',
  ),
);

/**
 * The form in a body: it has one where it says so, where the event is `form.submitted`, and where it names no
 * event and has fields of its own. What is left of the flat keys is what was filled in.
 */
export function formOf(
  places: readonly Fields[],
  answers: readonly Answer[],
  event: string | undefined,
): Form | undefined {
  const first = (keys: readonly string[]): string | undefined => {
    for (const place of places) {
      const found = place.text(...keys) ?? place.object('form_response')?.text(...keys);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const form = places.map((place) => place.object('form')).find((one) => one !== undefined);
  const id = first(ID) ?? form?.text('id');
  const name = first(NAME) ?? form?.text('name') ?? formTitle(places);
  const marks = [id, name, first(SUBMISSION.slice(0, 2)), first(['form_mode'])];
  const isMarked = answers.length > 0 || marks.some((mark) => mark !== undefined);
  const isForm = isMarked || event === undefined || event === 'form.submitted';
  if (!isForm) return undefined;
  const all = [...answers, ...places.flatMap(left)];
  if (!isMarked && all.length === 0 && event === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const { label, value } of all) {
    if (fields.size > MAX_FIELDS) break;
    if (value !== '' && !fields.has(label)) fields.set(label, value);
  }
  const submissionId = isMarked ? first(SUBMISSION) : undefined;
  // With more fields than an event may hold it is refused, whoever it is of.
  const person = fields.size > MAX_FIELDS ? [] : all;
  return { id, name, fields: Object.fromEntries(fields), submissionId, isMarked, answers: person };
}

/** Typeform: `form_response.definition.title`. */
const formTitle = (places: readonly Fields[]): string | undefined =>
  places
    .map((place) => place.object('form_response')?.object('definition')?.text('title'))
    .find((title) => title !== undefined);

function left({ source }: Fields): readonly Answer[] {
  return Object.keys(source).flatMap((key) => {
    const label = key.trim();
    const name = canonical(key);
    if (
      label === '' ||
      key.startsWith('field:') ||
      OWN.has(name) ||
      ABOUT.has(name) ||
      PARTS.has(name)
    )
      return [];
    if (name.startsWith('contact') && key.includes('.')) return [];
    const value = source[key];
    const text = isObject(value)
      ? ''
      : Array.isArray(value) && value.some(isObject)
        ? ''
        : answerText(value);
    return text === '' ? [] : [{ label, value: text, kind: undefined }];
  });
}
