import { afterEach, expect, test } from '@jest/globals';
import { deadJob } from '../../lib/queue/dead-letter.ts';
import { KIM } from '../support/standing-stage.ts';
import { openStandingTarget, type StandingTarget } from '../support/standing-target.ts';

let stage: StandingTarget;
afterEach(() => stage.close());

async function open(): Promise<string> {
  stage = await openStandingTarget();
  return stage.wix.addContact({ email: KIM, phone: '+4915112345678' });
}
const forget = (...args: string[]) => stage.earmark(['forget', ...args]);
const bought = (id: string, change: object = {}) =>
  stage.happen('order.paid', { order: { id, number: id }, ...change });

test('nothing of the person is left, labels stay, and the next event begins anew', async () => {
  // Arrange: one contact with two references, and another person
  const kim = await open();
  stage.wix.addContact({ email: 'lee@example.com' });
  await bought('1001');
  await bought('1002', { contact: { phone: '+4915112345678' } });
  await bought('1003', { contact: { email: 'lee@example.com' } });
  const before = await stage.scan();

  // Act
  const unasked = await forget(KIM);
  const untouched = await stage.scan();
  const done = await forget(KIM, '--yes');
  const after = await stage.scan();
  await bought('1004');
  const { out } = await stage.earmark(['why', KIM, '--json']);

  // Assess
  expect(unasked).toMatchObject({ code: 2, out: '' });
  expect(unasked.err).toContain('facts            2 orders');
  expect(untouched).toEqual(before);
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Erased what was kept of kim/),
  });
  expect(after.length).toBeGreaterThan(0);
  expect(after.filter((item) => !item.includes('1003') && item.includes('100'))).toEqual([]);
  expect(after.filter((item) => item.includes(kim))).toEqual([]);
  const lees = before.filter((item) => after.includes(item));
  expect(after).toEqual(lees);
  expect(stage.labelsOf(kim)).toContain('Returning');
  expect(JSON.parse(out).facts).toHaveLength(1);
  expect((await forget('nobody@example.com', '--yes')).code).toBe(1);
});

test('contacts that were merged into one are erased with it', async () => {
  // Arrange
  const kim = await open();
  const left = stage.wix.addContact({ email: 'kim.other@example.com' });
  await bought('1001');
  const merging = stage.jobOf('order.paid', { order: { id: '2' }, contact: { contactId: left } });
  await stage.send({ ...merging, merged: [kim] });
  await stage.drain();

  // Act
  const { code } = await forget(left, '--yes');

  // Assess
  expect(code).toBe(0);
  expect(await stage.scan()).toEqual([]);
});

test('facts of somebody who is no contact yet are erased', async () => {
  stage = await openStandingTarget();
  await bought('1001');
  expect(await stage.scan()).not.toEqual([]);

  expect(await forget(KIM, '--yes')).toMatchObject({ code: 0 });

  expect(await stage.scan()).toEqual([]);
});

test('dead letters that name the person stay, or go with --dead-letters', async () => {
  // Arrange
  await open();
  await bought('1001');
  const theirs = stage.jobOf('order.paid', { order: { id: '2' } });
  const others = stage.jobOf('order.paid', {
    order: { id: '3' },
    contact: { email: 'lee@example.com' },
  });
  for (const job of [theirs, others]) {
    await stage.queue.deadLetter(deadJob(job, { reason: 'transient' }));
  }

  // Act
  const kept = await forget(KIM, '--yes');
  const gone = await forget(KIM, '--yes', '--dead-letters');

  // Assess
  expect(kept.err).toMatch(/dead letters {5}[0-9a-f]{8} \(they stay/);
  expect(gone.out).toContain('Deleted 1 dead letter.');
  expect((await stage.deadLetters()).map(({ body }) => body)).toEqual([
    expect.objectContaining({ id: others.id }),
  ]);
});
