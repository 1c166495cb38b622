import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { LabelJob } from '../../lib/queue/job.ts';
import { createCustomers, jobLike, recordOf } from '../events.ts';
import { type Exchange, type Peers, SITE } from '../peers.ts';
import { startWarm } from '../process/warm.ts';
import { replayOf } from './replay.ts';
import { playRounds, type Round } from './rounds.ts';

const WARM_UP_BLOCKS = 3;
const BATCHES = 20;
/** The most that SQS puts into a batch. The worker gives the last contact of a full one back. */
const FULL_BATCH = 10;
/** A batch makes ten calls of Wix, and a worker may make 90 a minute: time goes by as it would then. */
const BATCHES_APART_MS = 7_000;
const NAMES = ['Bought Desk Lamp', 'Customer', 'VIP'];

const JOB: LabelJob = {
  v: 1,
  id: '',
  site: SITE,
  contact: {},
  missing: 'wait',
  add: NAMES,
  remove: [],
  reversible: ['Customer'],
  cause: {
    source: 'shopify',
    eventId: 'orders/paid:b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
    topic: 'orders/paid',
    types: ['order.paid'],
    rules: ['customers', 'big spenders', 'what they bought'],
    occurredAt: new Date().toISOString(),
    receivedAt: new Date().toISOString(),
  },
};

interface Waiting {
  readonly contactId: string;
  readonly record: SQSRecord;
}

/**
 * Gives batches of jobs to Earmark's bundle, and the HTTP calls that each made to the floor's, which makes
 * them again. The contacts are new to the process, half of them known by e-mail and half by contact id; the
 * labels it knows.
 * @param taken returns the exchanges since its last call
 * @throws Error when a contact lacks its labels, or a batch was not answered as it should
 */
export async function measureLabel(
  peers: Peers,
  taken: () => readonly Exchange[],
  bundles: Readonly<Record<keyof Round, string>>,
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly Round[]> {
  const ours = startWarm(bundles.ours, peers.environment());
  const floor = startWarm(bundles.floor, peers.environment());
  const queue = createQueue(peers);

  async function block(): Promise<Round> {
    const batches = Array.from({ length: BATCHES }, queue.nextBatch);
    const events = batches.map((batch) => ({ Records: batch.map(({ record }) => record) }));
    const measured = await ours.work(events, BATCHES_APART_MS);
    check(peers, batches, measured.answers as readonly SQSBatchResponse[]);
    const replays = evenly(taken()).map((calls) => replayOf(calls, peers.url));
    const replayed = await floor.work(replays);
    const refused = taken().find(({ answer }) => answer.status !== 200);
    if (refused) throw new Error(`${refused.request.url} was answered ${refused.answer.status}.`);
    const jobs = BATCHES * (FULL_BATCH - 1);
    return { ours: measured.cpuMs / jobs, floor: replayed.cpuMs / jobs };
  }

  try {
    // The first batch of a process also asks for the labels.
    await ours.work([{ Records: [queue.next().record] }]);
    taken();
    return await playRounds(block, WARM_UP_BLOCKS, rounds, onRound);
  } finally {
    ours.stop();
    floor.stop();
  }
}

/** The jobs queue: the last of a batch is the first of the next one. */
function createQueue({ wix }: Peers) {
  const customers = createCustomers(wix);
  const like = { id: '', group: '', body: JSON.stringify(JOB) };
  let back: Waiting[] = [];

  function next(): Waiting {
    const { number, email, contactId } = customers.next();
    const job = jobLike(like, number % 2 === 0 ? { email } : { email, contactId });
    return { contactId, record: recordOf(job) };
  }
  function nextBatch(): readonly Waiting[] {
    const fresh = Array.from({ length: FULL_BATCH - back.length }, next);
    const batch = [...back, ...fresh];
    back = fresh.slice(-1).map(({ contactId, record }) => ({
      contactId,
      record: { ...record, attributes: { ...record.attributes, ApproximateReceiveCount: '2' } },
    }));
    return batch;
  }
  return { next, nextBatch };
}

/** All of a batch must be labelled but the last, and only that given back. */
function check(
  { wix }: Peers,
  batches: readonly (readonly Waiting[])[],
  answers: readonly SQSBatchResponse[],
): void {
  for (const [index, batch] of batches.entries()) {
    const kept = answers[index]?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    if (kept?.join() !== batch.at(-1)?.record.messageId) {
      throw new Error(`The worker kept ${kept?.length} records where it should keep the last one.`);
    }
    for (const { contactId } of batch.slice(0, -1)) {
      const has = wix.labelNamesOf(contactId).join();
      if (has !== NAMES.join()) throw new Error(`Contact ${contactId} has "${has}".`);
    }
  }
}

/** The exchanges of each batch. @throws Error when batches made different numbers of calls */
function evenly(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const each = exchanges.length / BATCHES;
  if (Number.isInteger(each)) {
    return Array.from({ length: BATCHES }, (_, at) => exchanges.slice(at * each, (at + 1) * each));
  }
  throw new Error(`${exchanges.length} HTTP calls for ${BATCHES} batches: not the same for each.`);
}
