import * as z from 'zod/mini';
import type { JobField, JobLineField } from '../lib/labelling/job-line.ts';
import type { DeliveryLine } from '../lib/receiving/delivery-line.ts';

// What a line lacks, or has in another form than this version writes, is left out.
const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
const number = z.catch(z.optional(z.number()), undefined);
const texts = z.catch(z.array(z.string()), []);

/** Which event a line of either function is about. */
export const EventFields = z.object({
  source: text,
  topic: text,
  eventId: text,
  jobId: text,
  order: text,
  group: text,
  types: texts,
} satisfies Partial<Record<keyof DeliveryLine | JobField, z.ZodMiniType>>);

/** What the line `standing-undecided` reports. */
export const UndecidedFields = z.object({ definition: text, reason: text });

/** What the line `delivery` reports; its type says what each field means. */
export const DeliveryFields = z.object({
  status: text,
  httpStatus: number,
  reason: text,
  error: text,
  failedRules: text,
  rules: texts,
  add: texts,
  remove: texts,
} satisfies Partial<Record<keyof DeliveryLine, z.ZodMiniType>>);

/** What the line `job` reports; its type says what each field means. */
export const JobFields = z.object({
  outcome: text,
  receives: number,
  contactId: text,
  added: texts,
  removed: texts,
  inPlace: texts,
  superseded: texts,
  reason: text,
  detail: text,
  operation: text,
  answer: text,
  httpStatus: number,
  networkCode: text,
  wixCode: text,
  wixRequestId: text,
  delaySeconds: number,
  lateSeconds: number,
  facts: number,
  review: text,
  standing: texts,
} satisfies Record<JobLineField, z.ZodMiniType>);
