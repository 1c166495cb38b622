import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { TIMEOUTS_OF_VISIBILITY } from '../../../lib/labelling/time.ts';
import type { Target } from '../../kit/target.ts';
import { DEPLOY_AGAIN, type Diagnosis, fail, type HealthCheck, pass, warn } from './diagnosis.ts';

/** A queue's attributes as GetQueueAttributes gives them. */
export type QueueAttributes = Readonly<Record<string, string | undefined>>;

/** What must take the jobs that SQS itself gives up on, and the timeout of their worker. */
interface ExpectedOfJobs {
  readonly deadLetterQueueArn: string;
  readonly workerTimeoutSeconds: number;
}

/** A job may wait for 13 days, and SQS keeps a message for 14 at the most. */
const RETENTION_SECONDS = 14 * 86_400;
const MESSAGE_BYTES = 1_048_576;
/** The worker decides by age what is dead; 15 minutes apart for 13 days are more tries than this. */
const LEAST_RECEIVES = 1_000;

/**
 * Compares a queue with what serverless.yml makes of it.
 * @param name its name in findings
 * @param jobs for the jobs queue
 * @returns a line for each deviation; none when all is as it should be
 */
export function judgeQueue(
  attributes: QueueAttributes,
  name: string,
  jobs?: ExpectedOfJobs,
): readonly Diagnosis[] {
  if (attributes.FifoQueue !== 'true') {
    const advice =
      'An order cannot be kept in it, and labels may end wrong. Deploy with serverless.yml.';
    return [fail(`${name}: it is no FIFO queue`, advice)];
  }
  const problems = [
    ...problemsOfAny(attributes),
    ...(jobs ? problemsOfJobs(attributes, jobs) : []),
  ];
  return problems.map(({ what, advice = '', ...rest }) => ({
    ...rest,
    what: `${name}: ${what}`,
    advice: `${advice} ${DEPLOY_AGAIN}`,
  }));
}

/** A failure is where order or messages are lost, a warning where it is only slow or unencrypted. */
function problemsOfAny(attributes: QueueAttributes): readonly Diagnosis[] {
  const value = (key: string): string => `${key} is ${attributes[key] ?? 'not set'}`;
  const { MessageRetentionPeriod, MaximumMessageSize, DeduplicationScope } = attributes;
  const { FifoThroughputLimit, SqsManagedSseEnabled, KmsMasterKeyId } = attributes;
  const problems: Diagnosis[] = [];
  if (!(Number(MessageRetentionPeriod) >= RETENTION_SECONDS)) {
    const what = `${value('MessageRetentionPeriod')} s, less than 14 days`;
    problems.push(fail(what, 'SQS deletes what waits longer.'));
  }
  if (!(Number(MaximumMessageSize) >= MESSAGE_BYTES)) {
    const what = `${value('MaximumMessageSize')} bytes, less than 1 MiB`;
    problems.push(fail(what, 'Large deliveries are refused.'));
  }
  if (DeduplicationScope !== 'messageGroup' || FifoThroughputLimit !== 'perMessageGroupId') {
    const what = `${value('DeduplicationScope')}, ${value('FifoThroughputLimit')}`;
    const why =
      'Without messageGroup and perMessageGroupId SQS takes 300 requests a second and refuses more.';
    problems.push(warn(what, why));
  }
  if (SqsManagedSseEnabled !== 'true' && !KmsMasterKeyId) {
    problems.push(warn('it is not encrypted', 'Messages hold e-mail addresses.'));
  }
  return problems;
}

function problemsOfJobs(
  { VisibilityTimeout, RedrivePolicy }: QueueAttributes,
  { deadLetterQueueArn, workerTimeoutSeconds }: ExpectedOfJobs,
): readonly Diagnosis[] {
  const visibility = Number(VisibilityTimeout);
  const least = TIMEOUTS_OF_VISIBILITY * workerTimeoutSeconds;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(RedrivePolicy || '{}');
  const problems: Diagnosis[] = [];
  if (!(visibility >= least)) {
    const what = `VisibilityTimeout is ${visibility} s, less than ${least}: twice the worker's timeout`;
    problems.push(fail(what, 'A job may be worked on twice at once.'));
  }
  if (deadLetterTargetArn !== deadLetterQueueArn) {
    const what =
      deadLetterTargetArn === undefined
        ? 'it has no RedrivePolicy'
        : `its RedrivePolicy names ${deadLetterTargetArn}, not ${deadLetterQueueArn}`;
    const why = 'A job that kills the worker comes again and again, or ends where nobody looks.';
    problems.push(fail(what, why));
  }
  if (deadLetterTargetArn !== undefined && !(Number(maxReceiveCount) >= LEAST_RECEIVES)) {
    const what = `maxReceiveCount is ${maxReceiveCount}, less than ${LEAST_RECEIVES}`;
    problems.push(
      fail(what, 'SQS takes jobs away while they wait for the site, and says no reason.'),
    );
  }
  return problems;
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
        const problems = judgeQueue(jobs, 'jobs queue', {
          deadLetterQueueArn: QueueArn,
          workerTimeoutSeconds: await workerTimeoutSeconds(),
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
        const problems = judgeQueue(deadLetters, 'dead-letter queue');
        const well =
          problems.length === 0 ? [pass('dead-letter queue: FIFO, as serverless.yml has it')] : [];
        return [...problems, ...well, judgeDeadLetters(deadLetters, list)];
      },
    },
  ];
}
