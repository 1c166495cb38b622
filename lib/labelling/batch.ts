import type { SQSRecord } from 'aws-lambda';
import { usableReference } from '../events/contact.ts';
import { LabelJob } from '../queue/job.ts';
import { parseJson } from '../runtime/json.ts';

/** A record of the jobs queue, read. */
export type Message = { readonly record: SQSRecord } & (
  | {
      readonly job: LabelJob;
      /** The contact it is about, where that is known without asking. */
      readonly contactId: string | undefined;
    }
  /** The paths of what makes it no job that this version reads. */
  | { readonly job?: undefined; readonly problems: readonly string[] }
);
export type JobMessage = Extract<Message, { readonly job: LabelJob }>;

export function readMessage(
  record: SQSRecord,
  contactOf: (job: LabelJob) => string | undefined,
): Message {
  const { success, data, error } = LabelJob.safeParse(parseJson(record.body));
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

/**
 * The messages of a batch by contact, each list in the order of the queue. Two groups of the queue are
 * one contact where both references are known to mean the same one.
 */
export function byContact(messages: readonly Message[]): readonly (readonly Message[])[] {
  const groups = Map.groupBy(messages, (message) =>
    message.job && message.contactId !== undefined
      ? `contact ${message.job.site} ${message.contactId}`
      : `group ${groupOf(message.record)}`,
  );
  return [...groups.values()];
}

export type JobMessages = readonly [JobMessage, ...JobMessage[]];

/** What a contact's messages begin with: jobs that can be done together, or one that is no job. */
export type Head =
  | { readonly jobs: JobMessages }
  | { readonly jobs?: undefined; readonly unread: Exclude<Message, JobMessage> };

export function headOf([first, ...others]: readonly Message[]): Head | undefined {
  if (!first?.job) return first && { unread: first };
  const whoOf = ({ contactId, job }: JobMessage): string =>
    contactId ?? JSON.stringify([job.contact, job.missing]);
  const jobs: [JobMessage, ...JobMessage[]] = [first];
  for (const message of others) {
    if (!message.job || whoOf(message) !== whoOf(first)) break;
    jobs.push(message);
  }
  return { jobs };
}

/** The most that SQS puts into a batch of a FIFO queue (serverless.yml asks for as many). */
const FULL_BATCH = 10;
/** More messages of one contact than this are worth a call of their own. */
const MOST_SET_BACK = 3;
/** So often a message may have been received when it is set back: it must not go round for ever. */
const MOST_RECEIVES = 3;

/**
 * The contact at the end of a full batch, if it is better set back: the rest of its messages may well be
 * next in the queue, and then all of them take one change instead of two.
 */
export function cutOff(contacts: readonly (readonly Message[])[]): readonly Message[] | undefined {
  const last = contacts.at(-1);
  if (!last || contacts.length === 1 || contacts.flat().length < FULL_BATCH) return undefined;
  const isNew = last.every(
    ({ record }) => Number(record.attributes.ApproximateReceiveCount) <= MOST_RECEIVES,
  );
  return isNew && last.length <= MOST_SET_BACK ? last : undefined;
}
