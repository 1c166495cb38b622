import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { groupOf, jobId } from '../../lib/queue/identity.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { toRecord } from '../../simulators/sqs/message.ts';
import { buyerAt } from '../measure.ts';
import { startMeasured } from './measured-process.ts';
import { replayOf } from './replay.ts';
import type { Round } from './rounds.ts';
import type { Exchange, Site } from './site.ts';

const WARM_UP_BATCHES = 60;
const BATCHES = 20;
/** The most that SQS puts into a batch. The worker sets the last contact of a full one back. */
const FULL_BATCH = 10;
/** A batch makes ten calls of Wix, and a worker is given 90 a minute: time goes by as it would then. */
const BATCHES_APART_MS = 7_000;
const NAMES = ['Customer', 'VIP', 'Bought Desk Lamp'];

interface Waiting {
  readonly contactId: string;
  readonly record: SQSRecord;
}

/**
 * Warm batches of jobs about contacts that the process never met, half of them by e-mail and half by
 * contact id; and a floor that makes the same HTTP calls again. Label keys are what is warm.
 * @throws when a contact does not have its labels, or a record was not reported as it should
 */
export async function measureLabel(
  site: Site,
  bundles: { readonly ours: string; readonly floor: string },
  rounds: number,
  onRound: (round: number) => void,
): Promise<readonly Round[]> {
  const ours = startMeasured(bundles.ours, site.environment('jobs.fifo'));
  const floor = startMeasured(bundles.floor, site.environment('jobs.fifo'));
  const queue = createJobs(site);

  async function block(batches: number): Promise<Round> {
    const events = Array.from({ length: batches }, queue.nextBatch);
    const measured = await ours.work(
      events.map((batch) => ({ Records: batch.map(({ record }) => record) })),
      BATCHES_APART_MS,
    );
    check(site, events, measured.answers as readonly SQSBatchResponse[]);
    const exchanges = evenly(site.takeExchanges(), batches);
    const replayed = await floor.work(exchanges.map((each) => replayOf(each, site.url)));
    const refused = site.takeExchanges().find(({ answer }) => answer.status !== 200);
    if (refused) throw new Error(`${refused.request.url} was answered ${refused.answer.status}.`);
    const jobs = batches * (FULL_BATCH - 1);
    return { ours: measured.cpuMs / jobs, floor: replayed.cpuMs / jobs };
  }

  try {
    await ours.work([{ Records: [queue.next().record] }]);
    site.takeExchanges();
    for (let done = 0; done < WARM_UP_BATCHES; done += BATCHES) await block(BATCHES);
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      onRound(round);
      measured.push(await block(BATCHES));
    }
    return measured;
  } finally {
    ours.stop();
    floor.stop();
  }
}

/** The jobs queue: whoever was last in a batch comes first in the next one. */
function createJobs({ wix, siteId: site }: Site) {
  let customers = 0;
  let setBack: Waiting | undefined;

  function next(): Waiting {
    customers += 1;
    const { email, firstName, lastName } = buyerAt(customers);
    const contactId = wix.addContact({ email, firstName, lastName });
    const job = jobOf(site, customers % 2 === 0 ? { email } : { email, contactId });
    return { contactId, record: recordOf(job, 1) };
  }

  return {
    next,
    nextBatch(): readonly Waiting[] {
      const isBack = setBack && { ...setBack, record: again(setBack.record) };
      const fresh = Array.from({ length: FULL_BATCH - (isBack ? 1 : 0) }, next);
      setBack = fresh.at(-1);
      return [...(isBack ? [isBack] : []), ...fresh];
    },
  };
}

function jobOf(site: string, contact: LabelJob['contact']): LabelJob {
  const eventId = `orders/paid:${randomUUID()}`;
  const now = new Date().toISOString();
  return {
    v: 1,
    id: jobId(site, 'shopify', eventId, undefined),
    site,
    contact,
    missing: 'wait',
    add: NAMES,
    remove: [],
    reversible: ['Customer'],
    cause: {
      source: 'shopify',
      eventId,
      topic: 'orders/paid',
      types: ['order.paid'],
      rules: ['customers', 'big spenders', 'what they bought'],
      occurredAt: now,
      receivedAt: now,
    },
  };
}

function recordOf(job: LabelJob, receives: number): SQSRecord {
  const now = Date.now();
  const id = randomUUID();
  return toRecord({
    id,
    order: 0,
    body: JSON.stringify(job),
    group: groupOf(job),
    deduplication: job.id,
    attributes: {},
    sentAt: now,
    visibleAt: now,
    receivedAt: now,
    firstReceivedAt: now,
    receives,
    receipt: Buffer.from(id.repeat(4)).toString('base64'),
  });
}

const again = (record: SQSRecord): SQSRecord => ({
  ...record,
  attributes: { ...record.attributes, ApproximateReceiveCount: '2' },
});

/** All but the last of each batch must have been labelled, and the last alone set back. */
function check(
  { wix }: Site,
  batches: readonly (readonly Waiting[])[],
  answers: readonly SQSBatchResponse[],
): void {
  const wanted = NAMES.toSorted().join();
  for (const [index, batch] of batches.entries()) {
    const kept = answers[index]?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    const last = batch.at(-1)?.record.messageId;
    if (kept?.join() !== last) {
      throw new Error(`The worker kept ${kept?.length} records where it should keep the last one.`);
    }
    for (const { contactId } of batch.slice(0, -1)) {
      const has = wix.labelNamesOf(contactId).join();
      if (has !== wanted) throw new Error(`Contact ${contactId} has "${has}", not "${wanted}".`);
    }
  }
}

/** The exchanges of each batch. @throws when batches made different numbers of calls */
function evenly(exchanges: readonly Exchange[], batches: number): readonly (readonly Exchange[])[] {
  const each = exchanges.length / batches;
  if (!Number.isInteger(each)) {
    throw new Error(
      `${exchanges.length} HTTP calls for ${batches} batches: not the same for each.`,
    );
  }
  return Array.from({ length: batches }, (_, index) =>
    exchanges.slice(index * each, (index + 1) * each),
  );
}
