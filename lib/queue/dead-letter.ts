import { gzipSync } from 'node:zlib';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SourceName } from '../events/event.ts';
import { digest } from '../runtime/digest.ts';
import { groupOf } from './identity.ts';
import type { LabelJob } from './job.ts';
import { ATTRIBUTES_BYTES, attributeText, MESSAGE_LIMIT_BYTES, messageBody } from './message.ts';
import type { DeadLetterReason } from './reasons.ts';

/** Why a letter is dead and what was known: the message attributes an operator filters by. */
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

export interface DeadLetter extends DeadLetterInfo {
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
}

/** A job, or what is left of it, that cannot go on. Its body is the job: to replay it, send it again. */
export function deadJob(job: LabelJob, info: DeadLetterInfo): DeadLetter {
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
): DeadLetter {
  return { ...info, body, group, deduplication: digest('message', messageId) };
}

/**
 * Credentials and signatures have done their work when a delivery is kept, and are not stored. That there
 * was one stays: it tells Standard Webhooks' headers from Svix's.
 */
const EMPTIED_HEADERS = /^(authorization|cookie|x-webhook-secret)$|signature|hmac/;

/**
 * A verified delivery that could not be read or mapped, raw. The body stays text where it is UTF-8
 * and fits; otherwise it is gzipped, in base64.
 * @param eventId by which the log tells of it
 * @returns undefined when even so it does not fit a message: then it must not be accepted.
 */
export function deadDelivery(
  source: SourceName,
  delivery: { headers: Readonly<Record<string, string>>; body: Buffer; receivedAt: number },
  id: string,
  info: DeadLetterInfo,
  eventId = id,
): DeadLetter | undefined {
  const headers = Object.entries(delivery.headers).map(([name, value]) => [
    name,
    EMPTIED_HEADERS.test(name) ? '' : value,
  ]);
  const kept = {
    v: 1,
    kind: 'delivery',
    source,
    eventId,
    receivedAt: new Date(delivery.receivedAt).toISOString(),
    headers: Object.fromEntries(headers),
  };
  const limit = MESSAGE_LIMIT_BYTES - ATTRIBUTES_BYTES;
  const text = delivery.body.toString('utf8');
  const asText = Buffer.from(text, 'utf8').equals(delivery.body)
    ? messageBody({ ...kept, encoding: 'utf8', body: text })
    : undefined;
  const body =
    asText !== undefined && Buffer.byteLength(asText) <= limit
      ? asText
      : messageBody({
          ...kept,
          encoding: 'gzip',
          body: gzipSync(delivery.body).toString('base64'),
        });
  if (Buffer.byteLength(body) > limit) return undefined;
  const group = digest('delivery', id);
  return { ...info, source, body, group, deduplication: digest(id, info.reason) };
}

/**
 * The info as SQS message attributes (ten is the most a message takes), what matters most first.
 * @param room bytes that the body leaves: what does not fit is left out, and the detail is cut
 */
export function letterAttributes(
  info: DeadLetterInfo,
  room = ATTRIBUTES_BYTES,
): Record<string, MessageAttributeValue> {
  const { reason, detail, source, operation, httpStatus, wixCode, wixRequestId } = info;
  const { receives, firstTriedAt, lastTriedAt } = info;
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
