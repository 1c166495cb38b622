import { FULL_BATCH } from '../../cost/usage.ts';
import type { WixSimulator } from '../../simulators/wix/simulator.ts';
import {
  checkLabelled,
  createCustomers,
  type Job,
  jobLike,
  purchaseEvent,
  recordOf,
} from '../events.ts';
import { playRounds, type RoundOptions } from '../measure.ts';
import { type Exchange, type Peers, startPeers } from '../peers.ts';
import { runCold } from '../process/cold.ts';
import { startWarm } from '../process/warm.ts';
import { replayOf } from './replay.ts';
import type { Round, Sides } from './row.ts';

const WARM_UP_BLOCKS = 3;
const BATCHES = 20;
/** A batch makes ten calls of Wix, and a worker may make 90 a minute: time goes by as it would then. */
const BATCHES_APART_MS = 7_000;
const NAMES = ['Bought Desk Lamp', 'Customer', 'VIP'];

/**
 * Gives batches of jobs to Earmark's bundle, and the HTTP calls that each made to the floor's, which makes
 * them again. The contacts are new to the process, half of them known by e-mail and half by contact id; the
 * labels it knows.
 * @param receive Earmark's bundle of it, which queues the job that the others are like
 * @throws Error when a contact lacks its labels, or a batch was not answered as it should
 */
export async function measureLabel(
  receive: string,
  bundles: Sides<string>,
  options: RoundOptions,
): Promise<readonly Round[]> {
  const exchanges: Exchange[] = [];
  const peers = await startPeers({ onExchange: (exchange) => exchanges.push(exchange) });
  const ours = startWarm(bundles.ours, peers.environment());
  const floor = startWarm(bundles.floor, peers.environment());
  try {
    const { nextJob, nextBatch } = createQueue(peers.wix, await jobOf(receive, peers));
    // The first batch of a process also asks for the labels.
    await ours.work([{ Records: [recordOf(nextJob())] }]);
    exchanges.splice(0);
    return await playRounds({ ...options, warmUps: WARM_UP_BLOCKS }, async () => {
      const batches = Array.from({ length: BATCHES }, nextBatch);
      const events = batches.map((batch) => ({
        Records: batch.map((job, at) => recordOf(job, at === 0 ? 2 : 1)),
      }));
      const worked = await ours.work(events, BATCHES_APART_MS);
      batches.forEach((batch, at) => {
        const done = batch.slice(0, FULL_BATCH);
        checkLabelled(peers.wix, worked.answers[at], done, batch.slice(FULL_BATCH));
      });
      const made = evenly(exchanges.splice(0));
      const replayed = await floor.work(made.map((calls) => replayOf(calls, peers.url)));
      const refused = exchanges.splice(0).find(({ answer }) => answer.status !== 200);
      if (refused) throw new Error(`${refused.request.url} was answered ${refused.answer.status}.`);
      const jobs = BATCHES * FULL_BATCH;
      return { ours: worked.cpuMs / jobs, floor: replayed.cpuMs / jobs };
    });
  } finally {
    ours.stop();
    floor.stop();
    await peers.close();
  }
}

async function jobOf(receive: string, { environment, takeJobs }: Peers): Promise<Job> {
  await runCold(receive, [purchaseEvent(0)], environment());
  const [job] = takeJobs();
  if (job) return job;
  throw new Error('`receive` queued no job.');
}

/** Batches of ten jobs. The worker gives the last of them back, and it is the first of the next batch. */
function createQueue(wix: WixSimulator, { body, ...queued }: Job) {
  const like = { ...queued, body: JSON.stringify({ ...JSON.parse(body), add: NAMES }) };
  const customers = createCustomers(wix);
  const nextJob = () => {
    const { number, email, contactId } = customers.next();
    return { ...jobLike(like, number % 2 === 0 ? { email } : { email, contactId }), contactId };
  };
  let givenBack = nextJob();
  const nextBatch = () => {
    const batch = [givenBack, ...Array.from({ length: FULL_BATCH }, nextJob)];
    givenBack = batch[FULL_BATCH] ?? givenBack;
    return batch;
  };
  return { nextJob, nextBatch };
}

/** The exchanges of each batch. @throws Error when batches made different numbers of calls */
function evenly(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const each = exchanges.length / BATCHES;
  if (Number.isInteger(each)) {
    return Array.from({ length: BATCHES }, (_, at) => exchanges.slice(at * each, (at + 1) * each));
  }
  throw new Error(`${exchanges.length} HTTP calls for ${BATCHES} batches: not the same for each.`);
}
