import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { callsOf } from '../../../cli/commands/rules/calls.ts';
import type { CustomerEvent } from '../../../lib/events/event.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { makeJob } from '../../../lib/receiving/to-job.ts';
import { loadRules } from '../../../lib/rules/authoring/load.ts';
import { compileRules, matchRules } from '../../../lib/rules/match.ts';
import { paidOrder } from '../../support/events.ts';
import { aJob, SITE_ID } from '../../support/jobs.ts';
import { type LabelStage, openLabelStage } from '../../support/label-stage.ts';

const TWO_MINUTES = 120_000;
const rulesOf = (yaml: string) => loadRules(`rules:\n${yaml}`, 'rules.yml');

const PROJECT = `
  - { name: customers, on: order.paid, add: [Customer] }
  - name: big spenders
    on: order.paid
    when: event.order.total >= 200.0 && event.order.currency == "USD"
    add: [VIP]
  - { name: what they bought, on: order.paid, add: 'event.order.items.map(i, "Bought " + i.title)' }
  - { name: refunds, on: order.refunded, remove: [Customer] }`;
const HUNDRED_AND_MORE = Array.from({ length: 101 }, (_, i) => `Label ${i}`);

/** The calls that the real worker makes for such events, of a worker's first one on. */
async function measure(yaml: string, event: CustomerEvent, knowsContactId: boolean) {
  const stage = await openLabelStage();
  const match = matchRules(compileRules(rulesOf(yaml)), [event]);
  const newCustomer = (email: string): CustomerEvent['contact'] => {
    const contactId = stage.wix.addContact({ email });
    return knowsContactId ? { contactId } : { email };
  };
  const [ada, bob] = [newCustomer('ada@example.com'), newCustomer('bob@example.com')];
  // What is to be taken is there.
  for (const contact of [ada, bob]) await labelled(stage, aJob({ contact, add: match.remove }));
  stage.restart();
  const callsFor = (contact: CustomerEvent['contact']) => {
    const its = { ...event, id: randomUUID(), contact };
    return labelled(
      stage,
      makeJob({ events: [its], match, site: SITE_ID, origin: { receivedAt: stage.now() } }),
    );
  };
  const calls = {
    first: await callsFor(ada),
    next: await callsFor(bob),
    again: await callsFor(bob),
  };
  await stage.close();
  return calls;
}

/** Has a job done. @returns the calls it took */
async function labelled(stage: LabelStage, job: LabelJob): Promise<number> {
  const before = stage.wix.calls.length;
  await stage.send(job);
  expect(await stage.work(await stage.take())).toEqual([false]);
  stage.pass(TWO_MINUTES);
  return stage.wix.calls.length - before;
}

describe('the calls that rules can cost are those of the worker', () => {
  test.each([
    ["the project's rules, a purchase", PROJECT, paidOrder()],
    ["the project's rules, a refund", PROJECT, paidOrder({ type: 'order.refunded' })],
    ['labels that no rule takes', '  - { name: a, on: order.paid, add: [A, B, C] }', paidOrder()],
    [
      'more than a call can hold, and some to take',
      `
  - { name: a, on: order.paid, add: [${HUNDRED_AND_MORE}], remove: [Old, Older] }`,
      paidOrder(),
    ],
    [
      'each rule undoes the other',
      `
  - { name: a, on: order.paid, add: [A], remove: [B] }
  - { name: b, on: order.refunded, add: [B], remove: [A] }`,
      paidOrder(),
    ],
    [
      'a later rule undoes it every time',
      `
  - { name: a, on: order.paid, add: [A, B] }
  - { name: b, on: order.paid, remove: [A] }`,
      paidOrder(),
    ],
    [
      'any name may be taken',
      `
  - { name: a, on: order.paid, add: '"Plan " + event.data.plan' }
  - { name: b, on: custom, remove: 'event.tags' }`,
      paidOrder(),
    ],
    [
      'a name that is only named',
      `
  - { name: a, on: order.paid, add: [A, B] }
  - { name: named, on: order.paid, when: "false", remove: [A] }`,
      paidOrder(),
    ],
  ])('%s', async (_, yaml, event) => {
    for (const source of ['shopify', 'wix'] as const) {
      const options = { sources: [source], computed: event.order?.items.length ?? 0 };
      const cost = callsOf(rulesOf(yaml), options).find(({ type }) => type === event.type);

      const measured = await measure(yaml, { ...event, source }, source === 'wix');

      const { first, next, again } = cost?.calls ?? {};
      expect({ first, next, again }).toEqual(measured);
    }
  });

  test('or fewer, where names meet or a condition does not hold', async () => {
    const tiers = `
  - name: tier
    on: order.paid
    remove: [Bronze, Silver, Gold]
    add: 'event.order.total >= 500.0 ? "Gold" : event.order.total >= 100.0 ? "Silver" : "Bronze"'
  - { name: never here, on: order.paid, when: event.test, add: [Test] }`;
    const [cost] = callsOf(rulesOf(tiers), { sources: ['shopify'] });

    const measured = await measure(tiers, paidOrder(), false);

    expect(cost?.labels).toEqual({ add: 2, remove: 3, computed: 0 });
    expect(cost?.calls).toMatchObject({ first: 6, next: 3, again: 2 });
    expect(measured).toEqual({ first: 5, next: 3, again: 2 });
  });
});

test('a label that a rule adds and a later one may take counts for both', async () => {
  const config = rulesOf(`
  - { name: a, on: order.paid, add: [A, B] }
  - { name: b, on: order.paid, when: event.test, remove: [A] }`);

  expect(callsOf(config, { sources: ['shopify'] })).toMatchObject([
    { labels: { add: 2, remove: 1 }, calls: { keys: 2, find: 1, put: 1, take: 1, first: 5 } },
  ]);
});

test('a rule that goes by topic alone counts with those that go by type, and once by itself', () => {
  const costs = callsOf(
    rulesOf(`
  - { name: drafts, topics: draft_orders/create, sources: shopify, add: [Draft] }
  - { name: customers, on: order.paid, add: [Customer] }`),
  );

  expect(costs).toMatchObject([
    { type: 'order.paid', source: 'shopify', rules: ['drafts', 'customers'], labels: { add: 2 } },
    { type: 'custom', source: 'shopify', rules: ['drafts'], labels: { add: 1 } },
  ]);
});

test('events that no rule listens to, or no source in use sends, cost nothing', async () => {
  const config = rulesOf(`
  - { name: forms, on: form.submitted, add: [Lead] }
  - { name: shop, on: order.paid, sources: shopify, add: [Customer, Shop] }
  - { name: all, on: order.paid, add: [Customer] }`);

  expect(callsOf(config).map(({ type, source }) => [type, source])).toEqual([
    ['order.paid', 'shopify'],
    ['form.submitted', 'standard-webhooks'],
  ]);
  expect(callsOf(config, { sources: ['stripe'] })).toMatchObject([
    { type: 'order.paid', rules: ['all'], calls: { keys: 1 } },
  ]);
});
