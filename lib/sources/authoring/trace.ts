// Where each field of a source's file is found in a delivery. It asks the reader's own functions, one place after the
// other, so that the reader need not know of it.

import type { Explanation } from '../../yaml/explain-schema.ts';
import type { Description } from '../described/description.ts';
import type { Meaning } from '../described/reader.ts';
import { meaningFor, scopeOf } from '../described/reader.ts';
import {
  amountIn,
  asList,
  elementsAt,
  emailIn,
  holds,
  isCount,
  type Scope,
  textIn,
  textMapIn,
  textsIn,
  valueAt,
} from '../described/values.ts';
import { isBlank, yesOrNo } from '../flat/flat-keys.ts';
import { answersAt } from '../flat/form-answers.ts';
import { currencyCode } from '../payload/fields.ts';
import type { Delivery } from '../source.ts';
import { type Form, placeIn, wordsFor } from './form-words.ts';
import type { Items } from './schema.ts';

type Path = Explanation['path'];

/** What became of one field of a file. */
export interface FieldTrace {
  /** `contact.email`, `order.items.0.title`. */
  readonly field: string;
  /** Where the file describes it, and how. */
  readonly path: Path;
  readonly form: unknown;
  readonly value?: string;
  /** The places that it was found at; several where all of a list count. */
  readonly found: readonly string[];
  /** The places that were looked at in vain, with what they hold instead. */
  readonly inVain: readonly string[];
}

export interface Traced {
  readonly topic: string | undefined;
  readonly meaning: Partial<Meaning> | undefined;
  readonly fields: readonly FieldTrace[];
}

/** Where a file's fields are found in a delivery; the reason where its body cannot be read. */
export function traceDelivery(description: Description, delivery: Delivery): Traced | string {
  const scope = scopeOf(delivery);
  if (typeof scope === 'string') return scope;
  const { event, events } = description;
  const around = fieldsOf({ scope, where: '', field: 'event', path: ['event'] }, event);
  const topic = textIn(scope, event.topic);
  if (topic === undefined) return { topic, meaning: undefined, fields: around };
  const meaning = meaningFor(description, topic, scope);
  const meanings = Object.hasOwn(events, topic) ? events[topic] : undefined;
  const index = Array.isArray(meanings) ? meanings.indexOf(meaning as Meaning) : undefined;
  const inMeaning = ['events', topic, ...(index === undefined ? [] : [index])];
  const sectionAt = (section: Section): readonly FieldTrace[] => {
    const own = meaning?.[section];
    const path = own === undefined ? [section] : [...inMeaning, section];
    const form = own ?? description[section];
    if (form === undefined) return [];
    const at = { scope, where: '', field: section, path };
    if (section === 'tags') return [fieldOf(at, 'texts', form)];
    const currency = currencyFor(section, scope, description, meaning);
    return fieldsOf({ ...at, currency }, form as object);
  };
  return { topic, meaning, fields: [...around, ...SECTIONS.flatMap(sectionAt)] };
}

const SECTIONS = ['contact', 'order', 'subscription', 'form', 'tags'] as const;
type Section = (typeof SECTIONS)[number];

function currencyFor(
  section: Section,
  scope: Scope,
  description: Description,
  meaning: Partial<Meaning> = {},
): string | undefined {
  const order = (meaning.order ?? description.order)?.currency;
  const own = (meaning.subscription ?? description.subscription)?.currency;
  const first = section === 'subscription' ? textIn(scope, own) : undefined;
  return currencyCode(first) ?? currencyCode(textIn(scope, order));
}

/** Where a form stands in the file, and where its places begin in the body. */
interface At {
  readonly scope: Scope;
  /** The path of the element that places begin at; empty for the body. */
  readonly where: string;
  readonly field: string;
  readonly path: Path;
  readonly currency?: string | undefined;
}

/** How the reader reads a field; every other is a text. */
const KINDS: Readonly<Record<string, Kind>> = {
  email: 'email',
  ...{ total: 'amount', refundedTotal: 'amount', price: 'amount', quantity: 'amount' },
  ...{ tags: 'texts', discountCodes: 'texts' },
  ...{ attributes: 'map', options: 'map', fields: 'map' },
  ...{ acceptsMarketing: 'flag', answers: 'answers', test: 'condition' },
};
type Kind = 'text' | 'email' | 'amount' | 'texts' | 'map' | 'flag' | 'answers' | 'condition';

function fieldsOf(at: At, section: object): readonly FieldTrace[] {
  return Object.entries(section).flatMap(([key, form]): readonly FieldTrace[] => {
    if (form === undefined) return [];
    const inner = { ...at, field: `${at.field}.${key}`, path: [...at.path, key] };
    if (key === 'items' || key === 'refundedItems') return itemsOf(inner, form);
    if (key === 'interval' && typeof form === 'object' && 'unit' in form)
      return fieldsOf(inner, form);
    return [fieldOf(inner, KINDS[key] ?? 'text', form)];
  });
}

function itemsOf(at: At, form: Items | readonly Items[]): readonly FieldTrace[] {
  return asList(form).flatMap((list, nth) => {
    const { each, when, ...fields } = list;
    const path = Array.isArray(form) ? [...at.path, nth] : at.path;
    const place = placeIn(at.where, each);
    const begins = each === '.' ? at.where : place;
    const keys = keysAt(valueAt(at.scope, each));
    const elements = elementsAt(at.scope, each)
      .map((scope, i) => ({
        scope,
        where: keys[i] === undefined ? begins : `${begins}.${keys[i]}`,
      }))
      .filter(({ scope }) => holds(scope, when));
    const held = elements.length > 0;
    const trace: FieldTrace = {
      ...{ field: at.field, path: [...path, 'each'], form: each },
      ...(held && { value: String(elements.length) }),
      ...{ found: held ? [place] : [], inVain: held ? [] : [place] },
    };
    const ofElement = ({ scope, where }: Pick<At, 'scope' | 'where'>, i: number) =>
      fieldsOf({ ...at, scope, where, path, field: `${at.field}.${i}` }, fields);
    return [trace, ...elements.flatMap(ofElement)];
  });
}

/** The keys of the elements at a place; none where it is one element itself. */
function keysAt(value: unknown): readonly string[] {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.every(isCount) ? keys : [];
}

function fieldOf(at: At, kind: Kind, form: unknown): FieldTrace {
  const { field, path } = at;
  if (kind === 'condition') return { field, path, form, ...conditionOf(at, form as never) };
  const forms = asList(form) as readonly Form[];
  const isAll = kind === 'texts' || kind === 'map' || kind === 'answers';
  const read = forms.map((one) => ({ one, value: readWith(at, kind, one) }));
  const first = read.findIndex(({ value }) => value !== undefined);
  const looked = isAll || first < 0 ? read : read.slice(0, first + 1);
  const values = looked.flatMap(({ value }) => value ?? []);
  return {
    ...{ field, path, form },
    ...(values.length > 0 && { value: values.join(', ') }),
    found: looked.flatMap(({ one, value }) =>
      value === undefined ? [] : [wordsFor(one, at.where)],
    ),
    inVain: looked.flatMap(({ one, value }) =>
      value === undefined ? [missed(at, kind, one)] : [],
    ),
  };
}

function conditionOf({ scope, where }: At, condition: Readonly<Record<string, never>>) {
  const places = Object.keys(condition);
  const isThere = (place: string): boolean => !isBlank(valueAt(scope, place));
  return {
    ...(holds(scope, condition) && { value: 'true' }),
    found: places.filter(isThere).map((place) => placeIn(where, place)),
    inVain: places.filter((place) => !isThere(place)).map((place) => placeIn(where, place)),
  };
}

/** What the reader finds with one of the forms of a field. */
function readWith({ scope, currency }: At, kind: Kind, form: Form): string | undefined {
  switch (kind) {
    case 'email':
      return emailIn(scope, form as never);
    case 'amount':
      return amountIn(scope, form as never, currency)?.toString();
    case 'texts':
      return textsIn(scope, form as never)?.join(', ');
    case 'map':
      return entriesText(textMapIn(scope, form as never));
    case 'flag':
      return yesOrNo(valueAt(scope, form as string))?.toString();
    case 'answers': {
      const answers = answersAt(scope.body, valueAt(scope, form as string));
      return answers.length === 0 ? undefined : answers.map(({ label }) => label).join(', ');
    }
    default:
      return textIn(scope, form as never);
  }
}

const entriesText = (map: Readonly<Record<string, string>> = {}): string | undefined =>
  Object.entries(map)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ') || undefined;

/** A place that gave nothing, and why where something stands there. */
function missed({ scope, where, currency }: At, kind: Kind, form: Form): string {
  const words = wordsFor(form, where);
  const place = typeof form === 'string' ? form : (form.minor ?? form.hundredths ?? form.of);
  if (typeof place !== 'string') return words;
  const value = valueAt(scope, place);
  if (isBlank(value)) return words;
  if (kind === 'amount' && typeof form !== 'string' && form.minor && currency === undefined) {
    return `${words}, without a currency`;
  }
  const written = JSON.stringify(value);
  return `${words}, which holds ${written.length > 40 ? `${written.slice(0, 39)}…` : written}`;
}
