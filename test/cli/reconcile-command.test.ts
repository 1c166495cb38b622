import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SITE_ID } from '../support/jobs.ts';
import { openStandingTarget, type StandingTarget } from '../support/standing-target.ts';

let target: StandingTarget;
let ids: readonly string[];
const KEPT = ['Big order', 'Customer', 'Silver'];

/** Each has bought; then somebody takes `Customer` off one, and puts `VIP` on the other. */
beforeAll(async () => {
  target = await openStandingTarget();
  ids = ['kim@example.com', 'ada@example.com'].map((email) => target.wix.addContact({ email }));
  for (const [i, email] of ['kim@example.com', 'ada@example.com'].entries()) {
    await target.happen('order.paid', {
      contact: { email },
      order: { id: `${i}`, total: 300, currency: 'EUR' },
    });
  }
  const key = (name: string) =>
    target.wix.labels().find(({ displayName }) => displayName === name)?.key ??
    target.wix.addLabel(name);
  const [kim = '', ada = ''] = ids;
  target.wix.setLabels(kim, ['Big order', 'Silver'].map(key));
  target.wix.setLabels(ada, [...KEPT, 'VIP'].map(key));
});
afterAll(() => target.close());

const labels = () => ids.map((id) => target.labelsOf(id));

test('the plan says what differs, and changes nothing', async () => {
  const before = labels();

  const { code, out, err } = await target.earmark(['reconcile']);
  const { out: json } = await target.earmark(['reconcile', '--plan', '--json']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('2 contacts of 2 have other standing labels than they should.');
  expect(out).toMatch(/Customer +1 +0\n/);
  expect(out).toContain('1  −VIP');
  expect(out).toContain('Nothing was changed. ./earmark reconcile --apply');
  expect(JSON.parse(json)).toMatchObject({
    contacts: { compared: 2, differ: 2, unseen: 0 },
    labels: [
      { name: 'Customer', add: 1, remove: 0 },
      { name: 'VIP', add: 0, remove: 1 },
    ],
    minutes: 1,
  });
  expect(labels()).toEqual(before);
});

test('--plan and --apply are not both meant', async () => {
  const { code } = await target.earmark(['reconcile', '--plan', '--apply']);
  expect(code).toBe(2);
});

test('--apply puts it right, and then nothing differs', async () => {
  const { code, out } = await target.earmark(['reconcile', '--apply']);
  const again = await target.earmark(['reconcile', '--apply', '--json']);

  expect(code).toBe(0);
  expect(out).toMatch(/Put right 2 contacts, by \d+ calls to Wix/);
  expect(labels()).toEqual([KEPT, KEPT]);
  expect(JSON.parse(again.out)).toMatchObject({
    contacts: { differ: 0, stale: 0 },
    calls: 0,
    applied: { contacts: 0, reviews: 0 },
  });
});

test('warns where the workers go by other definitions, and fails where no history is kept', async () => {
  const review = { goal: 'ffffffffffff 0 definitions' };
  await target.store.saveFullReview(SITE_ID, review);

  const other = await target.earmark(['reconcile']);
  const none = await target.earmark(['reconcile'], { history: undefined } as object);

  expect(other.err).toContain('Deploy these first');
  expect(other.out).toContain('All standing labels are as they should be.');
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('No history is kept') });
});
