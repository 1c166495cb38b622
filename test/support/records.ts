import type { SQSRecord } from 'aws-lambda';
import { groupOf } from '../../lib/queue/identity.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { START } from './jobs.ts';

export interface RecordOptions {
  /** How long ago it was first received; it is sent then, too. */
  readonly age?: number;
  readonly receives?: number;
  readonly group?: string;
}

/** A message of the jobs queue as SQS hands it out, for the first time if not said otherwise. */
export function recordOf(
  messageId: string,
  job: LabelJob | string,
  { age = 0, receives = 1, group }: RecordOptions = {},
): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body: typeof job === 'string' ? job : JSON.stringify(job),
    attributes: {
      ApproximateReceiveCount: `${receives}`,
      ApproximateFirstReceiveTimestamp: `${START - age}`,
      SenderId: '',
      SentTimestamp: `${START - age}`,
      MessageGroupId: group ?? (typeof job === 'string' ? 'raw' : groupOf(job)),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: '',
    eventSourceARN: '',
    awsRegion: '',
  };
}
