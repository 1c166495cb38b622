import { afterEach, expect, test } from '@jest/globals';
import { StoreError } from '../../../lib/store/store.ts';
import { DAY } from '../../support/facts.ts';
import { SITE_ID } from '../../support/jobs.ts';
import {
  KIM,
  openStandingStage,
  type StandingStage,
  type StandingStageOptions,
} from '../../support/standing-stage.ts';

let stage: StandingStage;
afterEach(() => stage.close());

async function open(options?: StandingStageOptions): Promise<string> {
  stage = await openStandingStage(options);
  return stage.wix.addContact({ email: KIM });
}
const bought = (id: string, order: object = {}) =>
  stage.happen('order.paid', { order: { id, ...order } });
const refunded = (id: string) => stage.happen('order.refunded', { order: { id } });
const recordOf = (contactId: string) => stage.store.read({ site: SITE_ID, contactId });

test('a refund of one of two orders leaves the label, and of the last takes it', async () => {
  const kim = await open();
  await bought('1');
  await bought('2');
  expect(stage.labelsOf(kim)).toEqual(['Customer', 'Returning']);
  await refunded('1');
  expect(stage.labelsOf(kim)).toEqual(['Customer']);
  await refunded('2');
  expect(stage.labelsOf(kim)).toEqual([]);
});

test('tiers follow what was spent, up and down', async () => {
  const kim = await open();
  await bought('1', { total: 300 });
  expect(stage.labelsOf(kim)).toContain('Silver');
  await bought('2', { total: 800 });
  expect(stage.labelsOf(kim)).toContain('Gold');
  expect(stage.labelsOf(kim)).not.toContain('Silver');
  await refunded('2');
  expect(stage.labelsOf(kim)).toContain('Silver');
  expect(stage.labelsOf(kim)).not.toContain('Gold');
});

test('a label comes and goes with time alone', async () => {
  const kim = await open();
  await bought('1');
  stage.pass(181 * DAY);
  await stage.wake();
  expect(stage.labelsOf(kim)).toContain('Lapsed');
  await bought('2');
  expect(stage.labelsOf(kim)).not.toContain('Lapsed');
});

test('what a rule gives and what is standing goes in one call', async () => {
  const kim = await open();
  await bought('1', { total: 600 });
  expect(stage.labelsOf(kim)).toEqual(['Big order', 'Customer', 'Silver', 'VIP']);
  const labelling = stage.calls().filter((call) => call.startsWith('labelContact'));
  expect(labelling).toEqual(['labelContact 200']);
});

test('a returning customer costs no call, whichever worker it is', async () => {
  const kim = await open();
  await bought('1', { total: 10 });
  await bought('2', { total: 10 });
  stage.restart();
  const before = stage.calls().length;
  await bought('3', { total: 10 });
  expect(stage.calls().slice(before)).toEqual([]);
  expect(stage.labelsOf(kim)).toEqual(['Customer', 'Returning']);
  expect((await recordOf(kim)).facts).toHaveLength(3);
});

test('an address that a review has seen on its contact is trusted for another week', async () => {
  const kim = await open();
  await bought('1');
  stage.pass(6 * DAY);
  await stage.review(kim, 'asked');
  stage.pass(3 * DAY);
  const before = stage.calls().length;
  await bought('2');
  expect(stage.calls().slice(before)).not.toContain('queryContacts 200');
  expect(stage.labelsOf(kim)).toContain('Returning');
});

test('an event with no label to change leaves its fact, and its line says so', async () => {
  const kim = await open();
  await stage.happen('booking.created');
  expect(stage.labelsOf(kim)).toEqual([]);
  expect(stage.logged('job')).toMatchObject([
    { outcome: 'done', contactId: kim, facts: 1, added: [] },
  ]);
});

test('the history of somebody who is no contact yet joins it when the contact is met', async () => {
  stage = await openStandingStage();
  await stage.happen('form.submitted', { form: { name: 'Other', fields: {} } });
  await bought('1', { total: 150 });
  await stage.happen('order.paid', { order: { id: '2', total: 150 } });
  const kim = stage.wix.addContact({ email: KIM });
  stage.pass(3 * 3_600_000);
  await stage.happen('booking.created');
  expect(stage.labelsOf(kim)).toEqual(['Customer', 'Returning', 'Silver']);
  const { facts } = await recordOf(kim);
  expect(facts.map(({ kind }) => kind).sort()).toEqual(['event', 'form', 'order', 'order']);
});

test('a job of the history alone whose contact never comes is no dead letter', async () => {
  stage = await openStandingStage();
  await stage.send(stage.jobOf('order.paid', { order: { id: '1' } }));
  for (let third = 0; third < 9; third += 1) {
    await stage.drain();
    stage.pass(20 * 60_000);
  }
  await stage.drain();
  expect(stage.logged('job').at(-1)).toMatchObject({ outcome: 'done', reason: 'no-such-contact' });
  expect(await stage.deadLetters()).toEqual([]);
});

test('the contact that is left of a merge has the history of both', async () => {
  const kim = await open();
  const other = stage.wix.addContact({ email: 'k@example.com' });
  const { contact } = { contact: { email: 'k@example.com' } };
  await bought('1', { total: 600 });
  await stage.happen('order.paid', { order: { id: '2', total: 500 }, contact });
  expect(stage.labelsOf(other)).toContain('VIP');
  stage.wix.mergeContacts(other, kim);
  const news = stage.jobOf('booking.created', { contact: { contactId: kim } });
  await stage.send({ ...news, facts: [], merged: [other] });
  await stage.drain();
  expect(stage.labelsOf(kim)).toContain('Gold');
  await stage.happen('order.refunded', { order: { id: '2' }, contact: { contactId: other } });
  expect(stage.labelsOf(kim)).not.toContain('Gold');
  expect(stage.labelsOf(kim)).toContain('Silver');
});

test('what people change by hand is put right at the next review', async () => {
  const kim = await open();
  await bought('1');
  const silver = stage.wix.addLabel('Silver');
  stage.wix.setLabels(kim, [silver]);
  stage.pass(181 * DAY);
  await stage.wake();
  expect(stage.labelsOf(kim)).toEqual(['Customer', 'Lapsed']);
});

test('while the store does not answer the job waits, and nothing is changed', async () => {
  let isDown = false;
  const kim = await open({
    obstruct: async (_operation, request) => {
      if (isDown) throw new StoreError('unavailable', 'the store does not answer');
      return request();
    },
  });
  isDown = true;
  await bought('1', { total: 600 });
  expect(stage.labelsOf(kim)).toEqual([]);
  expect(stage.logged('job')).toMatchObject([{ outcome: 'retry', reason: 'store-unavailable' }]);
  isDown = false;
  stage.pass(60_000);
  await stage.drain();
  expect(stage.labelsOf(kim)).toEqual(['Big order', 'Customer', 'Silver', 'VIP']);
});

test('a job of version 1 is done as ever', async () => {
  const kim = await open();
  const { facts: _facts, ...job } = stage.jobOf('order.paid', { order: { id: '1', total: 300 } });
  await stage.send({ ...job, v: 1 });
  await stage.drain();
  expect(stage.labelsOf(kim)).toEqual(['Big order']);
});

test('a label whose definition is gone stays', async () => {
  const kim = await open();
  await bought('1');
  const { state } = await recordOf(kim);
  if (!state) throw new Error('there is no state');
  const { version, ...rest } = state;
  const old = { since: 0, by: 'label:Old' };
  const owner = { site: SITE_ID, contactId: kim };
  await stage.store.saveState(owner, { ...rest, held: { ...rest.held, Old: old } }, version);
  await refunded('1');
  expect((await recordOf(kim)).state?.held).toEqual({ Old: old });
});

test('to be forgotten erases everything, and the next event begins anew', async () => {
  const kim = await open();
  await bought('1');
  await bought('2');
  await stage.send({ ...stage.jobOf('booking.created'), facts: [], erase: 'person' });
  await stage.drain();
  expect(await recordOf(kim)).toMatchObject({ facts: [], state: undefined });
  await bought('3');
  expect((await recordOf(kim)).facts).toHaveLength(1);
});

test('a shop that wants erased what it sent is forgotten at the review of all contacts', async () => {
  const kim = await open();
  await stage.happen('order.paid', { source: 'shopify', order: { id: '1' } });
  await bought('2');
  const ask = { ...stage.jobOf('booking.created', { source: 'shopify' }), facts: [] };
  await stage.send({ ...ask, contact: {}, erase: 'source' });
  await stage.drain();
  expect((await recordOf(kim)).facts).toHaveLength(2);
  await stage.review(kim, 'erasure');
  expect((await recordOf(kim)).facts).toMatchObject([{ source: 'custom', id: '2' }]);
  expect(stage.labelsOf(kim)).toEqual(['Customer']);
});

test('a contact that is deleted at Wix is not reviewed for ever', async () => {
  const kim = await open();
  await bought('1');
  stage.wix.removeContact(kim);
  stage.pass(181 * DAY);
  await stage.wake();
  await stage.drain();
  expect((await recordOf(kim)).state?.dueAt).toBeUndefined();
  expect(await stage.deadLetters()).toEqual([]);
});

test('a full site is a dead letter that has the facts, and a review tries again quietly', async () => {
  const kim = await open({ labelsQuota: 1 });
  const other = stage.wix.addLabel('Other');
  await bought('1');
  const dead = await stage.deadLetters();
  expect(dead).toMatchObject([
    {
      attributes: {
        reason: 'labels-quota-reached',
        detail: expect.stringContaining('no room for "Customer"'),
      },
      body: { v: 2, facts: [{ id: '1' }], add: [] },
    },
  ]);
  stage.pass(DAY);
  await stage.wake();
  expect(await stage.deadLetters()).toEqual([]);
  stage.wix.deleteLabel(other);
  stage.pass(DAY);
  await stage.wake();
  expect(stage.labelsOf(kim)).toEqual(['Customer']);
});

test('a label whose change was begun by somebody who was killed is made sure of', async () => {
  let saves = 0;
  const kim = await open({
    obstruct: async (operation, request) => {
      // The second state of a try is the one that confirms it.
      if (operation === 'saveState') saves += 1;
      if (operation === 'saveState' && saves === 2) throw new Error('killed');
      return request();
    },
  });
  await bought('1');
  const { state } = await recordOf(kim);
  expect(Object.values(state?.begun ?? {})).toMatchObject([
    { names: { Customer: 'label:Customer' } },
  ]);
  expect(state?.held).toEqual({});
  stage.wix.setLabels(kim, []);
  stage.pass(10 * 60_000);
  await stage.drain();
  expect(stage.labelsOf(kim)).toEqual(['Customer']);
  expect((await recordOf(kim)).state).toMatchObject({ begun: {}, held: { Customer: {} } });
});
