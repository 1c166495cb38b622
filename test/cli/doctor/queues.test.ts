import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  deployedFunctions,
  judgeMappings,
  WORKER_TIMEOUT_SECONDS,
} from '../../../cli/commands/doctor/functions.ts';
import {
  countsOf,
  judgeDeadLetters,
  judgeQueue,
  type QueueAttributes,
} from '../../../cli/commands/doctor/queues.ts';
import { type QueueSpec, readTemplate } from '../../../engine/template.ts';
import { type CloudFormationTemplate, compileTemplate } from '../../../scripts/template.ts';
import { withProperties } from '../../support/local-engine.ts';

const DEAD_LETTERS_ARN = 'arn:aws:sqs:us-east-1:000000000000:earmark-dev-dead-letters.fifo';
const JOBS = {
  deadLetterQueueArn: DEAD_LETTERS_ARN,
  workerTimeoutSeconds: WORKER_TIMEOUT_SECONDS,
};

let template: CloudFormationTemplate;
let jobs: QueueSpec;
let deadLetters: QueueSpec;
beforeAll(async () => {
  template = await compileTemplate();
  const { queues } = readTemplate(template, '');
  const named = (part: string) => queues.find(({ name }) => name.includes(part)) as QueueSpec;
  [jobs, deadLetters] = [named('jobs'), named('dead-letters')];
});

describe('queues', () => {
  test('those of serverless.yml are as they should be', () => {
    expect(judgeQueue(jobs.attributes, 'jobs', JOBS)).toEqual([]);
    expect(judgeQueue(deadLetters.attributes, 'dead letters')).toEqual([]);
  });

  test.each<[string, QueueAttributes, 'warn' | 'fail', string]>([
    ['standard', { FifoQueue: undefined }, 'fail', 'it is no FIFO queue'],
    ['short-lived', { MessageRetentionPeriod: '345600' }, 'fail', '345600 s, less than 14 days'],
    ['narrow', { MaximumMessageSize: '262144' }, 'fail', '262144 bytes, less than 1 MiB'],
    ['slow', { DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' }, 'warn', 'perQueue'],
    ['half slow', { FifoThroughputLimit: undefined }, 'warn', 'FifoThroughputLimit is not set'],
    ['plain', { SqsManagedSseEnabled: 'false' }, 'warn', 'it is not encrypted'],
    ['hasty', { VisibilityTimeout: '119' }, 'fail', '119 s, less than 120'],
    ['without a net', { RedrivePolicy: undefined }, 'fail', 'it has no RedrivePolicy'],
    [
      'with a net elsewhere',
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: 'arn:x', maxReceiveCount: 1000 }) },
      'fail',
      'names arn:x',
    ],
    [
      'impatient',
      {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: DEAD_LETTERS_ARN,
          maxReceiveCount: 5,
        }),
      },
      'fail',
      'maxReceiveCount is 5',
    ],
  ])('a jobs queue that is %s is named', (_, changes, status, words) => {
    const found = judgeQueue({ ...jobs.attributes, ...changes }, 'jobs', JOBS);
    expect(found).toEqual([
      { status, what: expect.stringContaining(words), advice: expect.stringMatching(/\w/) },
    ]);
  });

  test('a key of your own encrypts, too', () => {
    const changes = { SqsManagedSseEnabled: 'false', KmsMasterKeyId: 'alias/mine' };
    expect(judgeQueue({ ...jobs.attributes, ...changes }, 'jobs', JOBS)).toEqual([]);
  });

  test('messages are counted wherever they are', () => {
    const attributes = {
      ApproximateNumberOfMessages: '3',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '1',
    };
    expect(countsOf(attributes)).toEqual({ waiting: 4, inFlight: 2, all: 6 });
    expect(judgeDeadLetters({}, 'list')).toMatchObject({ status: 'pass' });
    expect(judgeDeadLetters(attributes, 'list')).toMatchObject({
      status: 'warn',
      what: expect.stringContaining('6 dead letters'),
    });
  });
});

describe('the functions of a deployed stack', () => {
  const QUEUES = {
    QUEUE_URL: 'https://sqs/jobs.fifo',
    DEAD_LETTER_QUEUE_URL: 'https://sqs/dead.fifo',
  };
  const judge = (changed: CloudFormationTemplate) =>
    judgeMappings(deployedFunctions(changed, QUEUES));
  const mappingId = () =>
    Object.entries(template.Resources).find(
      ([, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping',
    )?.[0] ?? '';

  test('are read from its template, with the queues that there really are', () => {
    const { receive, label, workerTimeoutSeconds } = deployedFunctions(template, QUEUES);
    expect(receive).toMatchObject({
      ...QUEUES,
      SHOPIFY_WEBHOOK_SECRET: 'ssm:/earmark/dev/SHOPIFY_WEBHOOK_SECRET',
    });
    expect(label).toMatchObject({ ...QUEUES, WIX_REQUESTS_PER_MINUTE: '180' });
    expect(workerTimeoutSeconds).toBe(WORKER_TIMEOUT_SECONDS);
    expect(judge(template)).toEqual([
      { status: 'pass', what: 'label reads the jobs queue, 2 at once, as it was deployed' },
    ]);
  });

  test.each([
    ['is off', { Enabled: false }, 'nothing reads the jobs queue'],
    ['reports no failures', { FunctionResponseTypes: [] }, 'lacks ReportBatchItemFailures'],
    [
      'starts more than share the budget',
      { ScalingConfig: { MaximumConcurrency: 5 } },
      '5 run at once, and WORKER_CONCURRENCY is 2',
    ],
  ])('an event source mapping that %s fails', (_, properties, words) => {
    const found = judge(withProperties(template, mappingId(), properties));
    expect(found).toEqual([
      expect.objectContaining({ status: 'fail', what: expect.stringContaining(words) }),
    ]);
  });
});
