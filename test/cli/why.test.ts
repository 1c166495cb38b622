import { afterEach, expect, test } from '@jest/globals';
import { SHOP } from '../../samples/shop.ts';
import { DAY } from '../support/facts.ts';
import { SITE_ID } from '../support/jobs.ts';
import { KIM, type StandingStageOptions } from '../support/standing-stage.ts';
import { openStandingTarget, type StandingTarget } from '../support/standing-target.ts';

let stage: StandingTarget;
afterEach(() => stage.close());

const PHONE = '+4915112345678';
async function open(options?: StandingStageOptions): Promise<string> {
  stage = await openStandingTarget(options);
  return stage.wix.addContact({ email: KIM, phone: PHONE });
}
const why = (...args: string[]) => stage.earmark(['why', ...args]);
const bought = (id: string, order: object = {}) =>
  stage.happen('order.paid', { order: { id, number: id, ...order } });

test('each label is shown with its facts, what ends it and what brings it', async () => {
  // Arrange
  const kim = await open();
  await bought('1001');
  await bought('1002');
  stage.pass(DAY);

  // Act
  const { code, out, err } = await why(KIM);

  // Assess
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(new RegExp(`^kim@example.com, contact ${kim}\n2 facts since 2026-11-21\n`));
  expect(out).toContain(`
on   Returning     since 2026-11-21, by order 1001 of custom (100.00 EUR, paid
                   2026-11-21); order 1002 of custom (100.00 EUR, paid
                   2026-11-21)
                   ends when any of these is refunded or canceled
`);
  expect(out).toContain('ends when the last of these is refunded or canceled');
  expect(out).toMatch(/\noff {2}Lapsed {8}comes 2027-05-20 12:00, in 17[89] d/);
  expect(out).toContain(
    '\noff  VIP           comes when history.within("365d").spent("EUR") >= 500.0\n',
  );
  expect(out).toMatch(/\nnext look: 2026-11-28 12:00\n$/);
  expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('a person is found by contact id, by phone through Wix, and by one label', async () => {
  const kim = await open();
  await bought('1001');

  const byId = JSON.parse((await why(kim, '--json')).out);
  const byPhone = JSON.parse((await why('+49 151 12345678', '--json')).out);
  const one = await why(KIM, 'Customer');
  const none = await why(KIM, 'Custmer');

  expect(byId).toMatchObject({
    contactId: kim,
    facts: [{ words: expect.stringMatching(/^order 1001 /) }],
  });
  expect(byPhone.labels).toEqual(byId.labels);
  expect(byId.labels[0]).toMatchObject({ name: 'Customer', on: true, should: 'on' });
  expect(one.out).toContain('that order is refunded or canceled');
  expect(one.out).not.toContain('VIP');
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean `Customer`?') });
});

test('somebody who is no contact yet has facts that wait, and labels that come', async () => {
  stage = await openStandingTarget();
  await bought('1001');

  const { code, out } = await why(KIM);

  expect(code).toBe(0);
  expect(out).toMatch(/^kim@example.com, no contact of the site yet\n1 fact waits until/);
  expect(out).toContain('off  Customer      comes when the person is a contact');
});

test('a definition that cannot be decided says why, and leaves the label as it is', async () => {
  await open();
  await bought('1001', { total: undefined });

  const { out } = await why(KIM, 'VIP');

  expect(out).toMatch(/as it is {2}VIP {2}off: .*an order of custom\s+has no total/s);
});

test('a contact that was merged into another leads to that one', async () => {
  // Arrange
  const kim = await open();
  await bought('1001');
  const left = stage.wix.addContact({ email: 'kim.other@example.com' });
  const job = stage.jobOf('order.paid', { order: { id: '2' }, contact: { contactId: left } });
  await stage.send({ ...job, merged: [kim] });
  await stage.drain();

  // Act
  const { out } = await why(kim);

  // Assess
  expect(out).toContain(`contact ${left}\n2 facts since`);
  expect(out).toContain(`contact ${kim} was merged into this one`);
});

test('who is unknown, a project without standing labels and a target without them are distinguished', async () => {
  await open();

  const unknown = await why('nobody@example.com');
  const without = await stage.earmark(['why', KIM], {}, SHOP);
  const old = await stage.earmark(['why', KIM], { history: undefined as never });
  const nonsense = await why('kim');

  expect(unknown).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^Nothing is kept of nobody/),
  });
  expect(without).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^rules.yml has no `labels:`/),
  });
  expect(old.err).toMatch(/^No history is kept in .*had no `labels:` when it was started/);
  expect(nonsense).toMatchObject({ code: 2, err: expect.stringMatching(/^"kim" is no e-mail/) });
});

test('facts count for as many years as the target says, and for five where it does not, which is said', async () => {
  // Arrange
  await open();
  await bought('1001');
  stage.pass(800 * DAY);
  const { years: _, ...older } = stage.target.history ?? {};

  const ask = (over: object) => stage.earmark(['why', KIM, 'Customer'], { history: over as never });

  // Act
  const two = await ask({ ...older, years: '2' });
  const three = await ask({ ...older, years: '3' });
  const unsaid = await ask(older);
  const wrong = await ask({ ...older, years: 'some' });

  // Assess
  expect(two).toMatchObject({ err: '', out: expect.stringContaining('to come off') });
  expect(three).toMatchObject({ err: '', out: expect.stringContaining('since 2026-11-21, by') });
  expect([three.out, unsaid.out]).toEqual([/ends 2029/, /ends 2031/].map(expect.stringMatching));
  expect(unsaid.err).toMatch(/^For how many years .* of the stage of a test: 5 are taken\.\nStart/);
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('HISTORY_YEARS is "some"') });
});

test('more facts than are read are said to be no person', async () => {
  const kim = await open();
  const facts = Array.from({ length: 2_001 }, (_, i) => ({
    kind: 'form' as const,
    source: 'custom',
    id: `${i}`,
    states: { 'form.submitted': { at: stage.now(), state: { test: false } } },
  }));
  await stage.store.addFacts({ site: SITE_ID, contactId: kim }, facts);

  const { out } = await why(kim);

  expect(out).toContain(
    'more than 2,000 facts: this is no person, and its labels stay as they are',
  );
});
