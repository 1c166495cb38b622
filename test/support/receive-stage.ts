import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { jest } from '@jest/globals';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createHandler, openReceiver } from '../../functions/receive.ts';
import type { SourceName } from '../../lib/events/event.ts';
import type { QueueOptions } from '../../lib/queue/queue.ts';
import { AnyJob } from '../../lib/queue/standing-job.ts';
import { type Clock, systemClock } from '../../lib/receiving/deadline.ts';
import type { ReceiveSettings } from '../../lib/receiving/settings.ts';
import type { RulesConfig } from '../../lib/rules/config.ts';
import { compileRulesWithHistory } from '../../lib/rules/match.ts';
import { SITE_ID, START } from './jobs.ts';
import { captureLog } from './log.ts';
import { startQueuePair } from './queue-pair.ts';
import { type Posted, secretsOf, webhookEvent } from './webhook.ts';

export interface ReceiveStageOptions {
  readonly secrets?: Readonly<Record<SourceName, readonly string[]>>;
  /** In the place of `secrets`. */
  readonly secretsOf?: ReceiveSettings['secrets'];
  readonly rules?: RulesConfig;
  readonly siteOf?: ReceiveSettings['siteOf'];
  /** The receiver's timer. Default: the system's. */
  readonly after?: Clock['after'];
  readonly keepsDeliveries?: boolean;
  /** Something in front of SQS that breaks. */
  readonly around?: (client: QueueOptions['client']) => QueueOptions['client'];
}

/** The real `receive` handler before the stand-in for SQS, on a clock of the test's. */
export async function openReceiveStage(options: ReceiveStageOptions = {}) {
  let time = START;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => time);
  const output = captureLog();
  const sqs = await startQueuePair();
  const { queueUrl, deadLetterQueueUrl } = sqs;
  const client: QueueOptions['client'] = options.around ? options.around(sqs.client) : sqs.client;
  const receiver = openReceiver(
    {
      queueUrl,
      deadLetterQueueUrl,
      secrets: options.secretsOf ?? secretsOf(options.secrets ?? {}),
      siteOf: options.siteOf ?? (() => SITE_ID),
      keepsDeliveries: options.keepsDeliveries ?? false,
    },
    client,
    options.rules && compileRulesWithHistory(options.rules),
    { now: () => time, after: options.after ?? systemClock.after },
  );
  const handler = createHandler(
    async () => receiver,
    () => time,
  );

  async function handle(event: APIGatewayProxyEventV2) {
    const answer = await handler(event, { awsRequestId: 'a-request' } as Context);
    // A HEAD is answered without one.
    return { ...answer, body: JSON.parse(answer.body ?? '{}') as Record<string, string> };
  }

  async function drain(url: string) {
    const { Messages = [] } = await sqs.client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ Body = '', Attributes = {}, MessageAttributes = {} }) => ({
      body: JSON.parse(Body),
      group: Attributes.MessageGroupId,
      attributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([key, value]) => [key, value.StringValue]),
      ),
    }));
  }

  return {
    now: () => time,
    pass(ms: number): void {
      time += ms;
    },
    handle,
    post: (source: string, posted: Posted) => handle(webhookEvent(source, posted)),
    /** The queued jobs, once each is what the worker reads. */
    async jobs() {
      const jobs = await drain(queueUrl);
      for (const { body } of jobs) {
        const { error } = AnyJob.safeParse(body);
        if (error) throw error;
      }
      return jobs;
    },
    deadLetters: () => drain(deadLetterQueueUrl),
    async counts(): Promise<readonly number[]> {
      const count = async (url: string): Promise<number> => {
        const { Attributes = {} } = await sqs.client.send(
          new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
        );
        return Number(Attributes.ApproximateNumberOfMessages);
      };
      return [await count(queueUrl), await count(deadLetterQueueUrl)];
    },
    /** What was logged but for the line with which each delivery begins. */
    logged: () => output.lines().filter(({ message }) => message !== 'received'),
    begun: () => output.lines().filter(({ message }) => message === 'received'),
    output: output.text,
    async close(): Promise<void> {
      clock.mockRestore();
      output.restore();
      await sqs.close();
    },
  };
}
export type ReceiveStage = Awaited<ReturnType<typeof openReceiveStage>>;
