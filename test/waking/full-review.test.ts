import { expect, test } from '@jest/globals';
import { goesOnAt } from '../../lib/waking/wake.ts';
import { createRandom } from '../../simulators/random.ts';
import { SITE_ID, START } from '../support/jobs.ts';
import { aStage, contactId, MINUTE, settle, type WakeStage } from './stage.ts';

const causes = (stage: WakeStage) =>
  Object.fromEntries(stage.takeJobs().map(({ contact, review }) => [contact.contactId, review]));

const everybody = (count: number, cause: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [contactId(n), cause]));

const knowAll = async (stage: WakeStage, count: number) => {
  for (let n = 0; n < count; n += 1) await stage.know(n);
};

test('after the definitions changed all contacts are queued, once the worker must have them, and not again', async () => {
  const stage = aStage();
  await knowAll(stage, 20);

  await stage.run();
  stage.pass(3 * MINUTE - 1);
  await stage.run();
  expect(causes(stage)).toEqual({});
  stage.pass(1);
  expect((await stage.run()).queued).toEqual({ definitions: 20 });
  expect(causes(stage)).toEqual(everybody(20, 'definitions'));

  stage.pass(10 * MINUTE);
  expect((await stage.run()).queued).toEqual({});
});

test('when it goes on is known from the first run to the end', async () => {
  const stage = aStage({ share: 4 });
  await knowAll(stage, 5);
  const goesOn = async () => goesOnAt(await stage.store.readFullReview(SITE_ID));
  const seen = [await goesOn()];

  await stage.run();
  seen.push(await goesOn());
  stage.pass(3 * MINUTE);
  for (let run = 0; run < 2; run += 1) {
    await stage.run();
    seen.push(await goesOn());
  }

  expect(seen).toEqual([undefined, START + 3 * MINUTE, 0, undefined]);
});

test('10,000 contacts are each queued, over runs that are killed at any request, and a run never goes beyond its share', async () => {
  const share = 333;
  const stage = aStage({ share });
  await knowAll(stage, 10_000);
  await settle(stage);
  const random = createRandom(7, 'kills');
  const queued = new Set<string>();
  let runs = 0;
  let done = false;
  while (!done && runs < 3 * (10_000 / share)) {
    runs += 1;
    let killed = false;
    stage.obstruct((_operation, request) => {
      killed ||= random() < 0.1;
      return killed ? Promise.reject(new Error('killed')) : request();
    });
    await stage.run().catch(() => undefined);
    const jobs = stage.takeJobs();
    expect(jobs.length).toBeLessThanOrEqual(share);
    for (const { contact } of jobs) queued.add(contact.contactId ?? '');
    stage.obstruct((_operation, request) => request());
    stage.pass(MINUTE);
    const review = await stage.store.readFullReview(SITE_ID);
    done = review?.cursor === undefined;
  }

  expect(queued.size).toBe(10_000);
  expect(done).toBe(true);
});

test('definitions that change meanwhile begin a review of all contacts anew', async () => {
  const stage = aStage({ share: 10 });
  await knowAll(stage, 20);
  await settle(stage);
  await stage.run();
  expect(Object.keys(causes(stage))).toHaveLength(10);

  await settle(stage, { definitions: 'cccccccccccc' });
  for (let minute = 0; minute < 2; minute += 1) {
    await stage.run({ definitions: 'cccccccccccc' });
    stage.pass(MINUTE);
  }

  expect(causes(stage)).toEqual(everybody(20, 'definitions'));
});

test('a shop that wants its part erased has all contacts queued, each erasure anew', async () => {
  const stage = aStage();
  await knowAll(stage, 5);
  await settle(stage);
  await stage.run();
  causes(stage);

  for (const at of [START, START + 1]) {
    await stage.store.saveErasure(SITE_ID, 'shopify', at);
    await settle(stage);
    expect((await stage.run()).queued).toEqual({ erasure: 5 });
    expect(causes(stage)).toEqual(everybody(5, 'erasure'));
  }
});

test('what a shop sent of people who are no contacts is erased first, some a run, and no more than that', async () => {
  // Arrange
  const stage = aStage({ share: 4 });
  await knowAll(stage, 3);
  const { store } = stage;
  const fact = (source: string, at: number) => ({
    kind: 'order' as const,
    source,
    id: `${at}`,
    states: { 'order.paid': { at, state: { test: false } } },
  });
  const owners = Array.from({ length: 10 }, (_, n) => ({ site: SITE_ID, reference: `hash ${n}` }));
  for (const owner of owners) {
    await store.addFacts(owner, [
      fact('shopify', START),
      fact('custom', START),
      fact('shopify', START + 1),
    ]);
  }
  await store.saveErasure(SITE_ID, 'shopify', START);
  await settle(stage);
  const erased = async () => {
    const records = await Promise.all(owners.map((owner) => store.read(owner)));
    return records.filter(({ facts }) => facts.length === 2).length;
  };

  // Act
  const seen = [];
  for (let minute = 0; minute < 5; minute += 1) {
    const { queued } = await stage.run();
    seen.push([await erased(), queued.erasure ?? 0]);
    stage.pass(MINUTE);
  }

  // Assess
  expect(seen).toEqual([
    [4, 0],
    [8, 0],
    [10, 2],
    [10, 1],
    [10, 0],
  ]);
  const [{ facts } = { facts: [] }] = await Promise.all(owners.map((owner) => store.read(owner)));
  expect(facts.map(({ source, id }) => [source, Number(id) - START])).toEqual([
    ['custom', 0],
    ['shopify', 1],
  ]);
});

test('an erasure that is not over stays one when the definitions change', async () => {
  const stage = aStage({ share: 10 });
  await knowAll(stage, 20);
  await stage.store.saveErasure(SITE_ID, 'shopify', START);
  await settle(stage);
  await stage.run();
  causes(stage);

  const definitions = 'cccccccccccc';
  await settle(stage, { definitions });
  await stage.run({ definitions });
  stage.pass(MINUTE);
  await stage.run({ definitions });
  expect(causes(stage)).toEqual(everybody(20, 'erasure'));

  await settle(stage, { definitions: 'dddddddddddd' });
  expect((await stage.run({ definitions: 'dddddddddddd' })).queued).toEqual({ definitions: 10 });
});

test.each([1, 2, 3, 30])(
  'with a share of %d neither those that are due nor the others starve',
  async (share) => {
    const stage = aStage({ share });
    for (let n = 0; n < 200; n += 1) await stage.know(n, START);
    await settle(stage);
    const counts = { due: 0, definitions: 0 };
    for (let minute = 0; minute < 4; minute += 1) {
      const { queued } = await stage.run();
      counts.due += queued.due ?? 0;
      counts.definitions += queued.definitions ?? 0;
      stage.pass(MINUTE);
    }

    expect(counts).toEqual({ due: 3 * share, definitions: share });
  },
);

test('a page that was cut short comes again', async () => {
  const stage = aStage();
  await knowAll(stage, 5);
  await settle(stage);
  const times = [50_000, 50_000, 50_000, 0];

  expect(await stage.run({}, () => times.shift() ?? 0)).toMatchObject({
    queued: { definitions: 2 },
    ended: 'deadline',
  });
  stage.takeJobs();
  stage.pass(6 * MINUTE);
  expect((await stage.run()).queued).toEqual({ definitions: 5 });
});
