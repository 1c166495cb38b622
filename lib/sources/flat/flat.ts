import { type EventType, GUID } from '../../events/event.ts';
import { firstOf, type JsonObject } from '../payload/access.ts';
import { type ContactDraft, type EventDraft, MAX_KEYS } from '../payload/draft.ts';
import { hasName, isoTime } from '../payload/fields.ts';
import type { Unheard } from '../source.ts';
import { eventName, meantType, typeNamed } from './event-names.ts';
import {
  answeringContact,
  firstEmail,
  flatContact,
  foreignContact,
  looksForeign,
} from './flat-contact.ts';
import { FlatFields, pickerOf, yesOrNo } from './flat-keys.ts';
import { readBought, readTexts } from './flat-order.ts';
import { type FilledForm, formOf } from './form.ts';
import { answersOf } from './form-answers.ts';

/**
 * The flat schema: what an automation tool can fill in without nesting, one field a value, lists with
 * commas (docs/sources.md has the table), and the bodies of form tools. The shapes that Wix Automations were
 * seen to post are read too; Wix documents none of them.
 */
export interface FlatDraft extends Omit<EventDraft, 'data' | 'hint'> {
  /** What distinguishes events without an id: the id of a form's submission. */
  readonly subject: string | undefined;
}

/** The places of the schema's fields: the body, `data` and `payload`, and Webflow's `payload.data`. */
function placesOf(body: JsonObject): readonly FlatFields[] {
  const top = new FlatFields(body);
  const around = ['data', 'payload'].flatMap((key) => top.object(key) ?? []);
  return [top, ...around, ...around.flatMap((place) => place.object('data') ?? [])];
}

/** Reads the flat schema from the body and from around its data; a text says what is wrong. */
export function readFlat(body: JsonObject): FlatDraft | string {
  const places = placesOf(body);
  if (places.some(({ source }) => Object.keys(source).length > MAX_KEYS)) {
    return `the body has an object of more than ${MAX_KEYS} fields: send it in parts`;
  }
  const pick = pickerOf(places);
  const known = flatContact(places);
  const wrong = checkIds(known);
  if (wrong !== undefined) return wrong;

  const event = eventName(places);
  const form = formOf(places, answersOf(body), event);
  const isKnown = [known.email, known.phone, known.contactId, known.memberId].some(Boolean);
  const foreign = isKnown ? undefined : foreignContact(places);
  const isForeign = !isKnown && !form?.isMarked && (foreign !== undefined || looksForeign(places));
  const bought = isForeign ? {} : readBought(pick, isKnown);
  const tags = readTexts('tags', pick.any('tags'));
  if (typeof bought === 'string') return bought;
  if (typeof tags === 'string') return tags;

  const topic = event ?? (form?.isMarked ? 'form.submitted' : 'custom');
  const type = isForeign ? 'custom' : typeOf(topic, form);
  return {
    id: pick.text('event_id'),
    subject: form?.submissionId,
    types: [type],
    topic,
    occurredAt: timeOf(places, form?.isMarked === true && bought.order === undefined),
    test: yesOrNo(pick.any('test')) === true,
    contact: withLater(known, form && answeringContact(form.answers), foreign),
    tags,
    ...bought,
    form: form && !isForeign ? { id: form.id, name: form.name, fields: form.fields } : undefined,
    unheard: type === 'custom' ? unheardOf(topic, isForeign) : undefined,
  };
}

/** The person, with what only a later place has; both names come from one place. */
function withLater(
  known: ContactDraft,
  ...later: readonly (ContactDraft | undefined)[]
): ContactDraft {
  const all = [known, ...later.filter((one) => one !== undefined)];
  const named = all.find(hasName);
  return {
    ...known,
    email: firstEmail(all.map(({ email }) => email)),
    phone: firstOf(all, ({ phone }) => phone),
    firstName: named?.firstName,
    lastName: named?.lastName,
  };
}

function typeOf(topic: string, form: FilledForm | undefined): EventType {
  const named = typeNamed(topic);
  if (named !== undefined) return named;
  return form?.isMarked && saysSubmitted(topic) ? 'form.submitted' : 'custom';
}

/** Whether a sender's own name means a complete answer; one that is partial, changed or deleted is no submission. */
const saysSubmitted = (topic: string): boolean =>
  /form|response|submi|survey|answer/i.test(topic) &&
  !/partial|start|draft|abandon|delet|updat|view|disqualif/i.test(topic);

/** What the delivery is where no rule listens: its name is nearly Earmark's, or means something else there. */
function unheardOf(topic: string, isForeign: boolean): Unheard | undefined {
  const named = typeNamed(topic);
  const meant = named ?? meantType(topic);
  if (meant === undefined || meant === 'custom' || (named && !isForeign)) return undefined;
  const reason = isForeign
    ? `the event is called "${topic}", but its data is not in the flat schema, so it may mean something else: send email, order_id, total and so on, or write a rule with topics`
    : `the event is called "${topic.slice(0, 100)}": did you mean ${meant}? Send that, or name yours in the topics of a rule`;
  return { kind: 'unreadable', reason };
}

/** A wrong id must not label another contact by its e-mail instead. */
function checkIds({ contactId, memberId }: ContactDraft): string | undefined {
  const ids = Object.entries({ contact_id: contactId, member_id: memberId });
  const wrong = ids.find(([, id]) => id !== undefined && !GUID.test(id))?.[0];
  return (
    wrong &&
    `${wrong} is not a Wix id (a GUID): send Wix's own id, or leave ${wrong} out and send the e-mail`
  );
}

/** When the event itself happened. */
const HAPPENED =
  'occurred_at submission_time submitted_at submitted_date event_time timestamp'.split(' ');
/** When something was made, which may be an order of last year: right in an envelope, and in a form. */
const MADE = ['created_at', 'date_created', 'created', 'date'];

/** An unreadable time costs the time alone. */
function timeOf(places: readonly FlatFields[], isForm: boolean): string | undefined {
  const first = (fields: readonly FlatFields[], keys: readonly string[]): string | undefined =>
    firstOf(fields, (place) => firstOf(keys, (key) => isoTime(place.get(key))));
  const responses = places.flatMap((place) => place.object('form_response') ?? []);
  const envelope = places.length > 1 ? places.slice(0, 1) : [];
  return first([...places, ...responses], HAPPENED) ?? first(isForm ? places : envelope, MADE);
}
