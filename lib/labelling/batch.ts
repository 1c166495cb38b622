import type { SQSRecord } from 'aws-lambda';
import { usableReference } from '../events/contact.ts';
import { LabelJob } from '../queue/job.ts';
import { AnyJob } from '../queue/standing-job.ts';
import { parseJson } from '../runtime/json.ts';

/** A record of the jobs queue that holds a job. */
export interface JobMessage {
  readonly record: SQSRecord;
  readonly job: LabelJob;
  /** The contact it is about, where that is known without asking. */
  readonly contactId: string | undefined;
}

/** A record that holds no job which this version reads. */
export interface UnreadMessage {
  readonly record: SQSRecord;
  readonly job?: undefined;
  /** The paths of what is wrong. */
  readonly problems: readonly string[];
}
export type QueueMessage = JobMessage | UnreadMessage;

export function readMessage(
  record: SQSRecord,
  contactOf: (job: LabelJob) => string | undefined,
): QueueMessage {
  const { success, data, error } = (
    process.env.STANDING_LABELS !== 'off' ? AnyJob : LabelJob
  ).safeParse(parseJson(record.body));
  if (success) {
    // A receiver of an older version let through what names nobody.
    const job = { ...data, contact: usableReference(data.contact) };
    return { record, job, contactId: contactOf(job) };
  }
  const problems = error.issues.map(({ path }) => path.join('.') || 'the message');
  return { record, problems };
}

export const groupOf = ({ attributes, messageId }: SQSRecord): string =>
  attributes.MessageGroupId ?? messageId;

export const receivesOf = ({ attributes }: SQSRecord): number =>
  Number(attributes.ApproximateReceiveCount);

/**
 * The messages of a batch by contact, each list in the order of the queue. Two groups of the queue are
 * one contact where both references are known to mean the same one.
 */
export function byContact(messages: readonly QueueMessage[]): readonly (readonly QueueMessage[])[] {
  const groups = Map.groupBy(messages, (message) =>
    message.job && message.contactId !== undefined
      ? `contact ${message.job.site} ${message.contactId}`
      : `group ${groupOf(message.record)}`,
  );
  return [...groups.values()];
}

export type JobMessages = readonly [JobMessage, ...JobMessage[]];

/** The first of a contact's messages, and those behind it whose jobs can be done together with its job. */
export function jobsTogether(first: JobMessage, others: readonly QueueMessage[]): JobMessages {
  const whoOf = ({ contactId, job }: JobMessage): string =>
    contactId ?? JSON.stringify([job.contact, job.missing]);
  const together: [JobMessage, ...JobMessage[]] = [first];
  for (const message of others) {
    if (!message.job || whoOf(message) !== whoOf(first)) break;
    together.push(message);
  }
  return together;
}

/** The most that SQS puts into a batch of a FIFO queue (serverless.yml asks for as many). */
const FULL_BATCH = 10;
/** More messages of one contact than this are worth a call of their own. */
const MOST_SET_BACK = 3;
/** A message that was received more often is not set back again. */
const MOST_RECEIVES = 3;

/**
 * The contact at the end of a full batch, if it is better set back: the rest of its messages may well be
 * next in the queue, and then all of them take one change instead of two.
 */
export function cutOff(
  contacts: readonly (readonly QueueMessage[])[],
): readonly QueueMessage[] | undefined {
  const last = contacts.at(-1);
  if (!last || contacts.length === 1 || contacts.flat().length < FULL_BATCH) return undefined;
  const isNew = last.every(({ record }) => receivesOf(record) <= MOST_RECEIVES);
  return isNew && last.length <= MOST_SET_BACK ? last : undefined;
}
