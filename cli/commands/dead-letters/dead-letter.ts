import type { Message } from '@aws-sdk/client-sqs';
import type { DeadLetterInfo } from '../../../lib/queue/dead-letter.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { KeptDelivery, keptBody } from '../../../lib/queue/kept-delivery.ts';
import { BODY_LIMIT_BYTES } from '../../../lib/queue/message.ts';
import { AnyJob } from '../../../lib/queue/standing-job.ts';
import { parseJson } from '../../../lib/runtime/json.ts';
import { many, span } from '../../kit/words.ts';
import { NO_REASON } from './reasons.ts';

/** What a dead letter holds: a job, a raw delivery, or a message that is neither. */
type Content =
  | { readonly kind: 'job'; readonly job: LabelJob }
  | { readonly kind: 'delivery'; readonly delivery: KeptDelivery }
  | { readonly kind: 'neither' };

/** A received dead letter. */
export interface DeadLetter {
  /** The id SQS gave it. */
  readonly id: string;
  /** What SQS knows this receive by. */
  readonly receipt: string;
  readonly group: string;
  /** When it was sent, or moved by SQS, to the dead-letter queue: epoch milliseconds. */
  readonly sentAt: number;
  /** As its attributes have it; the reason may be of another version of Earmark. */
  readonly info: Omit<DeadLetterInfo, 'reason'> & { readonly reason: string };
  readonly body: string;
  readonly content: Content;
}

type Attributes = Readonly<
  Record<
    string,
    { readonly DataType?: string | undefined; readonly StringValue?: string | undefined }
  >
>;

/** Reads a message of the dead-letter queue. */
export function toDeadLetter(
  message: Omit<Message, 'MessageAttributes'> & {
    readonly MessageAttributes?: Attributes | undefined;
  },
): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} } = message;
  const { MessageAttributes = {} } = message;
  return {
    id: MessageId,
    receipt: ReceiptHandle,
    group: Attributes.MessageGroupId ?? '',
    sentAt: Number(Attributes.SentTimestamp),
    info: { reason: reasonWithout(Body), ...infoOf(MessageAttributes) },
    body: Body,
    content: contentOf(Body),
  };
}

/**
 * The reason of a dead letter that carries none. What Earmark queues leaves room for it: only beside a message
 * that is none of Earmark's there may be none.
 */
const reasonWithout = (body: string): string =>
  Buffer.byteLength(body) > BODY_LIMIT_BYTES ? 'invalid-job' : NO_REASON;

function infoOf(attributes: Attributes): Partial<DeadLetterInfo> {
  const values = Object.entries(attributes).map(([name, { DataType, StringValue = '' }]) => [
    name,
    DataType === 'Number' ? Number(StringValue) : StringValue,
  ]);
  return Object.fromEntries(values);
}

function contentOf(body: string): Content {
  const value = parseJson(body);
  const job = AnyJob.safeParse(value);
  if (job.success) return { kind: 'job', job: job.data };
  const delivery = KeptDelivery.safeParse(value);
  return delivery.success ? { kind: 'delivery', delivery: delivery.data } : { kind: 'neither' };
}

/** The source of the job or delivery, where it is known. */
export function sourceOf({ info, content }: DeadLetter): string | undefined {
  if (content.kind === 'job') return content.job.cause.source;
  return content.kind === 'delivery' ? content.delivery.source : info.source;
}

/** The event's id as the log has it, where the dead letter holds it. */
export function eventIdOf({ content }: DeadLetter): string | undefined {
  if (content.kind === 'job') return content.job.cause.eventId;
  return content.kind === 'delivery' ? content.delivery.eventId : undefined;
}

/** The rules a dead letter is about: those that its job matched, or those that failed. */
export function rulesOf({ info, content }: DeadLetter): readonly string[] {
  if (content.kind === 'job') return content.job.cause.rules;
  const { reason, detail = '' } = info;
  // `"big spenders": when: no such key: order; "other": …`
  return reason === 'rule-failed'
    ? [...detail.matchAll(/(?:^|; )"([^"]*)": /g)].map(([, name = '']) => name)
    : [];
}

/** The labels that are still to add and to remove. */
export function labelsOf({ content }: DeadLetter): readonly string[] {
  return content.kind === 'job' ? [...content.job.add, ...content.job.remove] : [];
}

/** The body of a raw delivery as text, or that it cannot be shown. */
export function keptText(delivery: KeptDelivery): string {
  try {
    return keptBody(delivery).toString('utf8');
  } catch {
    return '(a gzipped body that cannot be unpacked)';
  }
}

/** SQS deletes a dead letter so long after it was sent (`MessageRetentionPeriod` in serverless.yml). */
const KEPT_MS = 14 * 86_400_000;

/**
 * When SQS deletes a dead letter. On a FIFO queue the time counts anew for a message that SQS itself moved:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html (checked 2026-11-22)
 */
export const deletedAt = ({ sentAt }: DeadLetter): number => sentAt + KEPT_MS;

/** `1 dead letter`, `1,000 dead letters`. */
export const countOf = (n: number): string => many(n, 'dead letter');

/** How many dead letters have each key, the most frequent first. */
export function countBy(
  deadLetters: readonly DeadLetter[],
  keys: (deadLetter: DeadLetter) => readonly string[],
): [string, number][] {
  const counts = new Map<string, number>();
  for (const key of deadLetters.flatMap(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}

/** The beginning of an id, which distinguishes it from others; `--id` and `show` take it. */
export const shortId = ({ id }: DeadLetter): string => id.slice(0, 8);

/** A dead letter without its body, for --json. Times in ISO 8601. */
export function toFields(deadLetter: DeadLetter) {
  const { id, group, sentAt, info, content } = deadLetter;
  const job = content.kind === 'job' ? content.job : undefined;
  return {
    id,
    kind: content.kind,
    sentAt: new Date(sentAt).toISOString(),
    deletedAt: new Date(deletedAt(deadLetter)).toISOString(),
    group,
    ...info,
    source: sourceOf(deadLetter),
    rules: rulesOf(deadLetter),
    eventId: eventIdOf(deadLetter),
    ...(job && {
      jobId: job.id,
      topic: job.cause.topic,
      site: job.site,
      add: job.add,
      remove: job.remove,
      facts: job.facts,
      review: job.review,
      erase: job.erase,
    }),
  };
}

/** The columns of `toRow`. */
export const COLUMNS = ['ID', 'AGE', 'REASON', 'SOURCE', 'EVENT', 'RULES', 'LABELS'];
/** So many of them say what it is; the others what it is about. */
export const WHAT_IT_IS = 5;

/** One line of a table of dead letters. */
export function toRow(deadLetter: DeadLetter, now: number): readonly string[] {
  const { content, info, sentAt } = deadLetter;
  const job = content.kind === 'job' ? content.job : undefined;
  const labels = job && [...job.add, ...job.remove.map((label) => `-${label}`)];
  return [
    shortId(deadLetter),
    span(now - sentAt),
    info.reason,
    sourceOf(deadLetter) ?? '',
    job?.cause.topic ?? `(${content.kind})`,
    clip(rulesOf(deadLetter).join(', ')),
    clip([...(labels ?? []), ...(job ? standingInWords(job) : [])].join(', ')),
  ];
}

/** What a job is for besides its labels: `2 facts`, `review (due)`. */
export const standingInWords = ({ facts = [], review, merged, erase }: LabelJob) =>
  [
    facts.length > 0 && many(facts.length, 'fact'),
    review && `review (${review})`,
    merged && many(merged.length, 'merged contact'),
    erase && `erase (${erase})`,
  ].filter((one) => typeof one === 'string');

const MOST_CHARACTERS = 40;
const clip = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
