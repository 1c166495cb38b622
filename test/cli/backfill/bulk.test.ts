import { expect, test } from '@jest/globals';
import { type BulkOptions, callsInBulk, labelInBulk } from '../../../cli/commands/backfill/bulk.ts';
import type { LiveEvents } from '../../../cli/commands/backfill/live.ts';
import { bulkGroups, MANY } from '../../../cli/kit/bulk-labels.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { openCalls } from '../../../lib/wix/site.ts';
import { createWixSimulator, type WixSimulatorOptions } from '../../../simulators/wix/simulator.ts';
import { API_KEY, aJob, NO_LIMIT, SITE_ID } from '../../support/jobs.ts';
import { aContext } from '../../support/wix-client.ts';

const quiet: LiveEvents = {
  look: async () => {},
  without: (job) => job,
  metNobody: () => false,
  hole: () => undefined,
};

const email = (n: number) => `customer-${n}@example.com`;
const jobs = (count: number, over: Partial<LabelJob> = {}, from = 0): LabelJob[] =>
  Array.from({ length: count }, (_, i) => aJob({ contact: { email: email(from + i) }, ...over }));

/** A site, and a run at it on a clock that goes on only while somebody waits. */
function aSite(options: WixSimulatorOptions = {}, changes: Partial<BulkOptions> = {}) {
  let time = Date.UTC(2026, 10, 1);
  const now = () => time;
  const notes: string[] = [];
  const wait = async (ms: number) => {
    time += ms;
  };
  const wix = createWixSimulator({
    apiKey: API_KEY,
    siteId: SITE_ID,
    ...NO_LIMIT,
    now,
    ...options,
  });
  const call = openCalls({
    baseUrl: 'http://wix.test',
    credentials: { kind: 'api-key', apiKey: API_KEY },
    fetch: wix.fetch,
    now,
    clock: now,
    sleep: wait,
    random: () => 0.5,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    limit: 1_000_000,
  })(aContext(SITE_ID));
  const { signal } = new AbortController();
  const note = (text: string) => notes.push(text);
  const common = { id: SITE_ID, call, live: quiet, signal, now, wait, note };
  return {
    wix,
    notes,
    add(count: number, from = 0) {
      time += 60_000;
      return Array.from({ length: count }, (_, i) => wix.addContact({ email: email(from + i) }));
    },
    run: (some: readonly LabelJob[]) => labelInBulk(some, { ...common, ...changes }),
    labels: () => wix.contacts().map(({ id }) => wix.labelNamesOf(id).join()),
    calls: (operation: string) => wix.calls.filter((one) => one.operation === operation).length,
  };
}

const emailsOf = (some: readonly LabelJob[]) => new Set(some.map(({ contact }) => contact.email));

test('many contacts of one change have it by one bulk job, in a few calls, and so they say', async () => {
  const { run, add, labels, wix } = aSite();
  add(120);

  const { done, calls } = await run(jobs(120, { add: ['Customer', 'VIP'], remove: ['Lead'] }));

  expect(done).toHaveLength(120);
  expect(new Set(labels())).toEqual(new Set(['Customer,VIP']));
  expect(calls).toBe(wix.calls.length);
  expect(calls).toBeLessThanOrEqual(callsInBulk([jobs(120)], 120) + 2);
});

test('5,000 customers take less than 0.03 calls each', async () => {
  const { run, add, labels } = aSite();
  add(5_000);

  const { done, calls } = await run(jobs(5_000));

  expect([done.length, new Set(labels()).size]).toEqual([5_000, 1]);
  expect(calls / 5_000).toBeLessThan(0.03);
});

test('groups are those of one change, whatever the order of its labels, and of fifty customers', () => {
  const one = jobs(MANY - 1, { add: ['A', 'B'], remove: ['C'] });
  const same = jobs(1, { add: ['B', 'A'], remove: ['C'] }, 200);
  const other = jobs(MANY - 1, { add: ['A', 'B', 'C'] }, 300);
  const tooMuch = jobs(MANY, { add: Array.from({ length: 101 }, (_, i) => `${i}`) }, 400);

  expect(bulkGroups([...one, ...same, ...other, ...tooMuch])).toEqual([[...one, ...same]]);
});

test('who is no contact by e-mail, or one contact for two customers, is left to the workers', async () => {
  const { run, add, wix, labels } = aSite();
  const [target = ''] = add(MANY + 1);
  const [source = ''] = add(1, 100);
  wix.mergeContacts(source, target);
  const other = aJob({ contact: { email: email(100) }, add: [], remove: ['Customer'] });
  const stranger = aJob({ contact: { email: email(101) } });

  const { done } = await run([...jobs(MANY + 1), other, stranger]);

  const clear = jobs(MANY, {}, 1);
  expect(emailsOf(done)).toEqual(emailsOf(clear));
  expect(labels().filter((names) => names !== '')).toHaveLength(MANY);
  expect(wix.labelNamesOf(target)).toEqual([]);
});

test('of two contacts with one e-mail the one that a webhook would label gets the label, and no other', async () => {
  const { run, add, wix } = aSite();
  const [first = ''] = add(MANY);
  const [twin = ''] = add(1);

  const { done } = await run(jobs(MANY));

  expect(done).toHaveLength(MANY);
  expect([first, twin].map((id) => wix.labelNamesOf(id))).toEqual([['Customer'], []]);
});

test('who has no label after the job, and who is gone, is left to the workers', async () => {
  const failing = new Set<string>();
  const { run, add } = aSite({ bulkJobs: { fails: (id) => failing.has(id) } });
  const [first = ''] = add(MANY + 2);
  failing.add(first);

  const { done } = await run(jobs(MANY + 2));

  expect(done).toHaveLength(MANY + 1);
  expect(emailsOf(done).has(email(0))).toBe(false);
});

test('an index that is late is looked at again', async () => {
  const { run, add, calls } = aSite({ bulkJobs: { indexLagMs: 3_000 } });
  add(MANY);

  const { done } = await run(jobs(MANY));

  expect(done).toHaveLength(MANY);
  expect(calls('queryContacts')).toBe(3);
});

test.each([403, 404, 428, 501])(
  'where bulk jobs are answered %d, it is asked once, and the workers label all',
  async (status) => {
    const { run, add, wix, notes, calls } = aSite();
    add(MANY * 2);
    wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status, times: null });

    const { done } = await run([...jobs(MANY), ...jobs(MANY, { add: ['VIP'] }, MANY)]);

    expect(done).toEqual([]);
    expect(calls('bulkLabelAndUnlabelContacts')).toBe(1);
    expect(notes.join()).toContain(`${status}`);
  },
);

test('a filter of too many ids is halved, and what is refused even so is left', async () => {
  const { run, add, wix, calls } = aSite();
  add(400);
  wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 400 });
  wix.fault({ operation: 'queryContacts', status: 400 });

  const some = await run(jobs(400));
  wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 400, times: null });
  const none = await run(jobs(400));

  expect([some.done.length, none.done.length]).toEqual([400, 0]);
  expect(calls('bulkLabelAndUnlabelContacts')).toBeLessThan(15);
});

test('what passes is asked again, and what does not pass in time is left to the workers', async () => {
  const { run, add, wix, notes } = aSite();
  add(MANY);
  wix.fault({ operation: 'queryContacts', status: 503, times: 2 });
  wix.fault({ operation: 'getBulkJob', status: 429 });

  const { done } = await run(jobs(MANY));
  wix.fault({ operation: 'any', status: 503, times: null });
  const none = await run(jobs(MANY));

  expect([done.length, none.done.length]).toEqual([MANY, 0]);
  expect(notes).toEqual(['Wix queryContacts: 503. The workers label these customers one by one.']);
});

test('a job whose state Wix keeps back: the contacts show it', async () => {
  const { run, add, wix } = aSite();
  add(MANY);
  wix.fault({ operation: 'getBulkJob', status: 403, times: null });

  const { done } = await run(jobs(MANY));

  expect(done).toHaveLength(MANY);
});

test('a full site: the group that needs a new label is left to the workers, the other one is labelled', async () => {
  const { run, add, wix } = aSite({ labelsQuota: 1 });
  add(MANY * 2);
  wix.addLabel('Customer');

  const { done } = await run([...jobs(MANY, { add: ['VIP'] }, MANY), ...jobs(MANY)]);

  expect(new Set(done.flatMap((job) => job.add))).toEqual(new Set(['Customer']));
  expect(done).toHaveLength(MANY);
});

test('a name that Wix refuses keeps its own group alone', async () => {
  const { run, add, wix } = aSite();
  add(MANY * 2);
  wix.fault({ operation: 'findOrCreateLabel', status: 400 });

  const { done } = await run([...jobs(MANY, { add: ['x'.repeat(500)] }), ...jobs(MANY, {}, MANY)]);

  expect(new Set(done.flatMap((job) => job.add))).toEqual(new Set(['Customer']));
});

test('what a webhook has settled meanwhile is left alone', async () => {
  let looked = false;
  const live: LiveEvents = {
    ...quiet,
    look: async () => {
      looked = true;
    },
    without: (job) => (looked && job.contact.email === email(0) ? { ...job, add: [] } : job),
  };
  const { run, add, labels } = aSite({}, { live });
  add(MANY + 1);

  const { done } = await run(jobs(MANY + 1));

  expect(done).toHaveLength(MANY);
  expect(labels().filter((names) => names === '')).toHaveLength(1);
});

test('a line of the log that cannot be placed ends the run before anybody is labelled', async () => {
  const { run, add, calls } = aSite({}, { live: { ...quiet, hole: () => '1 line' } });
  add(MANY);

  await expect(run(jobs(MANY))).rejects.toThrow('Stopped. 1 line');

  expect(calls('bulkLabelAndUnlabelContacts')).toBe(0);
});
