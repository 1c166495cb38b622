import { openWorker } from '../../functions/label.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { createQueue, type Queue } from '../../lib/queue/queue.ts';
import { digest } from '../../lib/runtime/digest.ts';
import type { StandingLabels } from '../../lib/standing/standing.ts';
import type { Credentials } from '../../lib/wix/calls/auth.ts';
import { createClock, type VirtualClock } from '../clock.ts';
import { createSqs, type Sqs, type SqsOptions } from '../sqs/sqs.ts';
import { type Audit, audit, type SentJob } from './audit.ts';
import { createStoreAtDistance, type StoreAtDistance } from './distant-store.ts';
import {
  API_KEY,
  createWixAtDistance,
  type WixAtDistance,
  type WixSettings,
} from './distant-wix.ts';
import { type LambdaPool, type Program, startPool } from './lambda.ts';
import { keepOutput, type Log } from './output.ts';
import { type Schedule, type ScheduledProgram, startWake } from './schedule.ts';

/*
 * The simulation runs the real worker on a virtual clock: hours of backlog take seconds, and the same
 * seed gives the same run.
 *
 *   clock.ts    time: `sleep`, `at`, and `run`, which lets all promises settle before time moves on
 *   sqs.ts      the jobs queue and its dead letters (fifo-queue.ts, groups.ts, message.ts); `obstruct`
 *   lambda.ts   the event source mapping and the processes behind it; `kill(seat)`
 *   world.ts    what a process sees; its calls are never answered once it is dead
 *   distant-store.ts  histories and standing labels, in memory at 4 to 20 ms; `intercept`
 *   schedule.ts wake on its schedule, but for the runs that find nothing to do
 *   pollers.ts  leaves to chance which process gets a batch
 *   wix.ts      the simulated Wix at 60 to 250 ms; `arrivals`, `intercept`
 *   output.ts   what the product logged, with virtual times
 *   audit.ts    what was lost, what became a dead letter, and which labels nobody asked for
 *   traffic.ts  events from a seed; naive.ts  the worker to compare with
 *
 * A run, here with a fault (Wix is down from minute 1 to minute 61, and a process is killed in minute 2):
 *
 *   const result = await simulate({ seed: 1, program: earmark({ requestsPerMinute: 180 }) }, async (it) => {
 *     const contactId = it.wix.simulator.addContact({ email: 'ada@example.com' });
 *     const isDown = () => it.minutes() >= 1 && it.minutes() < 61;
 *     it.wix.intercept = (_arrival, operate) =>
 *       isDown() ? { status: 503, headers: {}, body: '' } : operate();
 *     it.clock.at(START + 2 * MINUTE, () => it.pool.kill(0));
 *     await it.send({ contactId, event: 'a', add: ['VIP'] });
 *     await it.drained();
 *     return it.minutes();
 *   });
 *   result.value, result.audit, result.log.lines('breaker'), result.pool.stats, result.wix.arrivals
 *
 * Nothing in it may ask the real clock or Math.random.
 */

export const MINUTE = 60_000;
/** When every run begins. */
export const START = Date.parse('2026-11-21T12:00:00.000Z');
export const SITE = '5a1e0000-0000-4000-8000-000000000001';
const LONGEST_RUN_MS = 30 * 24 * 60 * MINUTE;

export interface SimulationOptions extends SqsOptions, Partial<WixSettings> {
  readonly seed: number;
  readonly program: Program;
  /** How many processes at once. Default 2. */
  readonly concurrency?: number;
  /** The code of wake: where it is given there are standing labels. */
  readonly wake?: ScheduledProgram;
  /** A run that takes longer than this is taken for one that does not end. Default: 30 days. */
  readonly longestMs?: number;
}

/** An event that earns (or loses) labels, as a rule has read it. */
export interface JobRequest {
  /** At Wix; it is what the event names, unless `by` says otherwise. */
  readonly contactId: string;
  /** What the event names instead of the contact id. */
  readonly by?: LabelJob['contact'];
  /** The sender's id of the event. */
  readonly event: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** The names that some rule may undo. Default: all. */
  readonly reversible?: readonly string[];
  readonly missing?: LabelJob['missing'];
  readonly site?: string;
  /** Epoch milliseconds. Default: now. */
  readonly occurredAt?: number;
}

export interface Simulation {
  readonly clock: VirtualClock;
  readonly sqs: Sqs;
  readonly wix: WixAtDistance;
  readonly pool: LambdaPool;
  /** The jobs queue as the receiver has it. */
  readonly queue: Queue;
  /** There where `wake` is given. */
  readonly standing: StandingParts | undefined;
  /** What was sent so far, in order. */
  readonly sent: readonly SentJob[];
  /** Virtual minutes since the start. */
  minutes(): number;
  /** Queues the job that the receiver would make of an event. @throws what the queue throws */
  send(request: JobRequest): Promise<void>;
  /** Resolves when the jobs queue is empty. */
  drained(): Promise<void>;
}

interface StandingParts {
  readonly store: StoreAtDistance;
  readonly wake: Schedule;
}

export interface Run<T> extends Pick<Simulation, 'wix' | 'pool' | 'sqs'> {
  /** What the scenario gave. */
  readonly value: T;
  readonly audit: Audit;
  readonly log: Log;
}

/** The real worker, at a site whose calls it shares with the others. */
export function earmark(limits: {
  readonly requestsPerMinute: number;
  readonly workers?: number;
  /** Default: the API key. */
  readonly credentials?: Credentials;
  /** Where it keeps standing labels. */
  readonly labels?: StandingLabels;
}): Program {
  const { requestsPerMinute, workers = 2, labels } = limits;
  const { credentials = { kind: 'api-key', apiKey: API_KEY } } = limits;
  const { queueUrl, deadLetterQueueUrl } = createSqs(() => 0);
  const urls = { queueUrl, deadLetterQueueUrl, wixApiUrl: 'http://wix.simulated.invalid' };
  const settings = { ...urls, credentials, requestsPerMinute, workers };
  return ({ store, ...world }) =>
    openWorker(settings, { ...world, ...(labels && store && { history: { labels, store } }) });
}

/** Lives a scenario through. @throws what the scenario throws; Error for one that does not end */
export async function simulate<T>(
  options: SimulationOptions,
  scenario: (simulation: Simulation) => Promise<T>,
): Promise<Run<T>> {
  const { seed, program, concurrency = 2, maxReceiveCount, sites = [SITE], ...others } = options;
  const { wake, longestMs = LONGEST_RUN_MS, ...settings } = others;
  const clock = createClock(START);
  const sqs = createSqs(clock.now, { ...(maxReceiveCount && { maxReceiveCount }) });
  const wix = createWixAtDistance(clock, seed, { sites, ...settings });
  const sent: SentJob[] = [];
  const queue = createQueue(sqs);
  const { result, log } = await keepOutput(clock, async () => {
    const store = wake && createStoreAtDistance(clock, seed);
    const { fetchOf } = wix;
    const around = { clock, sqs, seed, fetchOf, storeOf: store?.storeOf };
    const pool = startPool({ ...around, concurrency, program });
    const standing = store && wake && { store, wake: startWake(store, SITE, around, wake) };
    const simulation: Simulation = {
      clock,
      sqs,
      wix,
      pool,
      queue,
      standing,
      sent,
      minutes: () => (clock.now() - START) / MINUTE,
      async send(request) {
        const job = jobOf(request, clock.now());
        await queue.send(job);
        sent.push({ job, contactId: request.contactId });
      },
      async drained() {
        while (sqs.jobs.size() > 0) await sqs.jobs.changed();
      },
    };
    const value = await clock.run(() => scenario(simulation), longestMs);
    return { value, pool };
  });
  const report = audit(sent, sqs.deadLetters.peek(), wix.simulator.labelNamesOf);
  return { ...result, wix, sqs, audit: report, log };
}

/** The job that the receiver would make of an event. `now`: epoch milliseconds. */
export function jobOf(request: JobRequest, now: number): LabelJob {
  const { contactId, by = { contactId }, event, add = [], remove = [], missing = 'wait' } = request;
  const { reversible, site = SITE, occurredAt = now } = request;
  return {
    v: 1,
    id: digest(site, event),
    site,
    contact: by,
    missing,
    add: [...add],
    remove: [...remove],
    ...(reversible && { reversible: [...reversible] }),
    cause: {
      source: 'custom',
      eventId: event,
      topic: 'simulated',
      types: ['custom'],
      rules: ['simulated'],
      occurredAt: new Date(occurredAt).toISOString(),
      receivedAt: new Date(now).toISOString(),
    },
  };
}
