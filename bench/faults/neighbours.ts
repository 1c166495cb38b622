import {
  MINUTE,
  SITE,
  type Simulation,
  type SimulationOptions,
  START,
  simulate,
} from '../../simulators/deployment/simulation.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import { percentile } from '../measure.ts';
import { answering, type Interceptor, workerOn } from './stage.ts';

/** A site in trouble, and one that shares its queue and its workers: two sites of one app. */
const TROUBLED = '5a1e0000-0000-4000-8000-0000000000aa';
const NEIGHBOUR = '5a1e0000-0000-4000-8000-0000000000bb';

/** Of each site, at random times. */
const EVENTS_A_MINUTE = 60;
/** The neighbour's labels. */
const FEW_NAMES = 5;
/** How long to wait after the last event. Not until the queue is empty: the troubled site may never be done. */
const PATIENCE = 10 * MINUTE;
/** How much slower the neighbour may be beside a site that is throttled to nothing. */
const MOST = 1.1;

/** What is wrong with the troubled site, for as long as a run lasts. */
interface Trouble {
  readonly name: string;
  /** How its Wix answers; default: as always. */
  readonly intercept?: (it: Simulation) => Interceptor;
  /** It has as many events again, all at the start. */
  readonly isBehind?: true;
  /** Of its labels. */
  readonly names?: number;
  readonly settings?: Partial<SimulationOptions>;
  /** How much slower the neighbour may be. Undefined: shown, not judged. */
  readonly atMost?: number;
}

export const TROUBLES: readonly Trouble[] = [
  { name: 'beside one throttled', intercept: () => answering(429), atMost: MOST },
  {
    name: 'beside one slow',
    intercept: (it) => async (_arrival, operate) => {
      const answer = await operate();
      await it.clock.sleep(30_000);
      return answer;
    },
  },
  { name: 'beside one refused', intercept: () => answering(401) },
  { name: 'beside one behind', isBehind: true },
  { name: 'beside one full', settings: { labelsQuota: 2 * FEW_NAMES }, names: 8 * FEW_NAMES },
];

/** From the event to the label, in milliseconds. */
export interface Speed {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Comparison {
  readonly name: string;
  /** The neighbour's. */
  readonly events: number;
  /** Of these, without a label. */
  readonly missing: number;
  readonly alone: Speed;
  readonly together: Speed;
  readonly meanRatio: number;
  readonly p99Ratio: number;
  /** Calls to the troubled site. */
  readonly troubledCalls: number;
  /** Undefined where the ratios are shown, not judged. */
  readonly atMost: number | undefined;
  readonly passed: boolean;
}

interface ComparisonOptions {
  readonly seed: number;
  /** Of each site. */
  readonly events: number;
}

/** The same neighbour alone and beside the troubled site. */
export async function compare(trouble: Trouble, options: ComparisonOptions): Promise<Comparison> {
  const { speed: alone } = await live(undefined, options);
  const { speed: together, missing, troubledCalls } = await live(trouble, options);
  const { name, atMost } = trouble;
  const meanRatio = together.mean / alone.mean;
  const p99Ratio = together.p99 / alone.p99;
  const { events } = options;
  const passed = missing === 0 && Math.max(meanRatio, p99Ratio) <= (atMost ?? Infinity);
  const ratios = { meanRatio, p99Ratio, troubledCalls, atMost, passed };
  return { name, events, missing, alone, together, ...ratios };
}

async function live(trouble: Trouble | undefined, { seed, events }: ComparisonOptions) {
  const labelledAt = new Map<string, number>();
  let now = (): number => START;
  const { value: sentAt, wix } = await simulate(
    {
      seed,
      program: workerOn({ clockOffsetMs: 0, seats: new Map() }, 'app'),
      sites: [SITE, TROUBLED, NEIGHBOUR],
      onContactUpdated: ({ contactId, addedLabelKeys }) => {
        if (addedLabelKeys.length > 0) labelledAt.set(contactId, now());
      },
      ...trouble?.settings,
    },
    async (it) => {
      now = it.clock.now;
      if (trouble) void beInTrouble(it, trouble, events, createRandom(seed, 'troubled'));
      const sent = await send(it, NEIGHBOUR, events, createRandom(seed, 'neighbour'));
      await it.clock.sleep(PATIENCE);
      return sent;
    },
  );
  const times = [...sentAt].flatMap(([contactId, sent]) => {
    const at = labelledAt.get(contactId);
    return at === undefined ? [] : [at - sent];
  });
  return {
    missing: events - times.length,
    speed: speedOf(times),
    troubledCalls: wix.arrivals.filter(({ site }) => site === TROUBLED).length,
  };
}

function beInTrouble(
  it: Simulation,
  { intercept, isBehind, names }: Trouble,
  events: number,
  random: Random,
): Promise<unknown> {
  const wrong = intercept?.(it);
  if (wrong) {
    it.wix.intercept = (arrival, operate) =>
      arrival.site === TROUBLED ? wrong(arrival, operate) : operate();
  }
  const backlog = isBehind ? send(it, TROUBLED, events, () => 0, names) : undefined;
  return Promise.all([backlog, send(it, TROUBLED, events, random, names)]);
}

/** Events of distinct contacts, one label each. @returns when each was sent, by contact id */
async function send(
  it: Simulation,
  site: string,
  events: number,
  random: Random,
  names = FEW_NAMES,
): Promise<ReadonlyMap<string, number>> {
  const sentAt = new Map<string, number>();
  for (let index = 0; index < events; index += 1) {
    const wait = (2 * random() * MINUTE) / EVENTS_A_MINUTE;
    if (wait > 0) await it.clock.sleep(wait);
    const contactId = it.wix.simulator.addContact({ firstName: 'Ada' }, site);
    const add = [`Label ${index % names}`];
    await it.send({ contactId, event: contactId, site, add, reversible: [] });
    sentAt.set(contactId, it.clock.now());
  }
  return sentAt;
}

function speedOf(times: readonly number[]): Speed {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { mean, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
