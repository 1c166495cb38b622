import type * as z from 'zod/mini';
import { parseJson } from '../lib/runtime/json.ts';
import { unbroken } from '../lib/runtime/visible.ts';
import { isObject } from '../lib/sources/payload/access.ts';
import { type Style, styled } from '../terminal/writer.ts';
import { DeliveryFields, EventFields, JobFields, UndecidedFields } from './log-lines.ts';

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

type EmailOf = (contactId: string) => string | undefined;

/**
 * What a developer is shown of a line that a function wrote, on one line, for a `cleanWriter`; undefined for
 * what says nothing to them. `emailOf` finds the e-mail address of a contact, where the engine can know it.
 */
export function renderLine(
  functionName: string,
  line: string,
  paint: Paint,
  emailOf: EmailOf,
): string | undefined {
  const value = parseJson(line);
  if (!isObject(value)) {
    return line.trim() === '' ? undefined : unbroken(paint.dim(`${functionName}: ${line}`));
  }
  const text = renderEntry(functionName, value, paint, emailOf);
  return text && unbroken(text);
}

function renderEntry(
  functionName: string,
  entry: Readonly<Record<string, unknown>>,
  paint: Paint,
  emailOf: EmailOf,
): string | undefined {
  const { source = '', topic = '' } = EventFields.parse(entry);
  const event = `${source} ${topic}`.trim() || 'delivery';
  if (entry.message === 'job') {
    return `${event} → ${renderJob(JobFields.parse(entry), paint, emailOf)}`;
  }
  if (entry.message === 'delivery') {
    const delivery = DeliveryFields.parse(entry);
    if (delivery.status !== 'queued') return `${event} → ${renderDelivery(delivery, paint)}`;
    // What was queued is not worth a line, for the job's own follows; the rules that failed are.
    return (
      delivery.failedRules && `${event} → ${paint.bad(`dead letter: ${delivery.failedRules}`)}`
    );
  }
  if (entry.message === 'standing-undecided') {
    const { definition = '', reason } = UndecidedFields.parse(entry);
    return `${event} → ${paint.bad(`undecided: ${definition.replace(/^label:/, '')}: ${reason}`)}`;
  }
  const { time: _, level, _aws: __, message, ...fields } = entry;
  if (level !== 'warn' && level !== 'error') return undefined;
  return paint.bad(`${functionName}: ${message} ${JSON.stringify(fields)}`);
}

function renderJob(job: z.infer<typeof JobFields>, paint: Paint, emailOf: EmailOf): string {
  const { contactId, added, removed, inPlace, superseded } = job;
  const why = [
    job.reason,
    job.operation && `(${job.operation} ${job.httpStatus ?? job.networkCode ?? 'no answer'})`,
  ];
  const reason = why.filter(Boolean).join(' ');
  if (job.outcome === 'retry') return `again in ${job.delaySeconds} s: ${reason}`;
  if (job.outcome === 'dead-letter') {
    return paint.bad(`dead letter: ${reason}${job.detail ? `. ${job.detail}` : ''}`);
  }
  if (!contactId) {
    return job.facts
      ? 'remembered until there is such a contact'
      : `nothing done: ${job.reason ?? 'no contact'}`;
  }
  const labels = [...added, ...removed.map((name) => `without ${name}`)].join(', ');
  const same = [
    inPlace.length > 0 && `${inPlace.join(', ')} as before`,
    superseded.length > 0 && `${superseded.join(', ')} left alone, a later event was here before`,
  ].filter(Boolean);
  const email = emailOf(contactId);
  const who = `contact ${contactId.slice(0, 8)}…${email ? ` (${email})` : ''}`;
  const unchanged = job.facts ? 'remembered' : 'nothing to change';
  return `${paint.good(labels || same.join('; ') || unchanged)} → ${who}`;
}

function renderDelivery(
  { status = '', httpStatus = 200, ...line }: z.infer<typeof DeliveryFields>,
  paint: Paint,
): string {
  const reason = line.reason ?? line.failedRules ?? line.error;
  const answer = httpStatus === 200 ? '' : ` (${httpStatus})`;
  const text = `${status}${answer}${reason ? `: ${reason}` : ''}`;
  return ['duplicate', 'ignored', 'ping'].includes(status) ? text : paint.bad(text);
}
