import { type Arrival, largestWindow } from '../../simulators/deployment/distant-wix.ts';
import {
  earmark,
  type SimulationOptions,
  START,
  simulate,
} from '../../simulators/deployment/simulation.ts';
import type { SqsAction } from '../../simulators/sqs/sqs.ts';
import { NAIVE_MAX_RECEIVE_COUNT, naive } from './naive.ts';
import type { Trace } from './traffic.ts';

/** What one worker made of one trace. */
export interface Figures {
  readonly events: number;
  /** All calls that reached Wix, also those that were refused. */
  readonly calls: number;
  /** Of these, answered 429. */
  readonly throttled: number;
  readonly callsPerEvent: number;
  /** Calls by operation. */
  readonly operations: Readonly<Record<string, number>>;
  /** Calls about one contact by a process that had labelled that contact before. */
  readonly repeated: number;
  /** Virtual minutes until the queue was empty. */
  readonly minutes: number;
  /** The most calls in any 60 s, of all processes together. */
  readonly largestWindow: number;
  /** Events whose label is not on the contact, without a dead letter. */
  readonly lost: number;
  /** Labels on contacts that no event gave. */
  readonly strange: number;
  readonly deadLetters: number;
  readonly invocations: number;
  /** What Lambda bills, in virtual minutes. */
  readonly billedMinutes: number;
  /** Requests to SQS by action. Two processes may ask for one batch: more receives than invocations. */
  readonly sqsRequests: Readonly<Record<SqsAction, number>>;
}

export interface PlayOptions {
  readonly seed: number;
  /** What events know of their customer. */
  readonly by: 'contact id' | 'e-mail';
}

export type Contestant = Pick<SimulationOptions, 'program' | 'maxReceiveCount'>;

export const EARMARK = (requestsPerMinute = 180): Contestant => ({
  program: earmark({ requestsPerMinute }),
});
export const NAIVE: Contestant = { program: naive, maxReceiveCount: NAIVE_MAX_RECEIVE_COUNT };

/** Plays a trace against a site of 200 calls a minute, until the queue is empty. */
export async function play(
  trace: Trace,
  contestant: Contestant,
  { seed, by }: PlayOptions,
): Promise<Figures> {
  const sqsRequests = { send: 0, receive: 0, changeVisibility: 0, delete: 0 };
  const { value, wix, pool, audit } = await simulate({ ...contestant, seed }, async (it) => {
    it.sqs.obstruct = (action) => {
      sqsRequests[action] += 1;
    };
    const customers = Array.from({ length: trace.customers }, (_, customer) => {
      const email = `customer-${customer}@example.com`;
      const contactId = it.wix.simulator.addContact({ email });
      return { contactId, by: by === 'e-mail' ? { email } : { contactId } };
    });
    for (const [index, { at, customer, add }] of trace.events.entries()) {
      const known = customers[customer];
      if (!known) throw new Error(`The trace has no customer ${customer}.`);
      const wait = START + at - it.clock.now();
      if (wait > 0) await it.clock.sleep(wait);
      await it.send({ ...known, event: `event ${index}`, add, reversible: [] });
    }
    await it.drained();
    return it.minutes();
  });
  const events = trace.events.length;
  return {
    events,
    calls: wix.arrivals.length,
    throttled: wix.arrivals.filter(({ status }) => status === 429).length,
    callsPerEvent: wix.arrivals.length / events,
    operations: countBy(wix.arrivals),
    repeated: repeated(wix.arrivals),
    minutes: value,
    largestWindow: largestWindow(wix.arrivals),
    lost: audit.lost.length,
    strange: audit.strange.length,
    deadLetters: Object.values(audit.deadLetters).reduce((sum, count) => sum + count, 0),
    invocations: pool.stats.invocations,
    billedMinutes: pool.stats.billedMs / 60_000,
    sqsRequests,
  };
}

function countBy(arrivals: readonly Arrival[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of arrivals) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

const ABOUT_A_CONTACT = /^\/contacts\/v4\/contacts\/([^/]+)/;

/** Counts calls about a contact by a process that had labelled it, and so needs none. */
function repeated(arrivals: readonly Arrival[]): number {
  const labelled = new Set<string>();
  let count = 0;
  for (const { operation, path, process, status } of arrivals) {
    const [, contactId] = ABOUT_A_CONTACT.exec(path) ?? [];
    if (contactId === undefined || operation === 'queryContacts') continue;
    const key = `${process} ${contactId}`;
    if (labelled.has(key)) count += 1;
    if (operation === 'labelContact' && status === 200) labelled.add(key);
  }
  return count;
}
