import { expect, test } from '@jest/globals';
import { reviewJob } from '../../lib/queue/review-job.ts';
import { LEASE_MS, MOST_WAITING, wake } from '../../lib/waking/wake.ts';
import { SITE_ID, START } from '../support/jobs.ts';
import { aStage, contactId, MINUTE, newRun } from './stage.ts';

const reviewed = (
  jobs: readonly { readonly contact: { readonly contactId?: string | undefined } }[],
) => jobs.map(({ contact }) => contact.contactId);

test('those that are due longest are queued first, and nobody before their time', async () => {
  const stage = aStage({ share: 2 });
  await stage.know(1, START - MINUTE);
  await stage.know(2, START + 1);
  await stage.know(3, START - 3 * MINUTE);
  await stage.know(4, START - 2 * MINUTE);
  await stage.know(5);

  const run = await stage.run();

  const jobs = stage.takeJobs();
  expect(reviewed(jobs)).toEqual([contactId(3), contactId(4)]);
  expect(jobs[0]).toEqual(
    reviewJob({
      site: SITE_ID,
      contactId: contactId(3),
      cause: 'due',
      occasion: String(START - 3 * MINUTE),
      now: START,
    }),
  );
  expect(run).toMatchObject({ queued: { due: 2 }, due: 1, latenessMs: 3 * MINUTE });
});

test('one that is queued is due again after six hours, if nothing else was set meanwhile', async () => {
  const stage = aStage();
  await stage.know(1, START);
  await stage.store.saveFullReview(SITE_ID, { goal: 'bbbbbbbbbbbb 0 definitions' });

  await stage.run();
  stage.pass(LEASE_MS - 1);
  expect(await stage.run()).toEqual({ waiting: 1, queued: {}, due: 0, latenessMs: 0 });
  stage.pass(1);
  expect((await stage.run()).queued).toEqual({ due: 1 });
  expect(stage.takeJobs()).toHaveLength(2);
});

test('a review that was done before its lease keeps the time that it set', async () => {
  const stage = aStage();
  await stage.know(1, START);
  const owner = { site: SITE_ID, contactId: contactId(1) };
  stage.obstruct(async (operation, request) => {
    if (operation === 'postpone') {
      const { state } = await stage.store.read(owner);
      if (state)
        await stage.store.saveState(owner, { ...state, dueAt: START + 5 * MINUTE }, state.version);
    }
    return request();
  });

  await stage.run();

  expect((await stage.store.read(owner)).state?.dueAt).toBe(START + 5 * MINUTE);
});

test('killed between the job and its lease, the next run sends the same job, and SQS keeps one', async () => {
  const stage = aStage();
  await stage.know(1, START);
  stage.obstruct((operation, request) =>
    operation === 'postpone' ? new Promise<never>(() => {}) : request(),
  );
  const killed = wake(stage.options, newRun(), () => 50_000);
  await Promise.race([killed, new Promise((resolve) => setImmediate(resolve))]);
  expect(stage.sqs.jobs.size()).toBe(1);

  stage.obstruct((_operation, request) => request());
  stage.pass(MINUTE);
  await stage.run();

  expect(stage.sqs.jobs.size()).toBe(1);
  const { state } = await stage.store.read({ site: SITE_ID, contactId: contactId(1) });
  expect(state?.dueAt).toBe(START + MINUTE + LEASE_MS);
});

test('while too many jobs wait nothing is queued, and the run says how late the reviews are', async () => {
  const stage = aStage();
  for (let n = 1; n <= MOST_WAITING + 1; n += 1) {
    const review = {
      site: SITE_ID,
      contactId: contactId(n),
      cause: 'asked',
      occasion: '',
    } as const;
    await stage.options.queue.send(reviewJob({ ...review, now: START }));
  }
  stage.sqs.jobs.receive();
  await stage.know(1, START - MINUTE);

  const run = await stage.run();

  const waiting = MOST_WAITING + 1;
  expect(run).toEqual({ waiting, queued: {}, due: 1, latenessMs: MINUTE, ended: 'busy' });
  expect(stage.sqs.jobs.size()).toBe(waiting);
  // One job less, and it goes on.
  const [first] = stage.sqs.jobs.peek();
  stage.sqs.jobs.remove([first?.receipt ?? '']);
  expect((await stage.run()).queued).toEqual({ due: 1 });
});

test('a run whose time is over stops, and the next goes on', async () => {
  const stage = aStage();
  for (const n of [1, 2, 3]) await stage.know(n, START);
  const times = [50_000, 10_000];

  const run = await stage.run({}, () => times.shift() ?? 0);

  expect(run).toMatchObject({ queued: { due: 1 }, due: 2, ended: 'deadline' });
  expect((await stage.run()).queued).toEqual({ due: 2 });
});

test('two runs at once queue nobody twice', async () => {
  const stage = aStage();
  for (let n = 1; n <= 20; n += 1) await stage.know(n, START);

  await Promise.all([stage.run(), stage.run()]);

  expect(new Set(reviewed(stage.takeJobs())).size).toBe(20);
  expect(stage.sqs.jobs.size()).toBe(0);
});
