import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Keep } from '../simulators/journal.ts';
import { createMovableClock, type MovableClock } from '../simulators/movable-clock.ts';
import { createPresets, type Presets } from '../simulators/presets/presets.ts';
import {
  createWixSimulator,
  type WixSimulator,
  type WixSimulatorOptions,
} from '../simulators/wix/simulator.ts';
import { startControl } from './control.ts';
import type { OnLine } from './function-process.ts';
import { type BundleFiles, createFunctions, type HistoryTable } from './functions.ts';
import { type AnswerOwn, startGateway } from './gateway.ts';
import { type GatewayAnswer, toAnswer } from './http-api.ts';
import { jobsIn } from './jobs.ts';
import { postMerge } from './merges.ts';
import type { OnInvocation } from './observe.ts';
import { startPoller } from './poller.ts';
import type { LocalSettings } from './settings.ts';
import { type QueueService, startQueueService } from './sqs.ts';
import { readTemplate, type Stack } from './template.ts';

/** What the functions of an engine hang on. */
interface FunctionOptions {
  /** The compiled CloudFormation template. */
  readonly template: unknown;
  readonly bundles: BundleFiles;
  readonly settings: Pick<LocalSettings, 'environment'>;
}

export interface EngineOptions extends FunctionOptions {
  readonly settings: Pick<
    LocalSettings,
    'port' | 'tunnelHost' | 'simulatorPort' | 'environment' | 'simulatedWix' | 'signingSecrets'
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
  readonly onInvocation?: OnInvocation;
  /** Answers what the engine's address has besides webhooks. */
  readonly answerOwn?: AnswerOwn;
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
  /** The trouble that the simulated Wix can be made to give. */
  readonly presets: Presets | undefined;
  /** Where the stand-in for DynamoDB listens, and its table; undefined where the template has none. */
  readonly history: HistoryTable | undefined;
  /** What the functions, the queues and the simulated Wix take for the time. */
  readonly clock: MovableClock;
  /** Where clock and presets are set (engine/control.ts); undefined where a real site is labelled. */
  readonly controlUrl: string | undefined;
  /** Runs each schedule once, and waits until all are over. */
  runSchedules(): Promise<void>;
  /**
   * Puts other functions, with their schedules and table, in the place of those that run. Each event from then on goes
   * to the new ones; what the former ones have in hand they end. Queues and routes stay as they are.
   * @throws what `startEngine` throws; the former ones go on then
   */
  replaceFunctions(options: FunctionOptions): Promise<void>;
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
    return Object.assign(await start(options, started), { stop });
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
  const { settings, keep, onError = () => {} } = options;
  const { port, tunnelHost } = settings;
  const clock = createMovableClock(keep);
  const queues = await startQueueService(keep, clock);
  started.push(queues.close);
  const stackOf = ({ template, settings: { environment } }: FunctionOptions): Stack =>
    withWorkers(readTemplate(template, queues.queueBase), environment.WORKER_CONCURRENCY);
  const stack = stackOf(options);
  await queues.create(stack.queues);
  const wix = await startWix(options, clock.now);
  if (wix) started.push(wix.close);

  const { tableFolder, onLine, onInvocation } = options;
  const functions = createFunctions({
    queues,
    clock,
    tableFolder,
    onLine,
    onInvocation,
    onError,
  });
  started.push(functions.stop);
  const replaceFunctions = (given: FunctionOptions): Promise<void> => {
    const settings = { ...given.settings.environment, ...(wix && { WIX_API_URL: wix.url }) };
    return functions.replace({ stack: stackOf(given), bundles: given.bundles, settings });
  };
  await replaceFunctions(options);
  const { invoke } = functions;
  for (const mapping of stack.mappings) {
    const invokeOne = (event: unknown) => invoke(mapping.functionId, event);
    started.push(startPoller(queues.client, mapping, invokeOne, onError).stop);
  }
  const { queueUrl, deadLetterQueueUrl } = queueUrls(stack);
  const presets =
    wix &&
    createPresets(wix.simulator, (from, into) =>
      postMerge({ from, into }, { url: gateway.url, settings, now: clock.now() }),
    );
  const control =
    presets &&
    (await startControl({
      clock,
      scheduler: functions,
      presets,
      jobs: () => jobsIn(queues.peek(queueUrl), clock.now()),
      onMoved: options.onClockMoved,
    }));
  if (control) started.push(control.close);
  const answered = async (functionId: string, event: unknown) => {
    const result = await invoke(functionId, event);
    options.onAnswered?.(event as APIGatewayProxyEventV2, toAnswer(result), clock.now());
    return result;
  };
  const gateway = await startGateway(port, stack.routes, answered, onError, {
    tunnelHost,
    answerOwn: options.answerOwn,
  });
  started.push(gateway.close);

  return {
    url: gateway.url,
    queues,
    queueUrl,
    deadLetterQueueUrl,
    wix,
    presets,
    get history() {
      return functions.history();
    },
    clock,
    controlUrl: control?.url,
    runSchedules: functions.runAll,
    replaceFunctions,
    invocations: (name) => functions.named(name).invocations,
    pids: (name) => functions.named(name).pids(),
  };
}

/** The developer's count in the template's place: as many workers run as share the site's requests. */
function withWorkers(stack: Stack, count: string | undefined): Stack {
  if (!count) return stack;
  const mappings = stack.mappings.map((each) => ({ ...each, concurrency: Number(count) }));
  return { ...stack, mappings };
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

/** The two queues under the names that the functions know them by. */
function queueUrls(stack: Stack): Pick<Engine, 'queueUrl' | 'deadLetterQueueUrl'> {
  const environment = Object.assign({}, ...stack.functions.map((each) => each.environment));
  const { QUEUE_URL: queueUrl, DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl } = environment;
  if (queueUrl && deadLetterQueueUrl) return { queueUrl, deadLetterQueueUrl };
  throw new Error('Template: no function has both QUEUE_URL and DEAD_LETTER_QUEUE_URL.');
}
