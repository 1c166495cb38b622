import { queueDepth } from '../../lib/queue/depth.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import type { ContactState } from '../../lib/store/store.ts';
import { type WakeOptions, type WakeRun, wake } from '../../lib/waking/wake.ts';
import { createSqs } from '../../simulators/sqs/sqs.ts';
import { createMemoryStore, type Obstruct } from '../../simulators/store/memory.ts';
import { SITE_ID, START } from '../support/jobs.ts';

export const MINUTE = 60_000;

export const contactId = (n: number): string =>
  `c0ffee00-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const newRun = (): WakeRun => ({ waiting: 0, queued: {}, due: 0, latenessMs: 0 });

const STATE: ContactState = { held: {}, begun: {}, references: [], definitions: 'aaaaaaaaaaaa' };

/** The schedule's own surroundings, on a clock that the test moves: the store in memory and the simulated SQS. */
export function aStage({ share = 30 } = {}) {
  let time = START;
  const now = () => time;
  const sqs = createSqs(now);
  let obstruct: Obstruct = (_operation, request) => request();
  const store = createMemoryStore({
    now,
    obstruct: (operation, request) => obstruct(operation, request),
  });
  const queue = createQueue({ client: sqs.client, queueUrl: sqs.queueUrl, deadLetterQueueUrl: '' });
  const options: WakeOptions = {
    site: SITE_ID,
    store,
    queue,
    depth: () => queueDepth(sqs.client, sqs.queueUrl),
    definitions: 'bbbbbbbbbbbb',
    share,
    now,
  };

  return {
    sqs,
    store,
    options,
    now,
    pass(ms: number) {
      time += ms;
    },
    /** What stands between the store and who asks it, from now on. */
    obstruct(next: Obstruct) {
      obstruct = next;
    },
    /** A contact with a state, and when it is due. */
    async know(n: number, dueAt?: number) {
      await store.saveState({ site: SITE_ID, contactId: contactId(n) }, { ...STATE, dueAt });
    },
    /** One run. @param timeLeft as Lambda says it, before each job that may be queued */
    async run(changes: Partial<WakeOptions> = {}, timeLeft = () => 50_000): Promise<WakeRun> {
      const run = newRun();
      await wake({ ...options, ...changes }, run, timeLeft);
      return run;
    },
    /** What is in the queue now, which is emptied. */
    takeJobs(): LabelJob[] {
      const jobs = sqs.jobs.peek().map(({ body }) => JSON.parse(body) as LabelJob);
      for (;;) {
        const received = sqs.jobs.receive();
        if (received.length === 0) return jobs;
        sqs.jobs.remove(received.map(({ receipt }) => receipt));
      }
    },
  };
}
export type WakeStage = ReturnType<typeof aStage>;

/** Lets the first run see the definitions, and time pass until the review of all contacts may begin. */
export async function settle(stage: WakeStage, changes: Partial<WakeOptions> = {}): Promise<void> {
  await stage.run(changes);
  stage.pass(3 * MINUTE);
}
