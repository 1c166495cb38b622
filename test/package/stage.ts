import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { startGateway } from '../../engine/gateway.ts';
import { type Poller, startPoller } from '../../engine/poller.ts';
import { readLocalSettings } from '../../engine/settings.ts';
import { type QueueService, startQueueService } from '../../engine/sqs.ts';
import { type QueueSpec, readTemplate } from '../../engine/template.ts';
import type { CodeSourceName } from '../../lib/events/event.ts';
import { type SampleDelivery, type SampleOptions, sampleDelivery } from '../../samples/samples.ts';
import { ACCOUNT, REGION } from '../../simulators/sqs/address.ts';
import { startDynamo } from '../../simulators/store/dynalite.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { until } from '../support/until.ts';
import { startAws } from './aws.ts';
import type { Deployment } from './deployment.ts';
import { createLambda } from './lambda.ts';

/** A batch that the mapping handed to the worker, and what came back. */
interface Batch {
  readonly event: SQSEvent;
  readonly response: unknown;
}

export type Stage = Awaited<ReturnType<typeof startStage>>;

/**
 * The deployed service: each function under AWS's runtime client with the environment that the template
 * gives it (`changes` in its place), API Gateway before it, and behind it the stand-ins for SQS and DynamoDB,
 * Parameter Store with every setting, and the simulated Wix. Nothing reads the queue before `poll()`.
 */
export async function startStage(
  deployment: Deployment,
  changes: Readonly<Record<string, string>> = {},
) {
  const { settings, wix, queues, dynamo, parameters, aws, close } = await startSurroundings();
  const { routes, mappings, ...stack } = readTemplate(deployment.template, queues.queueBase);
  await queues.create(stack.queues);
  await Promise.all(stack.tables.map(dynamo.create));
  const output: string[] = [];
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const environment = { WIX_API_URL: wix.url, ...changes };
  const functions = createFunctions(deployment, environment, aws.port, (line) => output.push(line));
  const invoke = (id: string, event: unknown) => functions.named(id).invoke(event);
  const gateway = await startGateway(0, routes, invoke, onError);
  const batches: Batch[] = [];
  const pollers: Poller[] = [];
  const inQueue = (logicalId: string) => messagesIn(queues, stack.queues, logicalId);

  return {
    wix: wix.simulator,
    dynamo,
    settings: settings.environment,
    invoke,
    parameters,
    aws,
    batches,
    /** Every line that a function wrote, to standard output or error. */
    output,
    /** What went wrong outside the functions' own logs: an invocation that failed, a 500. */
    errors,
    coldStarts: (name: string) => functions.named(name).coldStarts,
    /** How many messages a queue holds, by its logical id, seen and unseen. */
    messagesIn: inQueue,
    /** Waits until `left` jobs are in the queue. @throws the first of `errors` */
    async untilQueued(left: number) {
      await until(async () => {
        if (errors.length > 0) throw errors[0];
        return (await inQueue('JobQueue')) === left;
      });
    },
    /** A fresh purchase, signed with the source's secret in Parameter Store. */
    sample(source: CodeSourceName, options: Partial<SampleOptions> = {}): SampleDelivery {
      const secret = settings.signingSecrets[source] ?? '';
      return sampleDelivery(source, { secret, now: Date.now(), ...options });
    },
    /** Posts it, and gives the answer's status and JSON. */
    async post(source: string, { headers, body }: SampleDelivery) {
      const url = `${gateway.url}/webhooks/${source}`;
      const response = await fetch(url, { method: 'POST', headers, body });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    /** Begins to hand what is queued to the worker, as the event source mapping does. */
    poll() {
      for (const mapping of mappings) {
        const invokeBatch = async (event: SQSEvent) => {
          const response = await invoke(mapping.functionId, event);
          batches.push({ event, response });
          return response;
        };
        pollers.push(startPoller(queues.client, mapping, invokeBatch, onError));
      }
    },
    async stop() {
      await Promise.all([...pollers.map(({ stop }) => stop()), functions.stop(), gateway.close()]);
      await close();
    },
  };
}

/** What the functions talk to: Wix, SQS, DynamoDB and Parameter Store, with the settings of a development site. */
async function startSurroundings() {
  const settings = readLocalSettings({});
  const simulator = createWixSimulator({ ...settings.simulatedWix });
  const wix = await simulator.listen(0);
  const queues = await startQueueService();
  const dynamo = await startDynamo();
  const parameters = new Map(
    Object.entries(settings.environment).map(([name, value]) => [`/earmark/dev/${name}`, value]),
  );
  const aws = await startAws({ sqs: queues.endpoint, dynamodb: dynamo.endpoint }, parameters);
  const close = () => Promise.all([wix.close(), queues.close(), dynamo.close(), aws.close()]);
  return { settings, wix: { simulator, url: wix.url }, queues, dynamo, parameters, aws, close };
}

/** The template's functions, which know the queues by AWS's own addresses. */
function createFunctions(
  { template, taskRoots }: Deployment,
  changes: Readonly<Record<string, string>>,
  awsPort: number,
  onLine: (line: string) => void,
) {
  const stack = readTemplate(template, `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}`);
  const all = stack.functions.map((spec) => {
    const { logicalId, handler } = spec;
    const environment = { ...spec.environment, ...changes };
    const taskRoot = taskRoots.get(logicalId) ?? '';
    const lambda = createLambda({ ...spec, environment, taskRoot }, awsPort, onLine);
    return { logicalId, handler, lambda };
  });
  return {
    /** By the logical id, or the handler's file: `receive`. */
    named(name: string) {
      const found = all.find(({ logicalId, handler }) => [logicalId, handler].includes(name));
      if (!found) throw new Error(`The template has no function "${name}".`);
      return found.lambda;
    },
    stop: () => Promise.all(all.map(({ lambda }) => lambda.stop())),
  };
}

async function messagesIn(
  { client }: QueueService,
  queues: readonly QueueSpec[],
  id: string,
): Promise<number> {
  const QueueUrl = queues.find(({ logicalId }) => logicalId === id)?.url;
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}
