import * as z from 'zod/mini';
import { Fact } from '../history/fact.ts';

/**
 * Why a contact is looked at without an event: a label may change by time alone, the definitions were edited, its
 * history was imported, somebody asked for it, or the shop that sent a part of it wants that erased.
 */
const REVIEW_CAUSES = ['due', 'definitions', 'import', 'asked', 'erasure'] as const;
export type ReviewCause = (typeof REVIEW_CAUSES)[number];

/** What a job holds for the history of a contact. */
export const HISTORY_PARTS = {
  /** What the customer did. */
  facts: z.array(Fact),
  review: z.optional(z.enum(REVIEW_CAUSES)),
  /** Contacts that were merged into the one of the job. */
  merged: z.optional(z.array(z.string())),
  /** `person`: everything about the person is to be erased. `source`: what the source of the job sent about anybody. */
  erase: z.optional(z.enum(['person', 'source'])),
};
type Parts = typeof HISTORY_PARTS;
export interface HistoryParts {
  readonly facts: z.infer<Parts['facts']>;
  readonly review?: z.infer<Parts['review']>;
  readonly merged?: z.infer<Parts['merged']>;
  readonly erase?: z.infer<Parts['erase']>;
}
