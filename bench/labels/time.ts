import { type Simulation, START, simulate } from '../../simulators/deployment/simulation.ts';
import { between, createRandom, type Random } from '../../simulators/random.ts';
import { anyOf, chance, DAY, HOUR, MINUTE } from './deeds.ts';
import { emailOf, eventOf } from './events.ts';
import { openStage, rulesWith, standingPrograms } from './stage.ts';

export interface TimeOptions {
  readonly seed: number;
  /** How many labels there are, each of a customer of its own. */
  readonly labels: number;
  readonly days: number;
}

/** How late labels went, of those that were to go at so many moments. */
interface TimeRow {
  readonly name: string;
  readonly labels: number;
  /** Of these, before their time. */
  readonly early: number;
  /** Never, though their time has come. */
  readonly lost: number;
  /** Minutes after their time, or after the schedule ran again. */
  readonly median: number;
  readonly most: number;
  /** Minutes after the budget allowed it, the most. */
  readonly mostBeyondPlan: number;
  readonly passed: boolean;
}

export interface TimeResult extends TimeOptions {
  readonly rows: readonly TimeRow[];
  readonly killed: number;
  readonly wakeRuns: number;
}

const WINDOWS = [1, 7, 30, 90] as const;
export const LATEST_MINUTES = 10;
/** A third of the site's 180 requests, two calls each. */
const REVIEWS_A_MINUTE = 30;
/** The share of labels that end at one moment. */
const RUSH = 0.1;
/** The share of calls to Wix at which the worker is killed: its jobs wait until SQS shows them again. */
const KILLED = 0.02;
/** How long the schedule stands still: an outage, a machine that sleeps, a clock that is set forward. */
const JUMPS = [HOUR, 8 * HOUR, 3 * DAY] as const;

interface Ending {
  readonly window: (typeof WINDOWS)[number];
  /** Epoch milliseconds. */
  readonly ends: number;
  readonly isRush: boolean;
}

const labelOf = (window: number): string => `Lead of ${window} days`;

const RULES = rulesWith(
  WINDOWS.map((days) => ({
    label: labelOf(days),
    while: `history.within("${days}d").forms.exists(f, f.name == "${days}")`,
  })),
);

/** Lets labels end at known times, with kills and jumps of time, and holds against those when each went. */
export async function runTime(
  options: TimeOptions,
  onProgress: (text: string) => void = () => {},
): Promise<TimeResult> {
  const { seed, labels, days } = options;
  const random = createRandom(seed, 'endings');
  const until = START + days * DAY;
  const rush = until - 20 * DAY;
  const endings = Array.from({ length: labels }, () => endingOf(random, until, rush));
  const jumps = JUMPS.map((length, index) => {
    const from = START + Math.floor(((index + 1) * days * DAY) / 5);
    return { from, until: from + Math.min(length, (days * DAY) / 50) };
  });
  const went = new Map<string, number>();
  const isAt = { now: () => 0 };
  const run = await simulate(
    {
      seed,
      ...standingPrograms(RULES),
      longestMs: 2 * days * DAY,
      onContactUpdated({ contactId, removedLabelKeys }) {
        if (removedLabelKeys.length > 0) went.set(contactId, isAt.now());
      },
    },
    async (it) => {
      isAt.now = it.clock.now;
      const killed = killSometimes(it, createRandom(seed, 'kills'));
      for (const jump of jumps) {
        it.clock.at(jump.from, () => it.standing?.wake.pause(jump.until));
      }
      const ids = await live(it, endings, onProgress);
      await it.clock.sleep(Math.max(0, until + DAY - it.clock.now()));
      return { ids, killed: killed(), wakeRuns: it.standing?.wake.stats.runs ?? 0 };
    },
  );
  const { ids, killed, wakeRuns } = run.value;
  const ended = endings.map((ending, person) => {
    // The last run before the schedule stood still may have been a minute earlier.
    const jump = jumps.find(
      ({ from, until: to }) => ending.ends >= from - MINUTE && ending.ends < to,
    );
    const off = went.get(ids[person] ?? '');
    return { ...ending, off, isIn: jump !== undefined, from: jump?.until ?? ending.ends };
  });
  const found = planned(ended);
  const rows = [
    rowOf(
      'at any time of the year',
      found.filter(({ isRush, isIn }) => !isRush && !isIn),
    ),
    rowOf(
      'while the schedule stood still',
      found.filter(({ isRush, isIn }) => !isRush && isIn),
    ),
    rowOf(
      'all in one minute',
      found.filter(({ isRush }) => isRush),
    ),
  ];
  return { ...options, rows, killed, wakeRuns };
}

function endingOf(random: Random, until: number, rush: number): Ending {
  const isRush = chance(random, RUSH);
  const fitting = WINDOWS.filter((days) => START + days * DAY < rush);
  const window = anyOf(random, fitting);
  const any = Math.floor(between(random, START + window * DAY + MINUTE, until));
  return { window, isRush, ends: isRush ? rush + Math.floor(random() * MINUTE) : any };
}

/** Sends the events from which the labels last. @returns the contacts */
async function live(
  it: Simulation,
  endings: readonly Ending[],
  onProgress: (text: string) => void,
): Promise<readonly string[]> {
  const { receive } = openStage(it, RULES);
  const ids = endings.map((_, person) => it.wix.simulator.addContact({ email: emailOf(person) }));
  const begins = endings
    .map(({ window, ends }, person) => ({ person, window, at: ends - window * DAY }))
    .sort((a, b) => a.at - b.at);
  for (const [count, { person, window, at }] of begins.entries()) {
    await it.clock.sleep(Math.max(0, at - it.clock.now()));
    if (count % 100 === 0) onProgress(`label ${count} of ${endings.length}`);
    const form = { id: 'form', name: String(window), fields: {} };
    const said = {
      source: 'custom',
      id: `lead ${person}`,
      type: 'form.submitted',
      at,
      form,
    } as const;
    await receive(eventOf({ person, by: 'contact id', said }, ids[person]));
  }
  return ids;
}

/** @returns how many were killed so far */
function killSometimes({ wix, pool }: Simulation, random: Random): () => number {
  let killed = 0;
  wix.intercept = async ({ process }, operate) => {
    if (!chance(random, KILLED)) return operate();
    killed += 1;
    if (chance(random, 0.5)) pool.killProcess(process);
    const answer = await operate();
    pool.killProcess(process);
    return answer;
  };
  return () => killed;
}

interface Ended {
  readonly ends: number;
  /** From when on the schedule could know of it. Epoch milliseconds. */
  readonly from: number;
  readonly off: number | undefined;
}

/** With the time by which the budget allows each: they go one after the other. */
function planned<E extends Ended>(ended: readonly E[]): readonly (E & { readonly plan: number })[] {
  let before = 0;
  return [...ended]
    .sort((a, b) => a.from - b.from)
    .map((one) => {
      before = Math.max(one.from, before + MINUTE / REVIEWS_A_MINUTE);
      return { ...one, plan: before };
    });
}

function rowOf(name: string, all: readonly (Ended & { readonly plan: number })[]): TimeRow {
  const gone = all.filter(({ off }) => off !== undefined);
  const late = gone.map(({ off = 0, from }) => (off - from) / MINUTE).sort((a, b) => a - b);
  const early = gone.filter(({ off = 0, ends }) => off < ends).length;
  const lost = all.length - gone.length;
  const beyond = gone.map(({ off = 0, plan }) => (off - plan) / MINUTE);
  const mostBeyondPlan = Math.max(0, ...beyond);
  const median = late[Math.floor(late.length / 2)] ?? 0;
  return {
    name,
    labels: all.length,
    early,
    lost,
    median,
    most: late.at(-1) ?? 0,
    mostBeyondPlan,
    passed: early + lost === 0 && mostBeyondPlan <= LATEST_MINUTES,
  };
}
