import { isObject, type JsonObject, list, text } from '../payload/access.ts';
import { asked, canonical, fromJson, isBlank, plain } from './flat-keys.ts';

/** One answer of a form: what was asked, and what was answered, as text. */
export interface FormAnswer {
  readonly label: string;
  readonly value: string;
  /** `email`, `phone` … where the form says what kind of field it is. */
  readonly kind?: string | undefined;
}

/** Where form tools keep the list of their answers, or an object of them (docs/sources.md names the tools). */
const LISTS = new Set(
  'fields answers responses submissions questions questionsandanswers formfields formdata namedvalues hidden pages'.split(
    ' ',
  ),
);
/** The keys around such a list. */
const AROUND = new Set('data formresponse payload submission response body rawrequest'.split(' '));
const MAX_AROUND = 3;
/** Those of them that hold the answers themselves, by their keys: Formspree, Jotform. */
const BARE = new Set(['submission', 'response', 'rawrequest']);
/** What tools write about an answer, and what nobody filled in. */
const ABOUT = new Set(
  'submissionid submissiontime submittedat responseid createdat updatedat modifiedat datemodified datecreated responsestatus triggerevent triggertype eventtype eventname alertname slug formid'.split(
    ' ',
  ),
);

/** Whether a form tool writes this (canonical) key of its own accord: it is no answer itself. */
export const isToolsOwn = (name: string): boolean =>
  LISTS.has(name) || AROUND.has(name) || ABOUT.has(name);

const LABEL =
  'label question title heading headings.0.heading name key field.title field.label'.split(' ');
const REFERENCE = ['ref', 'field.ref', 'field.id', 'id', 'questionid', 'slug'];
const VALUE =
  'value answer text email phone_number phone number boolean date url choice choices simple_text response answers values'.split(
    ' ',
  );

/** The answers in a body, wherever a form tool puts them. */
export function answersOf(body: JsonObject): readonly FormAnswer[] {
  const titles = titlesIn(body);
  const look = (object: JsonObject, depth: number): readonly FormAnswer[] =>
    Object.keys(object).flatMap((key) => {
      const value = object[key];
      const name = canonical(key);
      const own = key.startsWith('field:') ? answer(key.slice('field:'.length), value) : [];
      const isList = LISTS.has(name) || (name === 'data' && Array.isArray(value));
      if (isList) return [...own, ...answersIn(fromJson(value), titles)];
      const inner = depth < MAX_AROUND && AROUND.has(name) ? fromJson(value) : undefined;
      if (!isObject(inner)) return own;
      return [...own, ...look(inner, depth + 1), ...(BARE.has(name) ? bareAnswers(inner) : [])];
    });
  return look(body, 0);
}

/** The answers in one list, or in an object of them; the body may hold the questions apart. */
export const answersAt = (body: JsonObject, value: unknown): readonly FormAnswer[] =>
  answersIn(fromJson(value), titlesIn(body));

const bareAnswers = (object: JsonObject): readonly FormAnswer[] =>
  Object.keys(object).flatMap((key) =>
    isToolsOwn(canonical(key)) ? [] : answer(key, object[key]),
  );

type Titles = ReadonlyMap<string, string>;

/** Typeform keeps the questions apart from the answers, under the same id. */
function titlesIn(body: JsonObject): Titles {
  const response = isObject(body.form_response) ? body.form_response : body;
  const titles = new Map<string, string>();
  for (const field of list(response.definition, 'fields')) {
    const [id, title] = [text(field, 'id'), text(field, 'title')];
    if (id !== undefined && title !== undefined) titles.set(id, title);
  }
  return titles;
}

function answersIn(value: unknown, titles: Titles): readonly FormAnswer[] {
  if (Array.isArray(value)) return value.filter(isObject).flatMap((one) => answerIn(one, titles));
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const entry = value[key];
    return isObject(entry) && holdsValue(entry) ? answerIn(entry, titles, key) : answer(key, entry);
  });
}

const holdsValue = (entry: JsonObject): boolean => {
  const keys = lowered(entry);
  return VALUE.some((name) => Object.hasOwn(keys, name));
};

/** An entry with its keys in lower case, whatever the case they came in. */
function lowered(entry: JsonObject): JsonObject {
  const keys = Object.keys(entry);
  if (!keys.some((key) => /[A-Z\s]/.test(key))) return entry;
  const others = keys.map((key) => [key.trim().toLowerCase(), entry[key]] as const);
  return { ...Object.fromEntries(others), ...entry };
}

function answerIn(given: JsonObject, titles: Titles, key?: string): readonly FormAnswer[] {
  const entry = lowered(given);
  // SurveyMonkey has the questions on pages.
  if (Array.isArray(entry.questions)) return answersIn(entry.questions, titles);
  const label =
    text(entry, ...LABEL) ??
    titles.get(text(entry, 'field.id') ?? '') ??
    key ??
    text(entry, ...REFERENCE);
  const held = VALUE.find((name) => !isBlank(entry[name]));
  const kind = text(entry, 'type', 'field.type');
  const value = phoneIn(entry) ?? (held && chosen(entry, entry[held]));
  return label === undefined ? [] : answer(label, value, kind);
}

/** Jotform's phone in its parts: half of a number may be somebody else's. */
function phoneIn(entry: JsonObject): string | undefined {
  const [area, phone] = [text(entry, 'area'), text(entry, 'phone')];
  if (area === undefined || phone === undefined) return undefined;
  const country = text(entry, 'country')?.replace(/^\+?(?=\d)/, '+');
  return [country, area, phone].filter(Boolean).join(' ');
}

/** Tally answers with the ids of options; Typeform with the options. */
function chosen(entry: JsonObject, value: unknown): unknown {
  if (!Array.isArray(entry.options) || !Array.isArray(value)) return value;
  const names = new Map(
    entry.options.map((option) => [text(option, 'id'), text(option, 'text', 'label', 'name')]),
  );
  return value.map((one) => names.get(plain(one)) ?? one);
}

/** A label without a value is an answer, too: then there is a form, and it is empty. */
function answer(label: string, value: unknown, kind?: string): readonly FormAnswer[] {
  const trimmed = label.trim();
  return trimmed === '' ? [] : [{ label: trimmed, value: answerText(value), kind }];
}

/** An answer as text: several choices with commas, the parts of a name with blanks; '' for none. */
export function answerText(value: unknown): string {
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return value.map(answerText).filter(Boolean).join(', ');
  if (!isObject(value)) return plain(value) ?? '';
  const one =
    phoneIn(value) ?? text(value, 'label', 'simple_text', 'text', 'value', 'other', 'full');
  if (one !== undefined) return one;
  if (Array.isArray(value.labels)) return answerText(value.labels);
  return [text(value, 'first'), text(value, 'last')].filter(Boolean).join(' ');
}

/** Labels that speak of somebody else than the submitter. */
const OTHERS =
  /friend|\brefer|recommend|spouse|husband|wife\b|partner|parent|mother|father|\bmom\b|\bdad\b|sibling|guardian|manager|supervisor|boss|organi[sz]er|\bhost|owner|staff|assigned|assignee|agent|sales|sender|\bfrom\b|\bb?cc\b|reply|emergency|colleague|recipient|gift|child|employee|emp?loyer|support|admin|notif|second(?:ary)?\b|alternat/i;

const words = (label: string): string =>
  label.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/[_\-.[\]]+/g, ' ');

/** Whether a label asks for something of the submitter's own. */
export const isOwn = (label: string): boolean => !OTHERS.test(words(label));

/** The word a label comes to: `Your e-mail (2)` is `email`. */
export const personWord = (label: string): string => asked(label).replace(/\d+$/, '');

const EMAIL_WORD =
  /^(?:work|business|company|contact|billing|primary|personal|customer|user|client|confirm)?e?mail(?:address|adresse|id)?$/;

/** How surely an answer is the submitter's own e-mail: 0 is surest; undefined where it is not one. */
export function emailRank({ label, kind }: FormAnswer): number | undefined {
  if (!isOwn(label)) return undefined;
  const word = personWord(label);
  if (EMAIL_WORD.test(word)) return 0;
  if (word.startsWith('email')) return 1;
  return word.includes('email') || /email/i.test(kind ?? '') ? 2 : undefined;
}

const PHONE_WORD =
  /^(?:contact|work|home|primary|daytime|customer)?(?:(?:mobile|cell|tele)?phone|mobile|cell|tel|whatsapp)(?:number|no|nr)?$|^contactn(?:umber|o)$/;

export const isPhone = ({ label, kind }: FormAnswer): boolean =>
  isOwn(label) && (PHONE_WORD.test(personWord(label)) || /phone|^tel$/i.test(kind ?? ''));
