import { isObject, type JsonObject, text } from '../payload/json.ts';
import { asked, canonical, fromJson, isBlank, plain } from './flat-keys.ts';

/** One answer of a form: what was asked, and what was answered, as text. */
export interface Answer {
  readonly label: string;
  readonly value: string;
  /** `email`, `phone` … where the form says what kind of field it is. */
  readonly kind: string | undefined;
}

/** Where form tools keep the list of their answers, or an object of them (docs/sources.md names the tools). */
const LISTS = new Set(
  'fields answers responses submissions questions questionsandanswers formfields formdata namedvalues hidden pages'.split(
    ' ',
  ),
);
/** What stands around it. */
const AROUND = new Set('data formresponse payload submission response body rawrequest'.split(' '));
const MAX_AROUND = 3;
/** Of those, what holds the answers themselves by their keys: Formspree, Jotform. */
const BARE = new Set(['submission', 'response', 'rawrequest']);
/** What tools write about an answer, and nobody filled in. */
export const ABOUT: ReadonlySet<string> = new Set(
  'submissionid submissiontime submittedat responseid createdat updatedat modifiedat datemodified datecreated responsestatus triggerevent triggertype eventtype eventname alertname slug formid'.split(
    ' ',
  ),
);

function bareAnswers(object: JsonObject, found: Answer[]): void {
  for (const key of Object.keys(object)) {
    const name = canonical(key);
    if (!LISTS.has(name) && !AROUND.has(name) && !ABOUT.has(name))
      put(found, key, object[key], undefined);
  }
}

const LABEL = [
  'label',
  'question',
  'title',
  'heading',
  'headings.0.heading',
  'name',
  'key',
  'field.title',
  'field.label',
];
const REFERENCE = ['ref', 'field.ref', 'field.id', 'id', 'questionid', 'slug'];
const VALUE =
  'value answer text email phone_number phone number boolean date url choice choices simple_text response answers values'.split(
    ' ',
  );

/** The answers in a body, wherever a form tool puts them. */
export function answersOf(body: JsonObject): readonly Answer[] {
  const titles = new Map<string, string>();
  const found: Answer[] = [];
  const look = (object: JsonObject, depth: number): void => {
    for (const key of Object.keys(object)) {
      if (key.startsWith('field:')) put(found, key.slice('field:'.length), object[key], undefined);
      const name = canonical(key);
      const isRows = name === 'data' && Array.isArray(object[key]);
      if (LISTS.has(name) || isRows) answersIn(fromJson(object[key]), titles, found);
      else if (depth < MAX_AROUND && AROUND.has(name)) {
        const inner = fromJson(object[key]);
        if (!isObject(inner)) continue;
        look(inner, depth + 1);
        if (BARE.has(name)) bareAnswers(inner, found);
      }
    }
  };
  readTitles(body, titles);
  look(body, 0);
  return found;
}

/** Typeform keeps the questions apart from the answers, under one id. */
function readTitles(body: JsonObject, titles: Map<string, string>): void {
  const response = isObject(body.form_response) ? body.form_response : body;
  const definition = response.definition;
  const fields = isObject(definition) && Array.isArray(definition.fields) ? definition.fields : [];
  for (const field of fields) {
    const [id, title] = [text(field, 'id'), text(field, 'title')];
    if (id !== undefined && title !== undefined) titles.set(id, title);
  }
}

function answersIn(value: unknown, titles: Titles, found: Answer[]): void {
  if (Array.isArray(value)) {
    for (const entry of value) if (isObject(entry)) answerIn(entry, undefined, titles, found);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const entry = value[key];
      if (isObject(entry) && holdsValue(entry)) {
        answerIn(entry, key, titles, found);
      } else put(found, key, entry, undefined);
    }
  }
}

const holdsValue = (entry: JsonObject): boolean => {
  const keys = lowered(entry);
  return VALUE.some((name) => Object.hasOwn(keys, name));
};

type Titles = ReadonlyMap<string, string>;

/** An entry with its keys in lower case, whatever the case they came in. */
function lowered(entry: JsonObject): JsonObject {
  const keys = Object.keys(entry);
  if (!keys.some((key) => /[A-Z\s]/.test(key))) return entry;
  const others = keys.map((key) => [key.trim().toLowerCase(), entry[key]] as const);
  return { ...Object.fromEntries(others), ...entry };
}

function answerIn(
  given: JsonObject,
  key: string | undefined,
  titles: Titles,
  found: Answer[],
): void {
  const entry = lowered(given);
  // SurveyMonkey has the questions on pages.
  if (Array.isArray(entry.questions)) {
    for (const question of entry.questions) {
      if (isObject(question)) answerIn(question, undefined, titles, found);
    }
    return;
  }
  const label =
    text(entry, ...LABEL) ??
    titles.get(text(entry, 'field.id') ?? '') ??
    key ??
    text(entry, ...REFERENCE);
  const held = VALUE.find((name) => !isBlank(entry[name]));
  const kind = text(entry, 'type', 'field.type');
  if (label !== undefined) put(found, label, held && chosen(entry, entry[held]), kind);
}

/** Tally answers with the ids of options; Typeform with the options. */
function chosen(entry: JsonObject, value: unknown): unknown {
  if (!Array.isArray(entry.options) || !Array.isArray(value)) return value;
  const names = new Map(
    entry.options.map((option) => [text(option, 'id'), text(option, 'text', 'label', 'name')]),
  );
  return value.map((one) => names.get(plain(one)) ?? one);
}

/** `submissions` of labels that have no value are answers all the same: then the form is there, and empty. */
function put(found: Answer[], label: string, value: unknown, kind: string | undefined): void {
  const trimmed = label.trim();
  if (trimmed !== '') found.push({ label: trimmed, value: answerText(value), kind });
}

/** An answer as text: several choices with commas, the parts of a name with blanks; '' for none. */
export function answerText(value: unknown): string {
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return value.map(answerText).filter(Boolean).join(', ');
  if (!isObject(value)) return plain(value) ?? '';
  const one = text(value, 'label', 'simple_text', 'text', 'value', 'other', 'full');
  if (one !== undefined) return one;
  if (Array.isArray(value.labels)) return answerText(value.labels);
  return ['first', 'last']
    .map((part) => text(value, part))
    .filter(Boolean)
    .join(' ');
}

/** Labels that speak of somebody else than the one who fills the form in. */
const OTHERS =
  /friend|\brefer|recommend|spouse|husband|wife\b|partner|parent|mother|father|\bmom\b|\bdad\b|sibling|guardian|manager|supervisor|boss|organi[sz]er|\bhost|owner|staff|assigned|assignee|agent|sales|sender|\bfrom\b|\bb?cc\b|reply|emergency|colleague|recipient|gift|child|employee|emp?loyer|support|admin|notif|second(?:ary)?\b|alternat/i;

const words = (label: string): string =>
  label.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/[_\-.[\]]+/g, ' ');

/** Whether a label asks for what is the submitter's own. */
export const isOwn = (label: string): boolean => !OTHERS.test(words(label));

/** The word a label comes to: `Your e-mail (2)` is `email`. */
export const personWord = (label: string): string => asked(label).replace(/\d+$/, '');

const EMAIL_WORD =
  /^(?:work|business|company|contact|billing|primary|personal|customer|user|client|confirm)?e?mail(?:address|adresse|id)?$/;

/** How surely an answer is the submitter's own e-mail: 0 surest; undefined where it is none at all. */
export function emailRank({ label, kind }: Answer): number | undefined {
  if (!isOwn(label)) return undefined;
  const word = personWord(label);
  if (EMAIL_WORD.test(word)) return 0;
  if (word.startsWith('email')) return 1;
  return word.includes('email') || /email/i.test(kind ?? '') ? 2 : undefined;
}

const PHONE_WORD =
  /^(?:contact|work|home|primary|daytime|customer)?(?:(?:mobile|cell|tele)?phone|mobile|cell|tel|whatsapp)(?:number|no|nr)?$|^contactn(?:umber|o)$/;

export const isPhone = ({ label, kind }: Answer): boolean =>
  isOwn(label) && (PHONE_WORD.test(personWord(label)) || /phone|^tel$/i.test(kind ?? ''));
