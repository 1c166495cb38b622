// The schema of `labels:` in rules.yml. Build-time only.
import * as z from 'zod';
import { DURATION, durationMs } from '../../standing/duration.ts';
import { MAX_NAMES, type StandingDefinition } from '../config.ts';
import { labelName } from '../label-name.ts';
import { cel, label, numberOfNames } from './words.ts';

/** Of any type: else what is wrong with `after: 7` would be that it is no text. */
const duration = z
  .unknown()
  .refine((given) => typeof given === 'string' && durationMs(given) !== undefined, {
    error: 'must be a time such as 30m, 12h, 7d or 2w',
  })
  .transform(String)
  .meta({ type: 'string', pattern: DURATION.source });

/** What keys go together is checked beside it (labels.ts): a schema would report a slip in a key twice. */
export const StandingEntry = z
  .strictObject({
    label: label
      .describe('The label that is on a contact exactly while `while` is true.')
      .exactOptional(),
    while: cel.describe('A CEL condition over `history`, for `label`.').exactOptional(),
    oneOf: z
      .record(z.string(), cel)
      .refine((tiers) => Object.keys(tiers).length >= 2, 'needs two labels or more')
      .describe(
        'Labels, each with its CEL condition over `history`: the first whose condition is true is on, and no other.',
      )
      .exactOptional(),
    each: cel
      .describe('A CEL expression over `history` that gives the names: a list of texts, or a text.')
      .exactOptional(),
    most: numberOfNames(MAX_NAMES)
      .describe('How many names `each` may give one contact. limits.computedLabels, when left out.')
      .exactOptional(),
    after: duration
      .describe('The label comes when its condition has held for so long: 30m, 12h, 7d, 2w.')
      .exactOptional(),
  })
  .meta({
    oneOf: [{ required: ['label', 'while'] }, { required: ['oneOf'] }, { required: ['each'] }],
  });

/** @param most names that `each` may give where the entry says nothing */
export function standingDefinition(
  entry: z.output<typeof StandingEntry>,
  most: number,
): StandingDefinition {
  const afterMs = entry.after === undefined ? undefined : durationMs(entry.after);
  return { ...definitionOf(entry, most), ...(afterMs !== undefined && { afterMs }) };
}

function definitionOf(entry: z.output<typeof StandingEntry>, most: number): StandingDefinition {
  if (entry.oneOf !== undefined) {
    return { oneOf: Object.entries(entry.oneOf).map(([name, when]) => [labelName(name), when]) };
  }
  if (entry.each !== undefined) return { each: entry.each, most: entry.most ?? most };
  return { label: entry.label ?? '', while: entry.while ?? '' };
}
