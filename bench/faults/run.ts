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
import type { FaultCase } from './fault.ts';
import { createHistory, type History } from './history.ts';
import { duplicateContacts, type FaultResult, problemsOf } from './result.ts';
import {
  APP_SITE,
  BUDGET,
  type Controls,
  createStage,
  populate,
  type Span,
  workerOn,
} from './stage.ts';
import { type TrafficEvent, traffic } from './traffic.ts';
import { ANOMALIES, type Anomaly, judge } from './verdict.ts';

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
  readonly history: History;
  readonly recoveryMinutes: number;
  readonly leastMinutes: number;
}

/** Runs the worker through one fault. @throws Error for a run that does not end */
export async function runFault(fault: FaultCase, options: RunOptions): Promise<FaultResult> {
  const { seed } = options;
  const { as = 'api key', times = 1, eventsEach = EVENTS_EACH } = fault;
  const events = options.events * times;
  const site = as === 'app' ? APP_SITE : SITE;
  const from = START + BEFORE * MINUTE;
  const span: Span = { from, until: from + fault.minutes * MINUTE };
  const minutes = BEFORE + fault.minutes + AFTER;
  const count = Math.max(10, Math.ceil(events / eventsEach));
  const trafficEvents = traffic({ seed, events, people: count, minutes, ...fault.traffic });
  const controls: Controls = { clockOffsetMs: 0, seats: new Map() };
  let onChange: History['changed'] = () => {};
  const run = await simulate(
    {
      seed,
      program: workerOn(controls, as),
      sites: [SITE, APP_SITE],
      onContactUpdated: (change) => onChange(change),
      ...fault.settings,
    },
    async (it): Promise<Lived> => {
      dealByChance(it.sqs, it.clock, createRandom(seed, 'pollers'));
      const people = populate(it.wix, site, count);
      const history = createHistory(it.wix.simulator, people, it.clock.now);
      onChange = history.changed;
      const random = createRandom(seed, fault.name);
      await fault.begin(
        createStage({ it, people, trafficEvents, history, controls, random }),
        span,
      );
      const recovered = recovery(it, span.until);
      await play(it, trafficEvents, history, site);
      return { history, ...(await recovered) };
    },
  );
  return resultOf(fault, span, run);
}

async function play(
  it: Simulation,
  trafficEvents: readonly TrafficEvent[],
  history: History,
  site: string,
): Promise<void> {
  const queue = createQueue(it.sqs);
  for (const [index, { at, person: who, ...changes }] of trafficEvents.entries()) {
    const wait = START + at - it.clock.now();
    if (wait > 0) await it.clock.sleep(wait);
    const person = history.people[who];
    if (!person) throw new Error(`The traffic has a person ${who}, the stage has not.`);
    const { by, missing } = person;
    const event = `event ${index}`;
    const job = jobOf({ ...changes, contactId: '', by, missing, site, event }, it.clock.now());
    await queue.send(job);
    history.record({ person, job, at: it.clock.now() });
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

function resultOf(
  fault: FaultCase,
  span: Span,
  { value, wix, sqs, pool, log }: Run<Lived>,
): FaultResult {
  const { history, ...recovered } = value;
  const { arrivals } = wix;
  const deadLetters = sqs.deadLetters.peek();
  const labels = history.labels(log.lines('job'), deadLetters);
  const found = labels.flatMap((label) => judge(label).map((anomaly) => ({ anomaly, label })));
  const count = (what: Anomaly): number => found.filter(({ anomaly }) => anomaly === what).length;
  const states = log.lines('breaker').map(({ state }) => state);
  const result = {
    name: fault.name,
    events: history.sent.length,
    anomalies: Object.fromEntries(
      ANOMALIES.map((what) => [what, count(what)]),
    ) as FaultResult['anomalies'],
    samples: found.slice(0, 10),
    duplicateContacts: duplicateContacts(wix.simulator),
    calls: arrivals.length,
    callsMeanwhile: arrivals.filter(({ at }) => at >= span.from && at < span.until).length,
    largestWindow: largestWindow(arrivals),
    deadLetters: countByReason(deadLetters),
    opened: states.filter((state) => state === 'open').length,
    closed: states.filter((state) => state === 'closed').length,
    processes: pool.stats.processes,
    ...recovered,
  };
  const after = { span, arrivals, deadLetters, labels, log };
  return { ...result, problems: [...problemsOf(fault, result), ...(fault.check?.(after) ?? [])] };
}
