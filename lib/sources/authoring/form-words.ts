/** One of the forms that say where a value stands (schema.ts), all of them in one. */
export type Form =
  | string
  | {
      readonly constant?: unknown;
      readonly find?: string;
      readonly take?: Form;
      readonly join?: readonly Form[];
      readonly of?: Form;
      readonly table?: object;
      readonly minor?: string;
      readonly hundredths?: string;
      readonly sum?: string;
      readonly each?: string;
      readonly value?: Form | readonly Form[];
    };

/** A place as it stands in the body. @param where the path of the element that it begins at; empty for the body */
export function placeIn(where: string, place: string): string {
  if (place === '.') return where || 'the body';
  if (place.startsWith('header ')) return place;
  if (place.startsWith('/')) return place.slice(1);
  return where === '' ? place : `${where}.${place}`;
}

/** A form in words: `data.items.0.price in minor units`. */
export function wordsFor(form: Form, where: string): string {
  if (typeof form === 'string') return placeIn(where, form);
  const { constant, find, take, join, of, table, minor, hundredths, sum, each } = form;
  if (constant !== undefined) return `the constant ${constant}`;
  if (find !== undefined) {
    return `${placeIn(where, find)}, of the first that fits ${wordsFor(take ?? '.', '')}`;
  }
  if (join !== undefined) return join.map((one) => wordsFor(one, where)).join(' + ');
  if (table !== undefined) return `${wordsFor(of ?? '.', where)}, by the table`;
  if (minor !== undefined) return `${placeIn(where, minor)} in minor units`;
  if (hundredths !== undefined) return `${placeIn(where, hundredths)} in hundredths`;
  if (sum !== undefined) return `${placeIn(where, sum)}, the sum of ${wordsFor(of ?? '.', '')}`;
  const inner = take ?? asOne(form.value);
  return `${placeIn(where, each ?? '.')}, of each ${wordsFor(inner, '')}`;
}

const asOne = (form: Form | readonly Form[] = '.'): Form =>
  Array.isArray(form) ? (form[0] ?? '.') : (form as Form);
