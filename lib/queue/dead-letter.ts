import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { digest } from '../runtime/digest.ts';
import { groupOf } from './identity.ts';
import type { LabelJob } from './job.ts';
import { ATTRIBUTES_BYTES, attributeText, messageBody } from './message.ts';
import type { DeadLetterReason } from './reasons.ts';

/** Why there is a dead letter, and what was known: its message attributes, which an operator filters by. */
export interface DeadLetterInfo {
  readonly reason: DeadLetterReason;
  /** In words: which rule failed, both numbers of the quota, what could not be read. */
  readonly detail?: string | undefined;
  readonly source?: string | undefined;
  /** The Wix operation that gave the answer. */
  readonly operation?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly wixCode?: string | undefined;
  readonly wixRequestId?: string | undefined;
  readonly receives?: number | undefined;
  /** ISO 8601. */
  readonly firstTriedAt?: string | undefined;
  readonly lastTriedAt?: string | undefined;
}

export interface DeadLetterMessage extends DeadLetterInfo {
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
}

/** A job, or what is left of it, that cannot go on. Its body is the job: to replay it, send it again. */
export function deadJob(job: LabelJob, info: DeadLetterInfo): DeadLetterMessage {
  return {
    ...info,
    source: job.cause.source,
    body: messageBody(job),
    group: groupOf(job),
    deduplication: digest('job', job.id, info.reason, info.firstTriedAt ?? ''),
  };
}

/** A message that is no job (`LabelJob` does not read it), kept as it is. */
export function deadMessage(
  body: string,
  group: string,
  messageId: string,
  info: DeadLetterInfo,
): DeadLetterMessage {
  return { ...info, body, group, deduplication: digest('message', messageId) };
}

/**
 * The info as SQS message attributes (ten is the most a message takes), what matters most first.
 * @param room bytes that the body leaves: what does not fit is left out, and the detail is cut
 */
export function deadLetterAttributes(
  info: DeadLetterInfo,
  room = ATTRIBUTES_BYTES,
): Record<string, MessageAttributeValue> {
  const { reason, source, receives, operation, httpStatus, wixCode, wixRequestId } = info;
  const { firstTriedAt, lastTriedAt, detail } = info;
  const answer = { operation, httpStatus, wixCode, wixRequestId };
  const inOrder = { reason, source, receives, ...answer, firstTriedAt, lastTriedAt, detail };
  const attributes: Record<string, MessageAttributeValue> = {};
  let left = room;
  for (const [name, value] of Object.entries(inOrder)) {
    const DataType = typeof value === 'number' ? 'Number' : 'String';
    const forValue = Math.max(0, left - name.length - DataType.length);
    const text = attributeText(String(value ?? ''));
    const StringValue = name === 'detail' ? cutToBytes(text, forValue) : text;
    const bytes = Buffer.byteLength(StringValue);
    if (bytes === 0 || bytes > forValue) continue;
    attributes[name] = { DataType, StringValue };
    left = forValue - bytes;
  }
  return attributes;
}

/** The beginning of a text, in whole characters. */
const cutToBytes = (text: string, bytes: number): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text).subarray(0, bytes), {
    stream: true,
  });
