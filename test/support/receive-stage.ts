import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { jest } from '@jest/globals';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createHandler, openReceiver } from '../../functions/receive.ts';
import { SOURCE_NAMES, type SourceName } from '../../lib/events/event.ts';
import type { QueueOptions } from '../../lib/queue/queue.ts';
import type { ReceiveSettings } from '../../lib/receiving/settings.ts';
import type { RulesConfig } from '../../lib/rules/config.ts';
import type { SampleDelivery } from '../../local/samples.ts';
import { startQueueService } from '../../local/sqs.ts';
import { SITE_ID, START } from './label-stage.ts';

const FIFO = { FifoQueue: 'true', ContentBasedDeduplication: 'false', VisibilityTimeout: '360' };

export interface Posted extends Partial<SampleDelivery> {
  readonly method?: string;
  readonly base64?: boolean;
}

export interface ReceiveStageOptions {
  readonly secrets?: Partial<Record<SourceName, readonly string[]>>;
  readonly rules?: RulesConfig;
  readonly siteOf?: ReceiveSettings['siteOf'];
  /** Something in front of SQS that breaks. */
  readonly around?: (client: QueueOptions['client']) => QueueOptions['client'];
}

/** The real `receive` handler before the SQS emulator, on a clock of the test's. */
export async function openReceiveStage(options: ReceiveStageOptions = {}) {
  let time = START;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => time);
  const lines: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const sqs = await startQueueService();
  const url = (name: string): string => `${sqs.queueBase}/${name}`;
  await sqs.create(
    ['jobs.fifo', 'dead-letters.fifo'].map((name) => ({
      logicalId: name,
      name,
      url: url(name),
      attributes: FIFO,
    })),
  );
  const closed = Object.fromEntries(SOURCE_NAMES.map((name) => [name, []]));
  const client: QueueOptions['client'] = options.around ? options.around(sqs.client) : sqs.client;
  const receiver = openReceiver(
    {
      queueUrl: url('jobs.fifo'),
      deadLetterQueueUrl: url('dead-letters.fifo'),
      secrets: { ...closed, ...options.secrets } as ReceiveSettings['secrets'],
      siteOf: options.siteOf ?? (() => SITE_ID),
    },
    client,
    options.rules,
  );
  const handler = createHandler(
    async () => receiver,
    () => time,
  );

  async function drain(name: string) {
    const { Messages = [] } = await sqs.client.send(
      new ReceiveMessageCommand({
        QueueUrl: url(name),
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
    async post(source: string, { headers = {}, body = '', method = 'POST', base64 }: Posted) {
      const event = {
        version: '2.0',
        headers,
        pathParameters: { source },
        requestContext: { http: { method } },
        body: base64 ? Buffer.from(body).toString('base64') : body,
        isBase64Encoded: base64 ?? false,
      } as unknown as APIGatewayProxyEventV2;
      const answer = await handler(event, {} as Context);
      return { ...answer, body: JSON.parse(answer.body ?? '') as Record<string, string> };
    },
    jobs: () => drain('jobs.fifo'),
    deadLetters: () => drain('dead-letters.fifo'),
    async counts(): Promise<readonly number[]> {
      const count = async (name: string): Promise<number> => {
        const { Attributes = {} } = await sqs.client.send(
          new GetQueueAttributesCommand({ QueueUrl: url(name), AttributeNames: ['All'] }),
        );
        return Number(Attributes.ApproximateNumberOfMessages);
      };
      return [await count('jobs.fifo'), await count('dead-letters.fifo')];
    },
    logged: (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line)),
    output: (): string => lines.join(''),
    async close(): Promise<void> {
      clock.mockRestore();
      output.mockRestore();
      await sqs.close();
    },
  };
}
export type ReceiveStage = Awaited<ReturnType<typeof openReceiveStage>>;
