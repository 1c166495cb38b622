import { describe, expect, test } from '@jest/globals';
import { labelAll } from '../../../cli/commands/backfill/apply.ts';
import { backfillStage } from '../../support/backfill-stage.ts';
import { captureLog } from '../../support/log.ts';

type Stage = Awaited<ReturnType<typeof backfillStage>>;

/** Labels so many contacts VIP; says who has it at the end. */
async function labelled(stage: Stage, count: number) {
  const wanted = await stage.contacts(count, 'VIP');
  stage.wix.clearCalls();
  const applied = await labelAll(wanted, [], await stage.site());
  const has = wanted.filter(({ contactId }) => stage.wix.labelNamesOf(contactId).includes('VIP'));
  return { ...applied, has: has.length, wanted };
}

describe('many contacts that want the same', () => {
  test('a job, a question how it went, a look at the result', async () => {
    const stage = await backfillStage();

    const { has, alone, done } = await labelled(stage, 5);

    expect([has, alone, done.size]).toEqual([5, 0, 5]);
    expect(stage.wix.calls.map(({ operation }) => operation)).toEqual([
      'bulkLabelAndUnlabelContacts',
      'getBulkJob',
      'queryContacts',
    ]);
  });

  test.each([
    ['bulk/jobs', 'totals'],
    ['bulk/contact/jobs', 'totals'],
    ['bulk/jobs', 'counts'],
    ['bulk/contact/jobs', 'counts'],
  ] as const)(
    'a job told of under %s, counters as %s, that fails on two',
    async (statusPath, counters) => {
      const unlucky = new Set<string>();
      const stage = await backfillStage({
        bulkJobs: { statusPath, counters, fails: (id) => unlucky.has(id) },
      });
      const wanted = await stage.contacts(6, 'VIP');
      for (const { contactId } of wanted.slice(0, 2)) unlucky.add(contactId);

      const { alone, failed } = await labelAll(wanted, [], await stage.site());

      expect(stage.notes).toEqual([expect.stringContaining('could not change 2 contacts')]);
      expect([alone, failed.size, stage.asked('labelContact')]).toEqual([2, 0, 2]);
      for (const { contactId } of wanted)
        expect(stage.wix.labelNamesOf(contactId)).toEqual(['VIP']);
    },
  );

  test('a slow job is waited for, and an index that is behind', async () => {
    const stage = await backfillStage({ bulkJobs: { durationMs: 20_000, indexLagMs: 10_000 } });

    const { has, alone } = await labelled(stage, 5);

    expect([has, alone, stage.asked('labelContact')]).toEqual([5, 0, 0]);
    expect(stage.asked('bulkLabelAndUnlabelContacts')).toBe(1);
  });

  test('an index that stays behind: each gets a call, which harms nobody', async () => {
    const stage = await backfillStage({ bulkJobs: { indexLagMs: 3_600_000 } });

    const { has, alone } = await labelled(stage, 5);

    expect([has, alone, stage.asked('labelContact')]).toEqual([5, 5, 5]);
  });

  test.each([403, 404, 501])('bulk jobs answered with %i: a call each', async (status) => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status, times: null });

    const { has, alone } = await labelled(stage, 5);

    expect([has, alone, stage.asked('bulkLabelAndUnlabelContacts')]).toEqual([5, 5, 1]);
    // What no job was started for there is no need to look at.
    expect(stage.asked('queryContacts')).toBe(0);
    expect(stage.notes).toEqual([expect.stringContaining(`with ${status}`)]);
  });

  test('a filter that is refused is halved', async () => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 400 });

    const { has, alone } = await labelled(stage, 50);

    expect([has, alone, stage.asked('bulkLabelAndUnlabelContacts')]).toEqual([50, 0, 3]);
  });

  test('a job refused whatever its size: not asked for each contact', async () => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 400, times: null });

    const { has, alone } = await labelled(stage, 200);

    expect([has, alone]).toEqual([200, 200]);
    expect(stage.asked('bulkLabelAndUnlabelContacts')).toBeLessThan(8);
  });

  test('bulk jobs unwell for long: a call each, and asked for again by the next run', async () => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 500, times: null });

    const { has, alone } = await labelled(stage, 5);

    expect([has, alone]).toEqual([5, 5]);
    expect(stage.notes.at(-1)).toContain('one contact at a time');
    expect((await stage.site()).journal.has('bulk')).toBe(false);
  });

  test('an answer about a job that nobody understands: the contacts tell', async () => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'getBulkJob', status: 200, times: null });

    const { has, alone } = await labelled(stage, 5);

    expect([has, alone]).toEqual([5, 0]);
  });

  test('a job that Wix tells nothing of is judged by the contacts', async () => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'getBulkJob', status: 404, times: null });

    const { has, alone } = await labelled(stage, 5);

    expect([has, alone]).toEqual([5, 0]);
  });

  test('Wix unwell for a moment: tried again', async () => {
    const stage = await backfillStage();
    stage.wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 503 });
    stage.wix.fault({ operation: 'queryContacts', status: 429 });
    stage.wix.fault({ operation: 'getBulkJob', drop: true });
    const log = captureLog();

    const { has, alone } = await labelled(stage, 5).finally(log.restore);

    expect([has, alone]).toEqual([5, 0]);
  });
});

test('a contact that is gone by then is told, and the others are labelled', async () => {
  const stage = await backfillStage();
  const wanted = await stage.contacts(5, 'VIP');
  const [gone = ''] = wanted.map(({ contactId }) => contactId);
  stage.wix.removeContact(gone);

  const { done, failed } = await labelAll(wanted, [], await stage.site());

  expect([...failed]).toEqual([[gone, 'contact-not-found']]);
  expect(done.size).toBe(4);
});

test('labels are taken as well as put', async () => {
  const stage = await backfillStage();
  const wanted = await stage.contacts(4, 'Lead');
  await labelAll(wanted, [], await stage.site());
  const lead = await stage.keyOf('Lead');
  const vip = await stage.keyOf('VIP');
  const turned = wanted.map(({ contactId }) => ({ contactId, add: [vip], remove: [lead] }));

  const { alone } = await labelAll(turned, [], await stage.site());

  expect(alone).toBe(0);
  for (const { contactId } of wanted) expect(stage.wix.labelNamesOf(contactId)).toEqual(['VIP']);
});

test('a label that a job failed to take is taken by a call', async () => {
  const unlucky = new Set<string>();
  const stage = await backfillStage({ bulkJobs: { fails: (id) => unlucky.has(id) } });
  const had = await stage.contacts(4, 'Lead');
  await labelAll(had, [], await stage.site());
  const wanted = had.map(({ contactId, add }) => ({ contactId, add: [], remove: add }));
  unlucky.add(wanted[0]?.contactId ?? '');

  const { alone } = await labelAll(wanted, [], await stage.site());

  expect([alone, stage.asked('unlabelContact')]).toEqual([1, 1]);
  for (const { contactId } of wanted) expect(stage.wix.labelNamesOf(contactId)).toEqual([]);
});

/** Six who want one label, three who want another, one who wants both, and two made moments ago. */
async function mixedWishes(stage: Stage) {
  const first = await stage.contacts(6, 'VIP');
  const second = await stage.contacts(3, 'Lead');
  const [both] = await stage.contacts(1, 'VIP');
  const fresh = await stage.contacts(2, 'New');
  const lead = second[0]?.add ?? [];
  const wanted = [...first, ...second, ...(both ? [{ ...both, add: [...both.add, ...lead] }] : [])];
  stage.wix.clearCalls();
  return { wanted, fresh };
}

test('stopped at any call and gone on with: no call is made twice', async () => {
  const unstopped = await backfillStage();
  const wishes = await mixedWishes(unstopped);
  await labelAll(wishes.wanted, wishes.fresh, await unstopped.site());
  const calls = unstopped.wix.calls.map(({ operation }) => operation);
  expect(calls.length).toBeGreaterThan(6);

  for (const stopAfter of calls.keys().drop(1)) {
    const stage = await backfillStage();
    const { wanted, fresh } = await mixedWishes(stage);

    const stopped = labelAll(wanted, fresh, await stage.site(stopAfter));
    await expect(stopped).rejects.toThrow('abort');
    const { failed, done } = await labelAll(wanted, fresh, await stage.site());

    expect([failed.size, done.size]).toEqual([0, wanted.length + fresh.length]);
    expect(stage.wix.calls.map(({ operation }) => operation)).toEqual(calls);
  }
});
