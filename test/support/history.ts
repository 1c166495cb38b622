import type { Context } from 'aws-lambda';
import { createHandler as createReceiveHandler, openReceiver } from '../../functions/receive.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { compileRules } from '../../lib/rules/match.ts';
import { dealByChance } from '../../simulators/deployment/pollers.ts';
import {
  earmark,
  SITE,
  type Simulation,
  START,
  simulate,
} from '../../simulators/deployment/simulation.ts';
import { createRandom } from '../../simulators/random.ts';
import type { Fault, WixSimulator } from '../../simulators/wix/simulator.ts';
import { NO_LIMIT } from './jobs.ts';
import { secretsOf, webhookEvent } from './webhook.ts';

const SECRET = 'a-secret-of-the-history-test';
const RULES = loadRules(
  'rules: [{name: as sent, on: custom, add: event.data.give, remove: event.data.take}]',
  'history.yml',
);

/** One thing that happens to one person: labels earned and lost, and when it is delivered. */
export interface Happening {
  readonly person: number;
  readonly give: readonly string[];
  readonly take: readonly string[];
  /** Milliseconds from the start. */
  readonly occurredAt: number;
  /** Every time it is delivered; a sender may repeat itself. */
  readonly deliveredAt: readonly number[];
}

export interface History {
  readonly happenings: readonly Happening[];
  readonly workers: number;
  /** Counted over all Wix calls of the history: this call meets this fault. */
  readonly faults: readonly { readonly call: number; readonly fault: Fault }[];
  /** At these calls the process that makes them dies. */
  readonly crashes: readonly number[];
}

/** How the people of the stage are known to events, and to Wix. */
export const PEOPLE = [
  'by contact id',
  'by e-mail',
  'by phone',
  'merged away',
  'comes late',
] as const;
const LATE_CONTACT_MS = 10 * 60_000;

const eventId = (index: number): string => `custom:${index}`;

/** The people of the stage, and what events call each of them. The last one is not there yet. */
function populate(wix: WixSimulator) {
  const merged = wix.addContact({ email: 'merged@example.com' });
  const contacts = [
    wix.addContact({ email: 'zero@example.com' }),
    wix.addContact({ email: 'one@example.com' }),
    wix.addContact({ phone: '+15550002' }),
    wix.addContact({ email: 'three@example.com' }),
  ];
  wix.mergeContacts(merged, contacts[3] ?? '');
  const references = [
    { contact_id: contacts[0] },
    { email: 'one@example.com' },
    { phone: '+15550002' },
    { contact_id: merged },
    { email: 'late@example.com' },
  ];
  return { contacts, references };
}

/** Calls meet their faults, and processes die at theirs. @returns how many calls there were */
function strike({ wix, pool }: Simulation, { faults, crashes }: History, seatOf: Seats) {
  let calls = 0;
  wix.intercept = async (arrival, operate) => {
    calls += 1;
    const call = calls;
    const fault = faults.find((one) => one.call === call)?.fault;
    if (crashes.includes(call)) {
      // It dies with the request under way: Wix may have done what was asked.
      pool.kill(seatOf.get(arrival.process) ?? 0);
      return call % 2 === 0 ? operate() : { status: 0, headers: {}, body: '', dropped: true };
    }
    if (fault) wix.simulator.fault(fault);
    return operate();
  };
  return () => calls;
}

/** The seat of each process, by its id. */
type Seats = ReadonlyMap<number, number>;

/** Delivers one happening to the real receiver, as its sender does. */
function senderOf(
  { sqs, clock }: Simulation,
  happenings: History['happenings'],
  references: readonly object[],
) {
  const { client, queueUrl, deadLetterQueueUrl } = sqs;
  const secrets = secretsOf({ custom: [SECRET] });
  const settings = { queueUrl, deadLetterQueueUrl, secrets, siteOf: () => SITE };
  const receiver = openReceiver(settings, client, compileRules(RULES));
  const receive = createReceiveHandler(async () => receiver, clock.now);
  return async (index: number): Promise<void> => {
    const happening = happenings[index];
    if (!happening) return;
    const { person, give, take, occurredAt } = happening;
    const body = {
      event_id: String(index),
      occurred_at: new Date(START + occurredAt).toISOString(),
      ...references[person],
      give,
      take,
    };
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
    const event = webhookEvent('custom', { headers, body: JSON.stringify(body) });
    const { statusCode, body: answer } = await receive(event, {} as Context);
    if (statusCode !== 200) throw new Error(`event ${index} was answered ${statusCode} ${answer}`);
  };
}

/**
 * Lives a history through on a virtual clock: real receiver, real workers side by side, FIFO queues,
 * simulated Wix.
 */
export async function live(history: History) {
  const seats = new Map<number, number>();
  const program = earmark(NO_LIMIT);
  const { value, wix, sqs, log } = await simulate(
    {
      seed: 1,
      concurrency: history.workers,
      requestsPerMinute: Number.POSITIVE_INFINITY,
      program: (context, process) => {
        seats.set(process.id, process.seat);
        return program(context, process);
      },
    },
    async (it) => {
      const { clock } = it;
      dealByChance(it.sqs, clock, createRandom(1, 'pollers'));
      const { contacts, references } = populate(it.wix.simulator);
      const calls = strike(it, history, seats);
      const deliver = senderOf(it, history.happenings, references);
      clock.at(START + LATE_CONTACT_MS, () => {
        contacts.push(it.wix.simulator.addContact({ email: 'late@example.com' }));
      });
      const agenda = history.happenings
        .flatMap(({ deliveredAt }, index) => deliveredAt.map((at) => ({ at: START + at, index })))
        .sort((a, b) => a.at - b.at);
      for (const { at, index } of agenda) {
        if (at > clock.now()) await clock.sleep(at - clock.now());
        await deliver(index);
      }
      await it.drained();
      if (contacts.length < PEOPLE.length) await clock.sleep(LATE_CONTACT_MS);
      return { contacts, calls: calls() };
    },
  );
  const { contacts, calls } = value;
  return {
    left: sqs.jobs.size(),
    labelsOf: (person: number): readonly string[] =>
      wix.simulator.labelNamesOf(contacts[person] ?? ''),
    deadLetters: sqs.deadLetters.peek().map(({ body, attributes }) => ({
      reason: attributes.reason?.StringValue,
      job: JSON.parse(body) as LabelJob,
    })),
    /** Events that came so late that a newer one may have been before them: the log says so. */
    late: new Set(
      log
        .lines()
        .filter((line) => line.lateSeconds !== undefined)
        .map((line) => line.eventId as string),
    ),
    calls,
    eventId,
  };
}
