import { many } from '../../kit/words.ts';
import type { DeadLetter } from './dead-letter.ts';
import { eventIdOf, rulesOf, sourceOf } from './dead-letter.ts';

/** SQS deletes a dead letter so long after it was sent (`MessageRetentionPeriod` in serverless.yml). */
const KEPT_MS = 14 * 86_400_000;

/**
 * When SQS deletes a dead letter. On a FIFO queue the time counts anew for a message that SQS itself moved:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html (checked 2026-11-22)
 */
export const deletedAt = ({ sentAt }: DeadLetter): number => sentAt + KEPT_MS;

/** `13 d 21 h`, `2 h 5 min`, `40 s`: the two largest units. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** `1 dead letter`, `1,000 dead letters`. */
export const deadLetters = (n: number): string => many(n, 'dead letter');

/** The first of an id that tell it from others; `--id` and `show` take them. */
export const shortId = ({ id }: DeadLetter): string => id.slice(0, 8);

/** A dead letter without its body, for --json. Times in ISO 8601. */
export function facts(deadLetter: DeadLetter) {
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
    }),
  };
}

/** One line of a table of dead letters. */
export function row(deadLetter: DeadLetter, now: number): readonly string[] {
  const { content, info, sentAt } = deadLetter;
  const event = content.kind === 'job' ? content.job.cause.topic : `(${content.kind})`;
  return [
    shortId(deadLetter),
    span(now - sentAt),
    info.reason,
    sourceOf(deadLetter) ?? '',
    event,
    clip(rulesOf(deadLetter).join(', ')),
    clip(changes(deadLetter)),
  ];
}

/** `Customer, VIP, -Lead`: what is to be added, and what to be removed. */
const changes = ({ content }: DeadLetter): string =>
  content.kind === 'job'
    ? [...content.job.add, ...content.job.remove.map((label) => `-${label}`)].join(', ')
    : '';

const MOST_CHARACTERS = 40;
const clip = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
