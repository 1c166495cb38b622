import { emailAsked } from '../flat/flat-contact.ts';
import { isOwn } from '../flat/form-answers.ts';
import { asText, isObject, type JsonObject, text } from '../payload/access.ts';
import type { EntityDraft } from '../payload/draft.ts';
import { readEmail, splitName } from '../payload/fields.ts';

/** What was filled in, as text: structures (an address, several choices) as JSON. */
const filledIn = (values: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isObject(values) ? values : {})
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

const named = (fields: Record<string, string>, key: RegExp): string | undefined =>
  asText(Object.entries(fields).find(([name]) => key.test(name))?.[1]);

/** The phone number among the answers, if there is only one: of several nobody knows whose they are. */
function phoneAmong(fields: Record<string, string>): string | undefined {
  const found = Object.entries(fields)
    .filter(([key]) => /^(?:field:)?phone/i.test(key) && isOwn(key))
    .map(([, value]) => asText(value))
    .filter((phone) => phone !== undefined);
  const [phone, ...others] = new Set(found);
  return others.length === 0 ? phone : undefined;
}

/**
 * A form submission. `contactId` is null until Wix has mapped the submission to a contact; then it sends
 * `submission_contact_mapped` (@wix/auto_sdk_forms_submissions 1.0.164, checked 2026-11-21).
 */
export function formSubmitted(submission: JsonObject): EntityDraft {
  const fields = filledIn(submission.submissions);
  const whole = splitName(named(fields, /^(?:field:)?(?:full_?)?name/i));
  const answers = Object.entries(fields).map(([label, value]) => ({ label, value }));
  const contact = {
    contactId: text(submission, 'contactId'),
    memberId: text(submission, 'submitter.memberId'),
    email: readEmail(emailAsked(answers)),
    phone: phoneAmong(fields),
    firstName: named(fields, /^(?:field:)?first_?name/i) ?? whole.firstName,
    lastName: named(fields, /^(?:field:)?last_?name/i) ?? whole.lastName,
  };
  const { contactId, memberId, email, phone } = contact;
  return {
    types: (contactId ?? memberId ?? email ?? phone) === undefined ? [] : ['form.submitted'],
    hint: 'the submission names nobody yet: subscribe to submission_contact_mapped',
    contact,
    form: { id: text(submission, 'formId'), fields },
  };
}

export const formMapped = (body: JsonObject): EntityDraft => ({
  types: ['form.submitted'],
  contact: { contactId: text(body, 'contactId') },
  form: { id: text(body, 'formId'), fields: {} },
});
