import type { EventType } from '../../events/event.ts';
import { GUID } from '../../events/event.ts';
import { type Draft, MAX_KEYS } from '../payload/draft.ts';
import { isoTime } from '../payload/fields.ts';
import type { JsonObject } from '../payload/json.ts';
import type { Unheard } from '../source.ts';
import { eventName, meantType, typeNamed } from './event-names.ts';
import {
  answeringContact,
  firstEmail,
  flatContact,
  foreignContact,
  looksForeign,
} from './flat-contact.ts';
import { readTexts } from './flat-items.ts';
import { Fields, type Picker, pickerOf, yesOrNo } from './flat-keys.ts';
import { readMoney, readOrder, readSubscription } from './flat-order.ts';
import { type Form, formOf } from './form.ts';
import { answersOf } from './form-answers.ts';

/**
 * The flat schema: what an automation tool can fill in without nesting, one field a value, lists with
 * commas (docs/sources.md has the table), and the bodies of form tools. The shapes that Wix Automations were
 * seen to post are read too; Wix documents none of them.
 */
export interface Flat extends Omit<Draft, 'id' | 'data' | 'types'> {
  readonly type: EventType;
  /** The sender's own id of the event. */
  readonly id: string | undefined;
  /** What to tell events apart by where there is none: the id of a form's submission. */
  readonly subject: string | undefined;
  /** What the delivery is where no rule listens: a name that is nearly Earmark's, or means something else. */
  readonly unheard: Unheard | undefined;
}

/** The places of the schema's fields: the body, `data` and `payload`, and Webflow's `payload.data`. */
function placesOf(body: JsonObject): readonly Fields[] {
  const top = new Fields(body);
  const around = ['data', 'payload'].flatMap((key) => top.object(key) ?? []);
  return [top, ...around, ...around.flatMap((place) => place.object('data') ?? [])];
}

/** Reads the flat schema from the body and what is around its data; a text is what is wrong. */
export function readFlat(body: JsonObject): Flat | string {
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
  const problem = [bought, tags].find((one) => typeof one === 'string');
  if (typeof bought === 'string' || typeof tags === 'string') return String(problem);

  const topic = event ?? (form?.isMarked ? 'form.submitted' : 'custom');
  const type = isForeign ? 'custom' : typeOf(topic, form);
  return {
    id: pick.text('event_id'),
    subject: form?.submissionId,
    type,
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

/** A text is what is wrong. */
function readBought(pick: Picker, isKnown: boolean): Pick<Flat, 'order' | 'subscription'> | string {
  const money = readMoney(pick, isKnown);
  if (typeof money === 'string') return money;
  const order = readOrder(pick, money);
  if (typeof order === 'string') return order;
  return { order, subscription: readSubscription(pick, money.isSound) };
}

type Contact = Draft['contact'];

/** The person with what a later place has and the ones before have not; names are of one place. */
function withLater(known: Contact, ...later: readonly (Contact | undefined)[]): Contact {
  const all = [known, ...later.filter((one) => one !== undefined)];
  const named = all.find(({ firstName, lastName }) => Boolean(firstName ?? lastName));
  return {
    ...known,
    email: firstEmail(all.map(({ email }) => email)),
    phone: all.find(({ phone }) => phone !== undefined)?.phone,
    firstName: named?.firstName,
    lastName: named?.lastName,
  };
}

function typeOf(topic: string, form: Form | undefined): EventType {
  const named = typeNamed(topic);
  if (named !== undefined) return named;
  return form?.isMarked && saysSubmitted(topic) ? 'form.submitted' : 'custom';
}

/** A sender's own name for an answer that is complete; what is partial, changed or deleted is no submission. */
const saysSubmitted = (topic: string): boolean =>
  /form|response|submi|survey|answer/i.test(topic) &&
  !/partial|start|draft|abandon|delet|updat|view|disqualif/i.test(topic);

function unheardOf(topic: string, isForeign: boolean): Unheard | undefined {
  const named = typeNamed(topic);
  const meant = named ?? meantType(topic);
  if (meant === undefined || meant === 'custom') return undefined;
  if (isForeign) {
    return unheard(
      `the event is called "${topic}", but its data is not in the flat schema, so it may mean something else: ` +
        'send email, order_id, total and so on, or write a rule with topics',
    );
  }
  return named === undefined
    ? unheard(
        `the event is called "${topic.slice(0, 100)}": did you mean ${meant}? Send that, or name yours in the topics of a rule`,
      )
    : undefined;
}

const unheard = (reason: string): Unheard => ({ kind: 'unreadable', reason });

/** A wrong id must not label another contact by its e-mail instead. */
function checkIds({ contactId, memberId }: Contact): string | undefined {
  const fields = [
    ['contact_id', contactId],
    ['member_id', memberId],
  ] as const;
  const wrong = fields.find(([, id]) => id !== undefined && !GUID.test(id))?.[0];
  return wrong === undefined
    ? undefined
    : `${wrong} is not a Wix id (a GUID): send Wix's own id, or leave ${wrong} out and send the e-mail`;
}

/** Of what happened itself. */
const HAPPENED = [
  'occurred_at',
  'submission_time',
  'submitted_at',
  'submitted_date',
  'event_time',
  'timestamp',
];
/** Of a thing that was made, which may be an order of last year: right of an envelope, and of a form. */
const MADE = ['created_at', 'date_created', 'created', 'date'];

/** An unreadable time costs the time alone. */
function timeOf(places: readonly Fields[], isForm: boolean): string | undefined {
  const first = (fields: readonly Fields[], keys: readonly string[]): string | undefined =>
    fields
      .flatMap((place) => keys.map((key) => isoTime(place.get(key))))
      .find((time) => time !== undefined);
  const responses = places.flatMap((place) => place.object('form_response') ?? []);
  const envelope = places.length > 1 ? places.slice(0, 1) : [];
  return first([...places, ...responses], HAPPENED) ?? first(isForm ? places : envelope, MADE);
}
