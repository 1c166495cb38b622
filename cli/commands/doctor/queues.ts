import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Target } from '../../kit/target.ts';
import { type Diagnosis, fail, type HealthCheck, pass, warn } from './finding.ts';

/** A queue's attributes as GetQueueAttributes gives them. */
export type QueueAttributes = Readonly<Record<string, string | undefined>>;

export interface ExpectedQueue {
  /** Its name in findings. */
  readonly name: string;
  /** For the jobs queue: what must take what SQS itself gives up on, and the worker's timeout. */
  readonly jobs?: { readonly deadLetterQueueArn: string; readonly workerTimeoutSeconds: number };
}

/** Lambda holds messages back while all workers are busy: AWS advises six times the timeout. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (checked 2026-11-22) */
const TIMEOUTS_OF_VISIBILITY = 6;
/** A job may wait for 13 days, and SQS keeps a message for 14 at the most. */
const RETENTION_SECONDS = 14 * 86_400;
const MESSAGE_BYTES = 1_048_576;
/** The worker decides by age what is dead; 15 minutes apart for 13 days are more tries than this. */
const LEAST_RECEIVES = 1_000;

/** What a queue must be, and what it means if it is not. */
interface Expectation {
  readonly isMet: boolean;
  /** `fail` where order or messages are lost, `warn` where it is only slow or unencrypted. */
  readonly judge: typeof warn;
  readonly what: string;
  readonly why: string;
}

/**
 * Holds a queue against what serverless.yml makes of it.
 * @returns a line for each deviation; none when all is as it should be
 */
export function judgeQueue(
  attributes: QueueAttributes,
  { name, jobs }: ExpectedQueue,
): readonly Diagnosis[] {
  if (attributes.FifoQueue !== 'true') {
    const advice =
      'An order cannot be kept in it, and labels may end wrong. Deploy with serverless.yml.';
    return [fail(`${name}: it is no FIFO queue`, advice)];
  }
  const expectations = [
    ...ofEveryQueue(attributes),
    ...(jobs ? ofTheJobsQueue(attributes, jobs) : []),
  ];
  return expectations
    .filter(({ isMet }) => !isMet)
    .map(({ judge, what, why }) =>
      judge(`${name}: ${what}`, `${why} Deploy again: serverless.yml has it right.`),
    );
}

function ofEveryQueue(attributes: QueueAttributes): readonly Expectation[] {
  const value = (key: string): string => `${key} is ${attributes[key] ?? 'not set'}`;
  return [
    {
      isMet: Number(attributes.MessageRetentionPeriod) >= RETENTION_SECONDS,
      judge: fail,
      what: `${value('MessageRetentionPeriod')} s, less than 14 days`,
      why: 'SQS deletes what waits longer.',
    },
    {
      isMet: Number(attributes.MaximumMessageSize) >= MESSAGE_BYTES,
      judge: fail,
      what: `${value('MaximumMessageSize')} bytes, less than 1 MiB`,
      why: 'Large deliveries are refused.',
    },
    {
      isMet:
        attributes.DeduplicationScope === 'messageGroup' &&
        attributes.FifoThroughputLimit === 'perMessageGroupId',
      judge: warn,
      what: `${value('DeduplicationScope')}, ${value('FifoThroughputLimit')}`,
      why: 'Without messageGroup and perMessageGroupId SQS takes 300 requests a second and refuses more.',
    },
    {
      isMet: attributes.SqsManagedSseEnabled === 'true' || !!attributes.KmsMasterKeyId,
      judge: warn,
      what: 'it is not encrypted',
      why: 'Messages hold e-mail addresses.',
    },
  ];
}

function ofTheJobsQueue(
  attributes: QueueAttributes,
  { deadLetterQueueArn, workerTimeoutSeconds }: NonNullable<ExpectedQueue['jobs']>,
): readonly Expectation[] {
  const visibility = Number(attributes.VisibilityTimeout);
  const least = TIMEOUTS_OF_VISIBILITY * workerTimeoutSeconds;
  const { deadLetterTargetArn, maxReceiveCount } = redrivePolicy(attributes.RedrivePolicy);
  return [
    {
      isMet: visibility >= least,
      judge: fail,
      what: `VisibilityTimeout is ${visibility} s, less than ${least}: six times the worker's timeout`,
      why: 'A job may be worked on twice at once.',
    },
    {
      isMet: deadLetterTargetArn === deadLetterQueueArn,
      judge: fail,
      what:
        deadLetterTargetArn === undefined
          ? 'it has no RedrivePolicy'
          : `its RedrivePolicy names ${deadLetterTargetArn}, not ${deadLetterQueueArn}`,
      why: 'A job that kills the worker comes again and again, or ends where nobody looks.',
    },
    {
      isMet: deadLetterTargetArn === undefined || Number(maxReceiveCount) >= LEAST_RECEIVES,
      judge: fail,
      what: `maxReceiveCount is ${maxReceiveCount}, less than ${LEAST_RECEIVES}`,
      why: 'SQS takes jobs away while they wait for the site, and says no reason.',
    },
  ];
}

function redrivePolicy(text: string | undefined): {
  readonly deadLetterTargetArn?: string;
  readonly maxReceiveCount?: number | string;
} {
  return text === undefined || text === '' ? {} : JSON.parse(text);
}

/** How many messages there are: waiting, put off or in a worker's hands. */
export function countsOf(attributes: QueueAttributes) {
  const count = (key: string): number => Number(attributes[key] ?? 0);
  const waiting = count('ApproximateNumberOfMessages');
  const inFlight = count('ApproximateNumberOfMessagesNotVisible');
  const delayed = count('ApproximateNumberOfMessagesDelayed');
  return { waiting: waiting + delayed, inFlight, all: waiting + inFlight + delayed };
}

/** @param list the command line that lists this target's dead letters */
export function judgeDeadLetters(attributes: QueueAttributes, list: string): Diagnosis {
  const { all } = countsOf(attributes);
  if (all === 0) return pass('no dead letters');
  const what = all === 1 ? '1 dead letter: an event' : `${all} dead letters: events`;
  return warn(`${what} that could not go on`, `${list} says why.`);
}

/** Both queues of a target. @param workerTimeoutSeconds the timeout of `label` */
export function queueChecks(
  { sqs, queueUrl, deadLetterQueueUrl }: Target,
  workerTimeoutSeconds: () => Promise<number>,
  list: string,
): readonly HealthCheck[] {
  const read = async (QueueUrl: string, abortSignal: AbortSignal): Promise<QueueAttributes> => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await sqs.send(command, { abortSignal })).Attributes ?? {};
  };
  const about = 'Queues';
  return [
    {
      about,
      name: 'jobs queue',
      async run(signal) {
        const jobs = await read(queueUrl, signal);
        const { QueueArn = '' } = await read(deadLetterQueueUrl, signal);
        const problems = judgeQueue(jobs, {
          name: 'jobs queue',
          jobs: {
            deadLetterQueueArn: QueueArn,
            workerTimeoutSeconds: await workerTimeoutSeconds(),
          },
        });
        const { waiting, inFlight } = countsOf(jobs);
        const how = problems.length === 0 ? 'FIFO, as serverless.yml has it; ' : '';
        return [...problems, pass(`jobs queue: ${how}${waiting} waiting, ${inFlight} in work`)];
      },
    },
    {
      about,
      name: 'dead-letter queue',
      async run(signal) {
        const deadLetters = await read(deadLetterQueueUrl, signal);
        const problems = judgeQueue(deadLetters, { name: 'dead-letter queue' });
        const well =
          problems.length === 0 ? [pass('dead-letter queue: FIFO, as serverless.yml has it')] : [];
        return [...problems, ...well, judgeDeadLetters(deadLetters, list)];
      },
    },
  ];
}
