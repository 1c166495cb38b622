import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Keep } from '../simulators/journal.ts';
import { createMovableClock, type MovableClock } from '../simulators/movable-clock.ts';
import { REGION } from '../simulators/sqs/address.ts';
import {
  createWixSimulator,
  type WixSimulator,
  type WixSimulatorOptions,
} from '../simulators/wix/simulator.ts';
import { startControl } from './control.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { OnLine, ProcessSpec } from './function-process.ts';
import { startGateway } from './gateway.ts';
import { type GatewayAnswer, toAnswer } from './http-api.ts';
import { startPoller } from './poller.ts';
import { startScheduler } from './scheduler.ts';
import type { LocalSettings } from './settings.ts';
import { type QueueService, startQueueService } from './sqs.ts';
import { type FunctionSpec, readTemplate, type Stack } from './template.ts';

/** Lambda would start one for every request at hand; on one machine two keep up with hundreds a second. */
const PROCESSES_BEHIND_A_ROUTE = 2;

export interface EngineOptions {
  /** The compiled CloudFormation template. */
  readonly template: unknown;
  /** The file of each bundle by its name in the template's handlers: `receive`, `label`, `wake`. */
  readonly bundles: Readonly<Record<string, string | undefined>>;
  readonly settings: Pick<
    LocalSettings,
    'port' | 'tunnelHost' | 'simulatorPort' | 'environment' | 'simulatedWix'
  >;
  /** What the simulated Wix shall do differently, e.g. `requestsPerMinute`. */
  readonly simulator?: Partial<WixSimulatorOptions>;
  /** Where queues and the simulated Wix keep what they hold. Default: in memory. */
  readonly keep?: Keep;
  /** The folder where the tables keep what they hold. Default: in memory. */
  readonly tableFolder?: string;
  /** Every line that a function writes. */
  readonly onLine?: OnLine;
  /** Each request that a function answered. */
  readonly onAnswered?: (
    event: APIGatewayProxyEventV2,
    answer: GatewayAnswer,
    now: number,
  ) => unknown;
  /** What went wrong outside the functions' own logs: an invocation that failed, a 500. */
  readonly onError?: (error: unknown) => void;
  /** The clock was moved on; whoever did it waits for this. */
  readonly onClockMoved?: () => Promise<void>;
}

/** Earmark, running on this machine. */
export interface Engine {
  /** Where webhooks are posted: `${url}/webhooks/{source}`. */
  readonly url: string;
  readonly queues: QueueService;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Undefined when a real site is labelled. */
  readonly wix: { readonly url: string; readonly simulator: WixSimulator } | undefined;
  /** Where the stand-in for DynamoDB listens, and its table; undefined where the template has none. */
  readonly history:
    | { readonly endpoint: string; readonly table: string; readonly years: string | undefined }
    | undefined;
  /** What the functions, the queues and the simulated Wix take for the time. */
  readonly clock: MovableClock;
  /** Where the clock is moved (engine/control.ts); undefined where a real site is labelled. */
  readonly controlUrl: string | undefined;
  /** Runs each schedule once, and waits until all are over. */
  runSchedules(): Promise<void>;
  /** How often each function was invoked, by its bundle's name. */
  invocations(functionName: string): number;
  /** The ids of the live processes of a function. */
  pids(functionName: string): number[];
  /** Ends everything at once, work in hand too. */
  stop(): Promise<void>;
}

/**
 * Starts queues, simulated Wix, functions and HTTP gateway, wired as the template says.
 *
 * @throws when a port is taken, the template holds what cannot be run here, or a bundle does not load;
 * nothing is left running then.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const started: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((end) => end()));
  };
  try {
    return { ...(await start(options, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param started takes what ends each part that has begun */
async function start(
  options: EngineOptions,
  started: (() => Promise<unknown>)[],
): Promise<Omit<Engine, 'stop'>> {
  const { template, settings, keep, onError = () => {} } = options;
  const { environment, port, tunnelHost } = settings;
  const clock = createMovableClock(keep);
  const queues = await startQueueService(keep, clock);
  started.push(queues.close);
  const stack = withWorkers(
    readTemplate(template, queues.queueBase),
    environment.WORKER_CONCURRENCY,
  );
  await queues.create(stack.queues);

  const dynamo = await startTables(stack, options.tableFolder);
  if (dynamo) started.push(dynamo.close);
  const wix = await startWix(options, clock.now);
  if (wix) started.push(wix.close);

  const given = { ...environment, ...(wix && { WIX_API_URL: wix.url }) };
  const pools = new Map<string, FunctionPool>();
  for (const spec of stack.functions) {
    const environment = functionEnvironment(spec, given, {
      AWS_ENDPOINT_URL_SQS: queues.endpoint,
      ...(dynamo && { AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint }),
    });
    const pool = createPool(spec, stack, options, { environment, clock });
    started.push(pool.stop);
    pools.set(spec.logicalId, pool);
  }
  await Promise.all([...pools.values()].map(({ ready }) => ready));

  const poolOf = (functionId: string): FunctionPool => {
    const pool = pools.get(functionId);
    if (!pool) throw new Error(`The template has no function "${functionId}".`);
    return pool;
  };
  for (const mapping of stack.mappings) {
    const { invoke } = poolOf(mapping.functionId);
    started.push(startPoller(queues.client, mapping, invoke, onError).stop);
  }
  const invoke = (functionId: string, event: unknown) => poolOf(functionId).invoke(event);
  const scheduler = startScheduler(stack.schedules, clock, invoke, onError);
  started.push(async () => scheduler.stop());
  const control = wix && (await startControl(clock, scheduler, options.onClockMoved));
  if (control) started.push(control.close);
  const answered = async (functionId: string, event: unknown) => {
    const result = await invoke(functionId, event);
    options.onAnswered?.(event as APIGatewayProxyEventV2, toAnswer(result), clock.now());
    return result;
  };
  const gateway = await startGateway(port, stack.routes, answered, onError, tunnelHost);
  started.push(gateway.close);

  const byName = (name: string) =>
    poolOf(stack.functions.find(({ handler }) => handler === name)?.logicalId ?? name);
  return {
    url: gateway.url,
    queues,
    ...queueUrls(stack),
    wix,
    history: dynamo && { endpoint: dynamo.endpoint, table: dynamo.table, years: dynamo.years },
    clock,
    controlUrl: control?.url,
    runSchedules: scheduler.runAll,
    invocations: (name) => byName(name).invocations,
    pids: (name) => byName(name).pids(),
  };
}

/** The developer's count in the template's place: as many workers run as share the site's requests. */
function withWorkers(stack: Stack, count: string | undefined): Stack {
  if (!count) return stack;
  const mappings = stack.mappings.map((each) => ({ ...each, concurrency: Number(count) }));
  return { ...stack, mappings };
}

/** Nothing of it is loaded where the template has no table. */
async function startTables({ tables, functions }: Stack, folder: string | undefined) {
  const [first] = tables;
  if (!first) return undefined;
  const { startDynamo } = await import('../simulators/store/dynalite.ts');
  const { endpoint, create, close } = await startDynamo(folder);
  await Promise.all(tables.map(create));
  const { HISTORY_YEARS: years } = environmentOf(functions);
  return { endpoint, table: first.TableName, years, close };
}

async function startWix({ settings, simulator: changes, keep }: EngineOptions, now: () => number) {
  if (!settings.simulatedWix) return undefined;
  const simulator = createWixSimulator({
    ...settings.simulatedWix,
    now,
    ...(keep && { keep }),
    ...changes,
  });
  const { url, close } = await simulator.listen(settings.simulatorPort);
  return { simulator, url, close };
}

/** What the template gives any of the functions. */
const environmentOf = (
  functions: readonly FunctionSpec[],
): Readonly<Record<string, string | undefined>> =>
  Object.assign({}, ...functions.map((each) => each.environment));

/** The two queues under the names that the functions know them by. */
function queueUrls(stack: Stack): Pick<Engine, 'queueUrl' | 'deadLetterQueueUrl'> {
  const { QUEUE_URL: queueUrl, DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl } = environmentOf(
    stack.functions,
  );
  if (queueUrl && deadLetterQueueUrl) return { queueUrl, deadLetterQueueUrl };
  throw new Error('Template: no function has both QUEUE_URL and DEAD_LETTER_QUEUE_URL.');
}

/**
 * A function that reads a queue gets as many processes as it may have batches in hand, and no more; one that a
 * schedule runs gets one.
 */
function createPool(
  spec: FunctionSpec,
  { mappings, schedules }: Stack,
  { bundles, onLine = () => {} }: EngineOptions,
  seen: Pick<ProcessSpec, 'environment' | 'clock'>,
): FunctionPool {
  const { logicalId, handler: name, exportName, timeoutMs, memoryMb } = spec;
  const bundle = bundles[name];
  if (!bundle) throw new Error(`Template: ${logicalId} wants the bundle "${name}", not built.`);
  const concurrency = mappings
    .filter(({ functionId }) => functionId === logicalId)
    .reduce((sum, mapping) => sum + mapping.concurrency, 0);
  const isScheduled = schedules.some(({ functionId }) => functionId === logicalId);
  const size = concurrency || (isScheduled ? 1 : PROCESSES_BEHIND_A_ROUTE);
  const process = { name, bundle, exportName, timeoutMs, memoryMb, ...seen };
  return createFunctionPool(process, size, onLine);
}

/**
 * All that a function sees: what the template gives it, with the developer's settings in the place of
 * Parameter Store, and what Lambda sets itself. A parameter that nobody set is left out.
 */
function functionEnvironment(
  { name, memoryMb, environment }: FunctionSpec,
  settings: Readonly<Record<string, string>>,
  endpoints: Readonly<Record<string, string>>,
): Record<string, string> {
  const fromTemplate = Object.entries(environment).flatMap(([key, value]) => {
    const chosen = settings[key] ?? (value.startsWith('ssm:') ? undefined : value);
    return chosen === undefined ? [] : [[key, chosen]];
  });
  // The template has no variable for each described source, but the folder of them all.
  const secrets =
    'SOURCE_SECRETS' in environment
      ? Object.entries(settings).filter(([key]) => key.endsWith('_WEBHOOK_SECRET'))
      : [];
  // The user's own are among the settings where Parameter Store is to be read.
  const aws = Object.entries(settings).filter(([key]) => key.startsWith('AWS_'));
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...Object.fromEntries([...fromTemplate, ...secrets, ...aws]),
    ...endpoints,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    TZ: 'UTC',
  };
}
