import { createQueue } from '../../lib/queue/queue.ts';
import { countByReason } from '../../simulators/deployment/audit.ts';
import { largestWindow } from '../../simulators/deployment/distant-wix.ts';
import { dealByChance } from '../../simulators/deployment/pollers.ts';
import {
  jobOf,
  MINUTE,
  type Run,
  SITE,
  type Simulation,
  START,
  simulate,
} from '../../simulators/deployment/simulation.ts';
import { createRandom } from '../../simulators/random.ts';
import type { Fault } from './fault.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { problemsOf, type Result, twins } from './result.ts';
import {
  APP_SITE,
  BUDGET,
  createStage,
  type Knobs,
  populate,
  type Span,
  workerOn,
} from './stage.ts';
import { type Happening, traffic } from './traffic.ts';
import { FINDINGS, type Finding, judge } from './verdict.ts';

/** A fault begins that many minutes after the traffic, which goes on for as many after it has ended. */
const BEFORE = 30;
const AFTER = 40;
const EVENTS_EACH = 6;

export interface RunOptions {
  readonly seed: number;
  readonly events: number;
}

/** What a scenario leaves behind besides what the simulation does. */
interface Lived {
  readonly ledger: Ledger;
  readonly recoveryMinutes: number;
  readonly leastMinutes: number;
}

/** Lives through one fault. @throws Error for a run that does not end */
export async function runFault(fault: Fault, options: RunOptions): Promise<Result> {
  const { seed } = options;
  const { as = 'api key', times = 1, eventsEach = EVENTS_EACH } = fault;
  const events = options.events * times;
  const site = as === 'app' ? APP_SITE : SITE;
  const from = START + BEFORE * MINUTE;
  const span: Span = { from, until: from + fault.minutes * MINUTE };
  const minutes = BEFORE + fault.minutes + AFTER;
  const count = Math.max(10, Math.ceil(events / eventsEach));
  const happenings = traffic({ seed, events, people: count, minutes, ...fault.traffic });
  const knobs: Knobs = { clockOffsetMs: 0, seats: new Map() };
  let onChange: Ledger['changed'] = () => {};
  const run = await simulate(
    {
      seed,
      program: workerOn(knobs, as),
      sites: [SITE, APP_SITE],
      onContactUpdated: (change) => onChange(change),
      ...fault.settings,
    },
    async (it): Promise<Lived> => {
      dealByChance(it.sqs, it.clock, createRandom(seed, 'pollers'));
      const people = populate(it.wix, site, count);
      const ledger = createLedger(it.wix.simulator, people, it.clock.now);
      onChange = ledger.changed;
      const random = createRandom(seed, fault.name);
      await fault.begin(createStage({ it, people, happenings, ledger, knobs, random }), span);
      const recovered = recovery(it, span.until);
      await play(it, happenings, ledger, site);
      return { ledger, ...(await recovered) };
    },
  );
  return resultOf(fault, span, run);
}

async function play(
  it: Simulation,
  happenings: readonly Happening[],
  ledger: Ledger,
  site: string,
): Promise<void> {
  const queue = createQueue(it.sqs);
  for (const [index, { at, person: who, ...wishes }] of happenings.entries()) {
    const wait = START + at - it.clock.now();
    if (wait > 0) await it.clock.sleep(wait);
    const person = ledger.people[who];
    if (!person) throw new Error(`The traffic has a person ${who}, the stage has not.`);
    const { by, missing } = person;
    const event = `event ${index}`;
    const job = jobOf({ ...wishes, contactId: '', by, missing, site, event }, it.clock.now());
    await queue.send(job);
    ledger.note({ person, job, at: it.clock.now() });
  }
  await it.drained();
}

async function recovery(
  { clock, sqs: { jobs } }: Simulation,
  until: number,
): Promise<Pick<Lived, 'recoveryMinutes' | 'leastMinutes'>> {
  await clock.sleep(until - clock.now());
  const contacts = new Set(jobs.peek().map(({ group }) => group)).size;
  while ((jobs.peek()[0]?.sentAt ?? until) < until) await jobs.changed();
  return {
    recoveryMinutes: (clock.now() - until) / MINUTE,
    leastMinutes: contacts / BUDGET,
  };
}

function resultOf(fault: Fault, span: Span, { value, wix, sqs, pool, log }: Run<Lived>): Result {
  const { ledger, ...recovered } = value;
  const { arrivals } = wix;
  const deadLetters = sqs.deadLetters.peek();
  const stories = ledger.stories(log.lines('job'), deadLetters);
  const found = stories.flatMap((story) => judge(story).map((finding) => ({ finding, story })));
  const count = (what: Finding): number => found.filter(({ finding }) => finding === what).length;
  const states = log.lines('breaker').map(({ state }) => state);
  const result = {
    name: fault.name,
    events: ledger.sent.length,
    findings: Object.fromEntries(FINDINGS.map((what) => [what, count(what)])) as Result['findings'],
    samples: found.slice(0, 10),
    twins: twins(wix.simulator),
    calls: arrivals.length,
    callsMeanwhile: arrivals.filter(({ at }) => at >= span.from && at < span.until).length,
    largestWindow: largestWindow(arrivals),
    deadLetters: countByReason(deadLetters),
    opened: states.filter((state) => state === 'open').length,
    closed: states.filter((state) => state === 'closed').length,
    processes: pool.stats.processes,
    ...recovered,
  };
  const after = { span, arrivals, deadLetters, stories, log };
  return { ...result, problems: [...problemsOf(fault, result), ...(fault.check?.(after) ?? [])] };
}
