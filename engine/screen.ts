import * as z from 'zod/mini';
import type {
  JobField,
  JobLineField,
  JobLine as JobLineWritten,
} from '../lib/labelling/job-line.ts';
import { parseJson } from '../lib/runtime/json.ts';
import { unbroken } from '../lib/runtime/visible.ts';
import { isObject } from '../lib/sources/payload/access.ts';
import { type Style, styled } from '../terminal/writer.ts';

/** Styles for a `cleanWriter`; none off a terminal, or with NO_COLOR (no-color.org). */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

export function createPaint(coloured: boolean): Paint {
  const wrap = (style: Style) => (text: string) => (coloured ? styled(style, text) : text);
  return { good: wrap('green'), bad: wrap('red'), dim: wrap('dim') };
}

const names = z._default(z.array(z.string()), []);
const optionalText = z.optional(z.string());

/** The two lines that report what became of an event, as far as they are shown. */
const DeliveryLine = z.object({
  message: z.literal('delivery'),
  status: z.string(),
  source: optionalText,
  topic: optionalText,
  httpStatus: z.optional(z.number()),
  reason: optionalText,
  failedRules: optionalText,
  error: optionalText,
});
const JobLine = z.object({
  message: z.literal('job'),
  outcome: z.enum(['done', 'retry', 'dead-letter'] satisfies JobLineWritten['outcome'][]),
  source: z.string(),
  topic: z.string(),
  contactId: optionalText,
  added: names,
  removed: names,
  inPlace: names,
  superseded: names,
  reason: optionalText,
  detail: optionalText,
  delaySeconds: z.optional(z.number()),
  operation: optionalText,
  networkCode: optionalText,
  httpStatus: z.optional(z.number()),
} satisfies Partial<Record<'message' | JobField | JobLineField, z.ZodMiniType>>);
const TroubleLine = z.object({ level: z.enum(['warn', 'error']), message: z.string() });

/**
 * What a developer is shown of a line that a function wrote, on one line, for a `cleanWriter`; undefined for
 * what says nothing to them. `emailOf` finds the e-mail address of a contact, where the engine can know it.
 */
export function describeLine(...about: Parameters<typeof describe>): string | undefined {
  const text = describe(...about);
  return text === undefined ? undefined : unbroken(text);
}

function describe(
  functionName: string,
  line: string,
  paint: Paint,
  emailOf: (contactId: string) => string | undefined,
): string | undefined {
  const value = parseJson(line);
  if (!isObject(value))
    return line.trim() === '' ? undefined : paint.dim(`${functionName}: ${line}`);
  const job = z.safeParse(JobLine, value);
  if (job.success) return describeJob(job.data, paint, emailOf);
  const delivery = z.safeParse(DeliveryLine, value);
  if (delivery.success) return describeDelivery(delivery.data, paint);
  const trouble = z.safeParse(TroubleLine, value);
  if (!trouble.success) return undefined;
  const { time: _, level: __, _aws: ___, message, ...fields } = value;
  return paint.bad(`${functionName}: ${message} ${JSON.stringify(fields)}`);
}

function describeJob(
  { source, topic, ...job }: z.infer<typeof JobLine>,
  paint: Paint,
  emailOf: (contactId: string) => string | undefined,
): string {
  const event = `${source} ${topic}`;
  const why = [
    job.reason,
    job.operation && `(${job.operation} ${job.httpStatus ?? job.networkCode ?? 'no answer'})`,
  ];
  const reason = why.filter(Boolean).join(' ');
  if (job.outcome === 'retry') return `${event} → again in ${job.delaySeconds} s: ${reason}`;
  if (job.outcome === 'dead-letter') {
    const detail = job.detail ? `. ${job.detail}` : '';
    return `${event} → ${paint.bad(`dead letter: ${reason}${detail}`)}`;
  }
  if (!job.contactId) return `${event} → nothing done: ${job.reason ?? 'no contact'}`;
  const labels = [...job.added, ...job.removed.map((name) => `without ${name}`)].join(', ');
  const same = [
    job.inPlace.length > 0 && `${job.inPlace.join(', ')} as before`,
    job.superseded.length > 0 &&
      `${job.superseded.join(', ')} left alone, a later event was here before`,
  ].filter(Boolean);
  const email = emailOf(job.contactId);
  const who = `contact ${job.contactId.slice(0, 8)}…${email ? ` (${email})` : ''}`;
  return `${event} → ${paint.good(labels || same.join('; ') || 'nothing to change')} → ${who}`;
}

/** A queued delivery is not worth a line: the job's own follows. */
function describeDelivery(
  {
    source,
    topic,
    status,
    httpStatus,
    failedRules,
    error,
    reason = failedRules ?? error,
  }: z.infer<typeof DeliveryLine>,
  paint: Paint,
): string | undefined {
  if (status === 'queued') return undefined;
  const event = [source, topic].filter(Boolean).join(' ') || 'delivery';
  const answer = httpStatus === undefined || httpStatus === 200 ? '' : ` (${httpStatus})`;
  const text = `${status}${answer}${reason ? `: ${reason}` : ''}`;
  const fine = ['duplicate', 'ignored', 'ping'].includes(status);
  return `${event} → ${fine ? text : paint.bad(text)}`;
}
