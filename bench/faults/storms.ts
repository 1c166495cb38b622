import { createQueue } from '../../lib/queue/queue.ts';
import { countByReason } from '../../simulators/deployment/audit.ts';
import { largestWindow } from '../../simulators/deployment/distant-wix.ts';
import { jobOf, MINUTE, SITE, START, simulate } from '../../simulators/deployment/simulation.ts';
import { OPERATIONS, type SimulatedOperation } from '../../simulators/wix/operations.ts';
import type { SimulatedAnswer } from '../../simulators/wix/simulator.ts';
import { APP_SITE, populate, workerOn } from './stage.ts';

// A storm: for a minute all calls of one kind are answered with one status, while jobs wait. In a storm over
// look-ups every job needs one, because a job that succeeds in between would show that the site is well.

export const STATUSES = [
  301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 415, 421, 422, 423,
  425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504,
] as const;

/** From a Wix service (`envelope`), or from something before it. */
export const BODIES = {
  envelope: JSON.stringify({
    message: 'a storm',
    details: { applicationError: { code: 'STORM', description: 'a storm', data: {} } },
  }),
  HTML: '<html><body>The site is being maintained.</body></html>',
  empty: '',
} as const;
export type Body = keyof typeof BODIES;

/** The operations of each kind of call. */
export const TARGETS = {
  label: ['labelContact', 'unlabelContact'],
  'find or create': ['findOrCreateLabel', 'queryLabels'],
  'look-up': ['getContact', 'queryContacts', 'createContact', 'getMember', 'queryMembers'],
  token: ['createToken'],
  all: OPERATIONS,
} as const satisfies Readonly<Record<string, readonly SimulatedOperation[]>>;
export type StormTarget = keyof typeof TARGETS;

interface Storm {
  readonly status: number;
  readonly body: Body;
  readonly target: StormTarget;
}

export const STORMS: readonly Storm[] = STATUSES.flatMap((status) =>
  (Object.keys(TARGETS) as StormTarget[]).flatMap((target) =>
    (Object.keys(BODIES) as Body[]).map((body) => ({ status, body, target })),
  ),
);

export const JOBS = 50;
/** Few, so that many jobs share a label. */
const NAMES = 10;
const LASTS_MS = MINUTE;
/** Of each of the two workers, before its breaker opens. */
const MOST_DEAD_EACH = 4;
const WORKERS = 2;
export const MOST_DEAD = MOST_DEAD_EACH * WORKERS;
/** What Wix takes of a site in any 60 s. */
const WIX_LIMIT = 200;
/** From the beginning of the storm until nothing is queued. */
const MOST_MINUTES = 15;

export interface StormResult extends Storm {
  readonly labelled: number;
  /** By reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly dead: number;
  readonly calls: number;
  /** Virtual minutes until the queue was empty. */
  readonly minutes: number;
  /** Why it failed; empty when it passed. */
  readonly problems: readonly string[];
}

/**
 * Statuses by which Wix itself says that a job can never succeed. Not to a label call: the key
 * may be new, and is given more than a minute.
 */
const isPermanent = ({ status, body, target }: Storm): boolean =>
  body === 'envelope' &&
  target !== 'token' &&
  target !== 'label' &&
  (status === 501 || (status >= 400 && status < 500)) &&
  ![401, 403, 408, 409, 425, 429].includes(status);

/** Runs the worker through one storm. @throws Error for a run that does not end */
export async function runStorm(
  storm: Storm,
  { seed }: { readonly seed: number },
): Promise<StormResult> {
  const { status, body, target } = storm;
  const isApp = target === 'token';
  const site = isApp ? APP_SITE : SITE;
  const struck: ReadonlySet<string> = new Set(TARGETS[target]);
  const answer: SimulatedAnswer = {
    status,
    headers: { location: 'https://maintenance.invalid/' },
    body: BODIES[body],
  };
  const program = workerOn({ clockOffsetMs: 0, seats: new Map() }, isApp ? 'app' : 'api key');
  const { value, wix, sqs } = await simulate(
    { seed, program, sites: [SITE, APP_SITE] },
    async (it) => {
      it.wix.intercept = ({ operation }, operate) =>
        it.clock.now() < START + LASTS_MS && struck.has(operation) ? answer : operate();
      const people = populate(it.wix, site, 2 * JOBS)
        .filter(({ by }) => target !== 'look-up' || !by.contactId)
        .slice(0, JOBS);
      const queue = createQueue(it.sqs);
      for (const [index, { by, missing }] of people.entries()) {
        const order = { contactId: '', event: `event ${index}`, add: [nameOf(index)] };
        await queue.send(jobOf({ ...order, by, missing, site }, it.clock.now()));
      }
      await it.drained();
      return { people, minutes: it.minutes() };
    },
  );
  const { people, minutes } = value;
  const byEmail = new Map(
    wix.simulator.contacts().map(({ id, primaryInfo }) => [primaryInfo.email, id]),
  );
  const isLabelled = people.map(({ contactId, by }, index) => {
    const id = contactId ?? byEmail.get(by.email);
    return id !== undefined && wix.simulator.labelNamesOf(id).join() === nameOf(index);
  });
  const deadLetters = countByReason(sqs.deadLetters.peek());
  const result = {
    ...storm,
    labelled: isLabelled.filter(Boolean).length,
    deadLetters,
    dead: Object.values(deadLetters).reduce((sum, count) => sum + count, 0),
    calls: wix.arrivals.length,
    minutes,
  };
  return { ...result, problems: problemsOf(result, largestWindow(wix.arrivals)) };
}

const nameOf = (index: number): string => `Label ${index % NAMES}`;

function problemsOf(result: Omit<StormResult, 'problems'>, window: number): readonly string[] {
  const { labelled, dead, deadLetters, minutes } = result;
  const most = isPermanent(result) ? MOST_DEAD : 0;
  const claims: readonly (readonly [boolean, string])[] = [
    [dead <= most, `${dead} dead letters, over ${most}: ${Object.keys(deadLetters).join(', ')}`],
    [labelled + dead === JOBS, `${labelled} labelled and ${dead} dead letters of ${JOBS}`],
    [window <= WIX_LIMIT, `${window} calls in 60 s`],
    [minutes <= MOST_MINUTES, `${Math.ceil(minutes)} minutes until all was done`],
  ];
  return claims.filter(([holds]) => !holds).map(([, problem]) => problem);
}
