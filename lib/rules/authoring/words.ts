// What stands in several places of rules.yml. Build-time only.
import * as z from 'zod';
import { labelName } from '../label-name.ts';

export const cel = z.string().refine((text) => text.trim() !== '', 'the expression is empty');

export const label = z
  .string()
  .refine((text) => labelName(text) !== '', 'a label needs a name: this one is blank')
  .transform(labelName)
  .describe('A label name. Blanks are folded, and over 180 characters it is cut.');

/** A whole number of names. @param most what one event may bring */
export const numberOfNames = (most: number) =>
  z
    .number()
    .refine(
      (given) => Number.isInteger(given) && given >= 1 && given <= most,
      `must be a whole number from 1 to ${most}`,
    );
