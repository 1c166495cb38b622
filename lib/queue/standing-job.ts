import * as z from 'zod/mini';
import { HISTORY_PARTS } from './history-parts.ts';
import { LabelJob } from './job.ts';

/** A job of a deployment with standing labels: besides what rules want, what the customer did. */
const StandingJob = z.extend(LabelJob, { v: z.literal(2), ...HISTORY_PARTS });

/** Reads what the queue holds where there are standing labels: a job of either version. Version 1 has no facts. */
export const AnyJob = {
  safeParse: (value: unknown) =>
    ((value as { v?: unknown } | null | undefined)?.v === 2 ? StandingJob : LabelJob).safeParse(
      value,
    ),
};
