import * as z from 'zod/mini';
import { Fact } from '../history/fact.ts';
import { LabelJob } from './job.ts';

/**
 * Why a contact is looked at without an event: a label may change by time alone, the definitions were edited, its
 * history was imported, somebody asked for it, or the shop that sent a part of it wants that erased.
 */
export const REVIEW_CAUSES = ['due', 'definitions', 'import', 'asked', 'erasure'] as const;
export type ReviewCause = (typeof REVIEW_CAUSES)[number];

/** A job of a deployment with standing labels: besides what rules want, what the customer did. */
export const StandingJob = z.extend(LabelJob, {
  v: z.literal(2),
  facts: z.array(Fact),
  review: z.optional(z.enum(REVIEW_CAUSES)),
  /** Contacts that were merged into the one of the job. */
  merged: z.optional(z.array(z.string())),
  /** `person`: everything about the person is to be erased. `source`: what the source of the job sent about anybody. */
  erase: z.optional(z.enum(['person', 'source'])),
});
export type StandingJob = z.infer<typeof StandingJob>;

/** What the queue holds. Version 1 has no facts. */
export const AnyJob = z.union([LabelJob, StandingJob]);
export type AnyJob = LabelJob | StandingJob;
