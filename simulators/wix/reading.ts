import type * as z from 'zod/mini';
import { type FieldViolation, type SimulatedAnswer, validationError } from './answers.ts';

/** A value of the wanted shape, or the 400 to answer with. */
export type BodyReading<T> =
  | { readonly value: T; readonly refusal?: never }
  | { readonly refusal: SimulatedAnswer; readonly value?: never };

/** Wix's names for what was violated, by the code of zod's issue. Only MAX and FORMAT are documented. */
function violatedRule(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return issue.origin === 'array' ? 'MIN_SIZE' : 'MIN_LENGTH';
  if (issue.code === 'too_big') return issue.origin === 'array' ? 'MAX_SIZE' : 'MAX_LENGTH';
  return issue.code === 'invalid_format' ? 'FORMAT' : 'OTHER';
}

function toViolation(issue: z.core.$ZodIssue): FieldViolation {
  const rule = violatedRule(issue);
  return {
    field: issue.path.join('.'),
    description: `does not have the shape it should (${rule})`,
    violatedRule: rule,
  };
}

export function read<T>(schema: z.ZodMiniType<T>, value: unknown): BodyReading<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  return { refusal: validationError(parsed.error.issues.map(toViolation)) };
}
