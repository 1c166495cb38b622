import * as z from 'zod/mini';
import { HISTORY_PARTS } from './history-parts.ts';
import { LabelJob } from './job.ts';

/** A job of a deployment with standing labels: besides what rules want, what the customer did. */
const StandingJob = z.extend(LabelJob, { v: z.literal(2), ...HISTORY_PARTS });

/** What the queue holds where there are standing labels. Version 1 has no facts. */
export const AnyJob = z.union([LabelJob, StandingJob]);
