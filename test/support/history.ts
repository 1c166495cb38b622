import type { Context } from 'aws-lambda';
import { openWorker } from '../../functions/label.ts';
import { createHandler as createReceiveHandler, openReceiver } from '../../functions/receive.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { loadRules } from '../../lib/rules/load.ts';
import { createWixSimulator, type Fault } from '../../local/wix/simulator.ts';
import { API_KEY, SITE_ID, START } from './label-stage.ts';
import { captureLog } from './log.ts';
import { createVirtualQueues } from './virtual-queue.ts';
import { secretsOf, webhookEvent } from './webhook.ts';

const SECRET = 'a-secret-of-the-history-test';
const QUEUE_URL = 'https://sqs.test/jobs.fifo';
const DEAD_LETTER_QUEUE_URL = 'https://sqs.test/dead.fifo';
const VISIBILITY_MS = 360_000;
const RULES = loadRules(
  'rules: [{name: as told, on: custom, add: event.data.give, remove: event.data.take}]',
  'history.yml',
);
const DAY = 24 * 3_600_000;

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

/** Lives a history through on a virtual clock: real receiver, real worker, FIFO queues, simulated Wix. */
export async function live(history: History) {
  let time = START;
  const now = (): number => time;
  const output = captureLog();
  const wix = createWixSimulator({
    apiKey: API_KEY,
    siteId: SITE_ID,
    requestsPerMinute: Number.POSITIVE_INFINITY,
    now,
    sleep: async (ms) => {
      time += ms;
    },
  });
  const queues = createVirtualQueues(now, VISIBILITY_MS);
  const merged = wix.addContact({ email: 'merged@example.com' });
  const contacts = [
    wix.addContact({ email: 'zero@example.com' }),
    wix.addContact({ email: 'one@example.com' }),
    wix.addContact({ phone: '+15550002' }),
    wix.addContact({ email: 'three@example.com' }),
    '',
  ];
  wix.mergeContacts(merged, contacts[3] ?? '');
  const references = [
    { contact_id: contacts[0] },
    { email: 'one@example.com' },
    { phone: '+15550002' },
    { contact_id: merged },
    { email: 'late@example.com' },
  ];

  // The receiver.
  const receiver = openReceiver(
    {
      queueUrl: QUEUE_URL,
      deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL,
      secrets: secretsOf({ custom: [SECRET] }),
      siteOf: () => SITE_ID,
    },
    queues.client,
    RULES,
  );
  const receive = createReceiveHandler(async () => receiver, now);
  async function deliver(index: number): Promise<void> {
    const happening = history.happenings[index];
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
  }

  // The workers. A dead one never hears of anything again, and remembers nothing.
  let calls = 0;
  function spawn() {
    let die = (): void => {};
    const death = new Promise<'dead'>((resolve) => {
      die = () => resolve('dead');
    });
    let alive = true;
    const fetchUntilDeath: typeof fetch = async (input, init) => {
      const silence = new Promise<never>(() => {});
      if (!alive) return silence;
      calls += 1;
      time += 80;
      const fault = history.faults.find(({ call }) => call === calls)?.fault;
      if (fault) wix.fault(fault);
      if (history.crashes.includes(calls)) {
        // It dies with the request under way: Wix may have done what was asked.
        if (calls % 2 === 0) await wix.fetch(input, init).catch(() => {});
        alive = false;
        wix.clearFaults();
        die();
        return silence;
      }
      const answer = await wix.fetch(input, init);
      return alive ? answer : silence;
    };
    const client = {
      send: (command: never) =>
        alive ? queues.client.send(command) : new Promise<never>(() => {}),
    } as typeof queues.client;
    const work = openWorker(
      {
        queueUrl: QUEUE_URL,
        deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL,
        wixApiUrl: 'http://wix.test',
        credentials: { kind: 'api-key', apiKey: API_KEY },
      },
      { client, fetch: fetchUntilDeath, now, random: () => 0.5 },
    );
    return { work, death };
  }
  const workers = Array.from({ length: history.workers }, spawn);

  let turn = 0;
  async function workOff(): Promise<boolean> {
    const records = queues.receive(QUEUE_URL);
    if (records.length === 0) return false;
    const seat = turn % history.workers;
    turn += 1;
    const { work, death } = workers[seat] ?? spawn();
    const began = now();
    const result = await Promise.race([work(records, () => 60_000 - (now() - began)), death]);
    if (result === 'dead') {
      workers[seat] = spawn();
      return true;
    }
    const kept = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    queues.remove(records.filter(({ messageId }) => !kept.has(messageId)));
    return true;
  }

  // Time goes from one thing to the next: a delivery, a contact that appears, a message that comes back.
  const agenda = history.happenings
    .flatMap(({ deliveredAt }, index) => deliveredAt.map((at) => ({ at: START + at, index })))
    .sort((a, b) => a.at - b.at);
  try {
    for (let steps = 0; steps < 20_000; steps += 1) {
      if (contacts[4] === '' && now() >= START + LATE_CONTACT_MS) {
        contacts[4] = wix.addContact({ email: 'late@example.com' });
      }
      while (agenda[0] && agenda[0].at <= now()) await deliver(agenda.shift()?.index ?? -1);
      if (await workOff()) continue;
      const next = [
        agenda[0]?.at,
        queues.nextVisibleAt(QUEUE_URL),
        contacts[4] === '' ? START + LATE_CONTACT_MS : undefined,
      ].filter((at) => at !== undefined);
      if (next.length === 0) break;
      time = Math.max(now(), Math.min(...next));
      if (now() > START + 30 * DAY) throw new Error('the history does not end');
    }
  } finally {
    output.restore();
  }
  return {
    left: queues.peek(QUEUE_URL).length,
    labelsOf: (person: number): readonly string[] => wix.labelNamesOf(contacts[person] ?? ''),
    deadLetters: queues.peek(DEAD_LETTER_QUEUE_URL).map(({ body, attributes }) => ({
      reason: attributes.reason,
      job: JSON.parse(body) as LabelJob,
    })),
    /** Events that came so late that a newer one may have been before them: the log says so. */
    late: new Set(
      output
        .lines()
        .filter((line) => line.lateSeconds !== undefined)
        .map((line) => line.eventId as string),
    ),
    calls,
    eventId,
  };
}
