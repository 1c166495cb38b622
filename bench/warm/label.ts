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
import { type Exchange, startPeers } from '../peers.ts';
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
  const { wix, environment, takeJobs, url, close } = await startPeers({
    onExchange: (exchange) => exchanges.push(exchange),
  });
  await runCold(receive, [purchaseEvent(0)], environment());
  const [queued] = takeJobs();
  if (!queued) throw new Error('`receive` queued no job.');
  const ours = startWarm(bundles.ours, environment());
  const floor = startWarm(bundles.floor, environment());
  const { nextJob, nextBatch } = createQueue(wix, queued);

  async function play(): Promise<Round> {
    const batches = Array.from({ length: BATCHES }, nextBatch);
    const events = batches.map((batch) => ({
      Records: batch.map((job, at) => recordOf(job, at === 0 ? 2 : 1)),
    }));
    const worked = await ours.work(events, BATCHES_APART_MS);
    for (const [at, batch] of batches.entries()) {
      checkLabelled(wix, worked.answers[at], batch.slice(0, FULL_BATCH), batch.slice(FULL_BATCH));
    }
    const replayed = await floor.work(
      evenly(exchanges.splice(0)).map((calls) => replayOf(calls, url)),
    );
    const refused = exchanges.splice(0).find(({ answer }) => answer.status !== 200);
    if (refused) throw new Error(`${refused.request.url} was answered ${refused.answer.status}.`);
    const jobs = BATCHES * FULL_BATCH;
    return { ours: worked.cpuMs / jobs, floor: replayed.cpuMs / jobs };
  }

  try {
    // The first batch of a process also asks for the labels.
    await ours.work([{ Records: [recordOf(nextJob())] }]);
    exchanges.splice(0);
    return await playRounds({ ...options, warmUps: WARM_UP_BLOCKS }, play);
  } finally {
    ours.stop();
    floor.stop();
    await close();
  }
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
