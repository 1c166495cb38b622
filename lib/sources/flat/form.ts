import { firstOf, isObject } from '../payload/access.ts';
import { MAX_PARTS } from '../payload/draft.ts';
import { PERSON } from './flat-contact.ts';
import { canonical, type FlatFields } from './flat-keys.ts';
import { answerText, type FormAnswer, isToolsOwn } from './form-answers.ts';

/** A form, and whether the body says that it is one. */
export interface FilledForm {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly submissionId: string | undefined;
  readonly isMarked: boolean;
  /** Everything that was filled in; the person is read from it. */
  readonly answers: readonly FormAnswer[];
}

const ID = ['form_id', 'survey_id'];
const NAME = ['form_name', 'form_title', 'survey_title', 'survey_name'];
const SUBMISSION = ['submission_id', 'response_id', 'token'];

const EVENT = `event type event_type event_name event_id occurred_at submission_time submitted_at submitted_date
  event_time timestamp created_at date_created test tags id meta respondent_id form_mode
  contact form record`;
const ORDER = `order_id order_number total amount currency products product_ids skus quantities quantity prices price
  discount_codes discount_code coupon_code shipping_country payment_method channel refunded_total attributes`;
const SUBSCRIPTION = 'plan plan_id subscription_id subscription_status interval plan_price';
/** The flat keys that are no answers: the schema's own, and structures that are read by themselves. */
const OWN = new Set(
  [
    ...[...PERSON, ...ID, ...NAME, ...SUBMISSION],
    ...[EVENT, ORDER, SUBSCRIPTION].flatMap((keys) => keys.split(/\s+/)),
  ].map(canonical),
);
/**
 * The form in a body. There is one where the body says so, where the event is `form.submitted`, and where it names
 * no event and has fields of its own. The flat keys that have no other meaning are what was filled in.
 */
export function formOf(
  places: readonly FlatFields[],
  answers: readonly FormAnswer[],
  event: string | undefined,
): FilledForm | undefined {
  const first = (keys: readonly string[]) =>
    firstOf(places, (place) => place.text(...keys) ?? place.object('form_response')?.text(...keys));
  const form = firstOf(places, (place) => place.object('form'));
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
    if (fields.size > MAX_PARTS) break;
    if (value !== '' && !fields.has(label)) fields.set(label, value);
  }
  const submissionId = isMarked ? first(SUBMISSION) : undefined;
  // With more fields than an event may hold it is refused, and its person does not matter.
  const person = fields.size > MAX_PARTS ? [] : all;
  return { id, name, fields: Object.fromEntries(fields), submissionId, isMarked, answers: person };
}

/** Typeform: `form_response.definition.title`. */
const formTitle = (places: readonly FlatFields[]): string | undefined =>
  firstOf(places, (place) => place.object('form_response')?.object('definition')?.text('title'));

function left({ source }: FlatFields): readonly FormAnswer[] {
  return Object.keys(source).flatMap((key) => {
    const value = source[key];
    const isList = Array.isArray(value) && value.some(isObject);
    if (isObject(value) || isList || isNoAnswer(key)) return [];
    const text = answerText(value);
    return text === '' ? [] : [{ label: key.trim(), value: text }];
  });
}

function isNoAnswer(key: string): boolean {
  if (key.trim() === '' || key.startsWith('field:')) return true;
  const name = canonical(key);
  if (OWN.has(name) || isToolsOwn(name)) return true;
  return name.startsWith('contact') && key.includes('.');
}
