import { randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { REGION } from '../../engine/template.ts';
import type { SourceName } from '../../lib/events/event.ts';
import type { SentMessage } from '../aws.ts';

/** A request to a source's route as an HTTP API hands it to `receive` (payload 2.0). */
export function httpApiEvent(
  headers: Readonly<Record<string, string>>,
  body: string,
  source: SourceName = 'custom',
): object {
  const path = `/webhooks/${source}`;
  const routeKey = `POST ${path}`;
  const http = { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' };
  const request = { http, routeKey, stage: '$default', requestId: randomUUID() };
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: { ...request, timeEpoch: Date.now() },
    body,
    isBase64Encoded: false,
  };
}

/** A message as SQS hands it to Lambda, for the first time. */
export function recordOf({ id, body, group }: SentMessage): SQSRecord {
  const now = String(Date.now());
  return {
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: now,
      SentTimestamp: now,
      SenderId: 'benchmark',
      MessageGroupId: group,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:000000000000:jobs.fifo`,
    awsRegion: REGION,
  };
}
