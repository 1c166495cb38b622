import { StoreError } from '../../lib/store/store.ts';
import type { StoreArrival } from '../../simulators/deployment/distant-store.ts';
import type { Simulation } from '../../simulators/deployment/simulation.ts';
import { between, type Random } from '../../simulators/random.ts';
import type { SimulatedAnswer } from '../../simulators/wix/simulator.ts';
import { anyOf, chance, HOUR, MINUTE } from './deeds.ts';

/** How often a call meets trouble in calm weather, and in a storm. */
const CALM = 0.01;
const STORMY = 0.15;
/** How often a step of the run begins a storm, an outage, and the death of a process that has nothing to do. */
const STORM = 0.06;
const OUTAGE = 0.015;
const IDLE_DEATH = 0.04;

/** Longer than a worker waits for an answer. */
const TOO_LONG_MS = 45_000;

const WIX_TROUBLE = [
  '5xx',
  '5xx, done',
  '429',
  'no answer',
  'no answer, done',
  'dropped',
  'dropped, done',
] as const;
const STORE_TROUBLE = ['throttled', 'unavailable', 'lost', 'slow'] as const;
const DEATHS = ['killed before', 'killed after'] as const;

export interface Trouble {
  /** What was injected so far, how often. */
  readonly counts: Readonly<Record<string, number>>;
  /** To be called between two steps of a run. */
  step(): void;
}

/** Lets calls of a run fail in every way that a call can, and kills processes. */
export function createTrouble(it: Simulation, random: Random): Trouble {
  const { clock, wix, pool, standing } = it;
  const counts: Record<string, number> = {};
  const until = { storm: 0, wix: 0, store: 0 };
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const isOut = (what: keyof typeof until): boolean => clock.now() < until[what];
  const strikes = (): boolean => chance(random, isOut('storm') ? STORMY : CALM);

  function kill(process: number): void {
    if (process < 0) standing?.wake.kill();
    else pool.killProcess(process);
  }

  async function dying<T>(where: string, process: number, operate: () => Promise<T>): Promise<T> {
    const death = anyOf(random, DEATHS);
    count(`${where}: ${death}`);
    if (death === 'killed before') kill(process);
    const answer = await operate();
    kill(process);
    return answer;
  }

  wix.intercept = async (arrival, operate) => {
    if (isOut('wix')) return failing(503);
    if (!strikes()) return operate();
    if (chance(random, 0.2)) return dying('Wix', arrival.process, operate);
    const what = anyOf(random, WIX_TROUBLE);
    count(`Wix: ${what}`);
    if (what === '429') return failing(429);
    if (what.endsWith('done')) await operate();
    if (what.startsWith('no answer')) await clock.sleep(TOO_LONG_MS);
    return what.startsWith('5xx') ? failing(anyOf(random, [500, 502, 503, 504])) : DROPPED;
  };

  if (standing) {
    standing.store.intercept = async (arrival, operate) => {
      if (isOut('store')) throw new StoreError('unavailable', 'simulated outage');
      if (!strikes()) return noted(arrival, await operate());
      if (chance(random, 0.25)) return dying('store', arrival.process, operate);
      const what = anyOf(random, STORE_TROUBLE);
      count(`store: ${what}`);
      if (what === 'throttled' || what === 'unavailable') throw new StoreError(what, 'simulated');
      const answer = await operate();
      if (what === 'lost') throw new StoreError('unavailable', 'simulated: the answer was lost');
      await clock.sleep(between(random, 500, 8_000));
      return answer;
    };
  }

  function noted<T>({ call }: StoreArrival, answer: T): T {
    if (call === 'saveState' && answer === false) count('two workers at one contact');
    return answer;
  }

  return {
    counts,
    step() {
      if (chance(random, STORM)) {
        count('storms');
        until.storm = clock.now() + between(random, MINUTE, HOUR);
      }
      if (chance(random, OUTAGE)) {
        const what = anyOf(random, ['wix', 'store'] as const);
        count(`outages of ${what === 'wix' ? 'Wix' : 'the store'}`);
        until[what] = clock.now() + between(random, MINUTE, HOUR);
      }
      if (chance(random, IDLE_DEATH)) {
        count('processes renewed');
        pool.kill(Math.floor(random() * 2));
      }
    },
  };
}

const failing = (status: number): SimulatedAnswer => ({ status, headers: {}, body: '' });
const DROPPED: SimulatedAnswer = { status: 0, headers: {}, body: '', dropped: true };
