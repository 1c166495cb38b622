// The forms in which a source's file says where a value stands. Build-time only.
import * as z from 'zod';

export const place = z
  .string()
  .min(1)
  .describe(
    'Where a value stands: a path into the body (`data.items.0.name`), `.` for the body itself, or `header NAME`. Within `each` a path begins at the element; `/data.currency` begins at the body again.',
  );
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What must hold of a body: all of it. */
export const Condition = z
  .record(place, z.union([scalar, z.array(scalar).min(1), z.strictObject({ given: z.boolean() })]))
  .describe(
    'What must hold, all of it: a place has this value, or one of these, or `given: true` for any value.',
  );
export type Condition = z.infer<typeof Condition>;

const Constant = z.strictObject({ constant: scalar }).describe('The same value in every delivery.');
const Find = z
  .strictObject({
    find: place.describe('A list of objects.'),
    when: Condition.describe('What must hold of the element; paths begin at it.').optional(),
    same: z
      .record(place, place)
      .describe('A path in the element, and the place in the body that has the same value.')
      .optional(),
    take: place.describe('What is taken of the first such element.'),
  })
  .describe('The first element of a list that fits.');
const Join = z
  .strictObject({
    join: z.array(z.union([place, Constant])).min(2),
    with: z.string().default(' ').describe('What stands between; a blank by default.'),
  })
  .describe('Several values as one text. There is none where one of them is missing.');
const Table = z
  .strictObject({ of: place, table: z.record(z.string(), z.string()) })
  .describe("The sender's word, and what it is called here. There is none for any other word.");
const oneText = z.union([place, Constant, Find, Join, Table]);
export const Text = z
  .union([oneText, z.array(oneText).min(1)])
  .describe('A text: of several places the first that holds one.');
export type Text = z.infer<typeof Text>;

const oneAmount = z.union([
  place,
  Constant,
  z.strictObject({ minor: place }).describe('In minor units of the currency: cents, or whole yen.'),
  z.strictObject({ hundredths: place }).describe('In hundredths, whatever the currency.'),
  z
    .strictObject({
      sum: place.describe('A list.'),
      of: z.union([place, z.strictObject({ minor: place }), z.strictObject({ hundredths: place })]),
    })
    .describe('The sum over the elements of a list.'),
]);
export const Amount = z
  .union([oneAmount, z.array(oneAmount).min(1)])
  .describe('An amount in major units: of several places the first that holds one.');
export type Amount = z.infer<typeof Amount>;

const oneList = z.union([place, z.strictObject({ each: place, take: oneText })]);
export const Texts = z
  .union([oneList, z.array(oneList).min(1)])
  .describe('Texts: a list, a text with commas, or one of each element. Of several places all.');
export type Texts = z.infer<typeof Texts>;

const oneMap = z.union([place, z.strictObject({ each: place, name: Text, value: Text })]);
export const TextMap = z
  .union([oneMap, z.array(oneMap).min(1)])
  .describe(
    'Names and texts: an object, or a name and a value of each element. Of several places all.',
  );
export type TextMap = z.infer<typeof TextMap>;
