import { randomUUID } from 'node:crypto';
import type { MovableClock } from '../simulators/movable-clock.ts';
import { REGION } from '../simulators/sqs/address.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { OnLine, ProcessSpec } from './function-process.ts';
import type { OnInvocation } from './observe.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';
import type { LocalSettings } from './settings.ts';
import type { QueueService } from './sqs.ts';
import type { FunctionSpec, Stack } from './template.ts';

/** Lambda would start one for every request at hand; on one machine two keep up with hundreds a second. */
const PROCESSES_BEHIND_A_ROUTE = 2;

/** The file of each bundle by its name in the template's handlers: `receive`, `label`, `wake`. */
export type BundleFiles = Readonly<Record<string, string | undefined>>;

/** What functions are started from. */
export interface Deployment {
  readonly stack: Stack;
  readonly bundles: BundleFiles;
  /** What they find in their environment in place of what the template says there. */
  readonly settings: LocalSettings['environment'];
}

/** What is there for as long as the engine is. */
interface Surroundings {
  readonly queues: Pick<QueueService, 'endpoint'>;
  readonly clock: MovableClock;
  /** The folder where the tables keep what they hold; undefined: in memory. */
  readonly tableFolder: string | undefined;
  readonly onLine: OnLine | undefined;
  readonly onInvocation: OnInvocation | undefined;
  readonly onError: (error: unknown) => void;
}

/** Where the stand-in for DynamoDB listens, and its table. */
export interface HistoryTable {
  readonly endpoint: string;
  readonly table: string;
  /** For how many years facts are kept, as the functions read it; undefined where the template does not say. */
  readonly years: string | undefined;
}

interface InForce {
  readonly stack: Stack;
  readonly pools: ReadonlyMap<string, FunctionPool>;
  readonly scheduler: Scheduler;
  /** Undefined where the template has no table. */
  readonly history: HistoryTable | undefined;
}

/** The functions of an engine with their schedules and tables, which others can replace. None are there at first. */
export function createFunctions(surroundings: Surroundings) {
  const { clock, onError, onInvocation = () => () => {} } = surroundings;
  const tables = createTables(surroundings.tableFolder);
  const alive = new Set<FunctionPool>();
  let inForce: InForce | undefined;
  let isStopped = false;

  function poolOf(functionId: string): FunctionPool {
    const pool = inForce?.pools.get(functionId);
    if (!pool) throw new Error(`The template has no function "${functionId}".`);
    return pool;
  }
  async function invoke(functionId: string, event: unknown): Promise<unknown> {
    const pool = poolOf(functionId);
    const id = randomUUID();
    const onResult = onInvocation({ id, functionName: pool.name, event });
    let result: unknown;
    try {
      result = await pool.invoke(event, id);
      return result;
    } finally {
      onResult(result);
    }
  }

  async function startAll(deployment: Deployment): Promise<InForce> {
    const { stack } = deployment;
    const history = await tables.open(stack);
    const pools = new Map<string, FunctionPool>();
    try {
      for (const spec of stack.functions) {
        const pool = createPool(spec, deployment, surroundings, history);
        alive.add(pool);
        pools.set(spec.logicalId, pool);
      }
      await Promise.all([...pools.values()].map(({ ready }) => ready));
      if (isStopped) throw new Error('The engine is stopped.');
    } catch (error) {
      await Promise.all([...pools.values()].map(({ stop }) => stop()));
      throw error;
    }
    const scheduler = startScheduler(stack.schedules, clock, invoke, onError);
    return { stack, pools, scheduler, history };
  }

  async function retire(pool: FunctionPool): Promise<void> {
    await pool.retire();
    alive.delete(pool);
  }

  return {
    /** Runs a function by its logical id. */
    invoke,
    history: () => inForce?.history,
    /** The processes of a function by its bundle's name. */
    named: (name: string): FunctionPool =>
      poolOf(inForce?.stack.functions.find(({ handler }) => handler === name)?.logicalId ?? name),
    /** Runs each schedule once, and waits until all are over. */
    runAll: async (): Promise<void> => inForce?.scheduler.runAll(),
    /**
     * Starts functions, and gives them each event from then on; the former ones end what they have in hand.
     * @throws when a bundle does not load; the former ones go on then
     */
    async replace(deployment: Deployment): Promise<void> {
      const former = inForce;
      inForce = await startAll(deployment);
      former?.scheduler.stop();
      for (const pool of former?.pools.values() ?? []) retire(pool).catch(onError);
    },
    /** Ends all at once, work in hand too. */
    async stop(): Promise<void> {
      isStopped = true;
      inForce?.scheduler.stop();
      await Promise.all([...[...alive].map(({ stop }) => stop()), tables.close()]);
    },
  };
}

/** Nothing of it is loaded before a template has a table. It stays where a later one has none. */
function createTables(folder: string | undefined) {
  const start = async ({ tables }: Stack) => {
    const { startDynamo } = await import('../simulators/store/dynalite.ts');
    const dynamo = await startDynamo(folder);
    await Promise.all(tables.map(dynamo.create));
    return dynamo;
  };
  let started: ReturnType<typeof start> | undefined;
  return {
    async open(stack: Stack): Promise<HistoryTable | undefined> {
      const [first] = stack.tables;
      if (!first) return undefined;
      started ??= start(stack);
      const { endpoint } = await started;
      const years = stack.functions
        .map(({ environment }) => environment.HISTORY_YEARS)
        .find(Boolean);
      return { endpoint, table: first.TableName, years };
    },
    close: async (): Promise<void> => (await started)?.close(),
  };
}

/**
 * A function that reads a queue gets as many processes as it may have batches in hand, and no more; one that a
 * schedule runs gets one.
 */
function createPool(
  spec: FunctionSpec,
  { stack, bundles, settings }: Deployment,
  { queues, clock, onLine = () => {} }: Surroundings,
  history: HistoryTable | undefined,
): FunctionPool {
  const { logicalId, handler: name, exportName, timeoutMs, memoryMb } = spec;
  const bundle = bundles[name];
  if (!bundle) throw new Error(`Template: ${logicalId} wants the bundle "${name}", not built.`);
  const concurrency = stack.mappings
    .filter(({ functionId }) => functionId === logicalId)
    .reduce((sum, mapping) => sum + mapping.concurrency, 0);
  const isScheduled = stack.schedules.some(({ functionId }) => functionId === logicalId);
  const size = concurrency || (isScheduled ? 1 : PROCESSES_BEHIND_A_ROUTE);
  const environment = functionEnvironment(spec, settings, {
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    ...(history && { AWS_ENDPOINT_URL_DYNAMODB: history.endpoint }),
  });
  const process: ProcessSpec = {
    name,
    bundle,
    exportName,
    timeoutMs,
    memoryMb,
    environment,
    clock,
  };
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
