import type { Amount, Condition, Text, TextMap, Texts } from '../authoring/forms.ts';
import { firstEmail, joinedEmails } from '../flat/flat-contact.ts';
import { isBlank, plain, shown } from '../flat/flat-keys.ts';
import { answerText } from '../flat/form-answers.ts';
import { asText, at, firstOf, isObject, type JsonObject } from '../payload/access.ts';
import { upToTooMany } from '../payload/draft.ts';
import { codes, decimal, fromMinorUnits, sumOf, textMap, texts } from '../payload/fields.ts';

/** Where places are looked up: the whole body, and the element that paths begin at. */
export interface Scope {
  readonly body: JsonObject;
  readonly here: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

type OneOf<T> = Exclude<T, readonly unknown[]>;

export const asList = <T>(value: T | readonly T[] | undefined): readonly T[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
};

/** What stands at a place (`place` of the schema); undefined for nothing. */
export function valueAt({ body, here, headers }: Scope, place: string): unknown {
  if (place === '.') return here;
  if (place.startsWith('header ')) return headers[place.slice('header '.length)];
  return place.startsWith('/') ? at(body, place.slice(1)) : at(here, place);
}

/** A scalar as it is written in a source's file: true and false are words there. */
const wordAt = (scope: Scope, place: string): string | undefined => {
  const value = valueAt(scope, place);
  return typeof value === 'boolean' ? String(value) : asText(value);
};

/** Whether all of a condition holds; none always does. */
export const holds = (scope: Scope, condition: Condition = {}): boolean =>
  Object.entries(condition).every(([place, wanted]) => {
    if (typeof wanted === 'object' && 'given' in wanted) {
      return !isBlank(valueAt(scope, place)) === wanted.given;
    }
    const word = wordAt(scope, place);
    return asList(wanted).some((one) => String(one) === word);
  });

/** The elements at a place: of a list, of an object whose keys count (PHP's lists), or the one that is there. */
export function elementsAt(scope: Scope, place: string): readonly Scope[] {
  const value = valueAt(scope, place);
  const isCounted =
    isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every(isCount);
  const elements = isCounted ? Object.values(value) : isBlank(value) ? [] : asList(value);
  return upToTooMany(elements).map((here) => ({ ...scope, here }));
}

/** Whether a key is the number of an element, as PHP writes lists. */
export const isCount = (key: string): boolean => /^\d{1,6}$/.test(key);

/** The first text that one of the forms finds. */
export const textIn = (scope: Scope, form: Text | undefined): string | undefined =>
  firstOf(asList(form), (one) => oneTextIn(scope, one));

/** The same for a name or a title, which people see. */
export const shownIn = (scope: Scope, form: Text | undefined): string | undefined =>
  firstOf(asList(form), (one) => shown(oneTextIn(scope, one)));

function oneTextIn(scope: Scope, form: OneOf<Text>): string | undefined {
  if (typeof form === 'string') return plain(valueAt(scope, form));
  if ('constant' in form) return String(form.constant);
  if ('table' in form) {
    const word = wordAt(scope, form.of) ?? '';
    return Object.hasOwn(form.table, word) ? form.table[word] : undefined;
  }
  if ('join' in form) {
    const parts = form.join.map((part) => oneTextIn(scope, part));
    return parts.every((part) => part !== undefined) ? parts.join(form.with) : undefined;
  }
  const { find, when, same = {}, take } = form;
  const isSame = (element: Scope): boolean =>
    Object.entries(same).every(([path, place]) => {
      const wanted = wordAt(scope, place);
      return wanted !== undefined && wordAt(element, path) === wanted;
    });
  const fits = (element: Scope): boolean => holds(element, when) && isSame(element);
  return firstOf(elementsAt(scope, find).filter(fits), (one) => plain(valueAt(one, take)));
}

/** The first e-mail that names somebody; several in one list are nobody's. */
export const emailIn = (scope: Scope, form: Text | undefined): string | undefined =>
  firstEmail(
    asList(form).map((one) => {
      const value = typeof one === 'string' ? valueAt(scope, one) : undefined;
      return Array.isArray(value)
        ? joinedEmails(value.map(plain).filter((each) => each !== undefined))
        : oneTextIn(scope, one);
    }),
  );

/** The first amount that one of the forms finds, in major units of the currency. */
export const amountIn = (
  scope: Scope,
  form: Amount | undefined,
  currency?: string,
): number | undefined => firstOf(asList(form), (one) => oneAmountIn(scope, one, currency));

function oneAmountIn(
  scope: Scope,
  form: OneOf<Amount>,
  currency: string | undefined,
): number | undefined {
  if (typeof form === 'string') return decimal(plain(valueAt(scope, form)));
  if ('constant' in form) return decimal(form.constant);
  if ('minor' in form) return fromMinorUnits(plain(valueAt(scope, form.minor)), currency);
  if ('hundredths' in form) {
    const number = decimal(plain(valueAt(scope, form.hundredths)));
    return number === undefined ? undefined : number / 100;
  }
  const { sum, of } = form;
  const elements = elementsAt(scope, sum);
  return elements.length === 0
    ? undefined
    : sumOf(elements.map((element) => oneAmountIn(element, of, currency)));
}

/** All texts that the forms find, each once; undefined where there is none. */
export function textsIn(scope: Scope, form: Texts | undefined): readonly string[] | undefined {
  return codes(
    asList(form).flatMap((one) => {
      if (typeof one !== 'string') {
        return elementsAt(scope, one.each).map((element) => shownIn(element, one.take));
      }
      return texts(valueAt(scope, one)).map(shown);
    }),
  );
}

/** All names and values that the forms find; undefined where there is none. */
export const textMapIn = (
  scope: Scope,
  form: TextMap | undefined,
): Record<string, string> | undefined =>
  textMap(
    asList(form).flatMap((one) => {
      if (typeof one !== 'string') {
        return elementsAt(scope, one.each).map(
          (element) => [shownIn(element, one.name), answerIn(element, one.value)] as const,
        );
      }
      const value = valueAt(scope, one);
      if (!isObject(value)) return [];
      return Object.keys(value).map(
        (name) => [name, answerText(value[name]) || undefined] as const,
      );
    }),
  );

/** A value as text: of several choices all, with commas. */
const answerIn = (scope: Scope, form: Text): string | undefined =>
  firstOf(asList(form), (one) =>
    typeof one === 'string' ? answerText(valueAt(scope, one)) || undefined : oneTextIn(scope, one),
  );
