import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ApplyOptions, applyPlan } from '../../cli/commands/reconcile/apply.ts';
import {
  type PlanOptions,
  planReconcile,
  type ReconcilePlan,
} from '../../cli/commands/reconcile/plan.ts';
import { patientCall } from '../../cli/kit/patient-call.ts';
import type { EventType } from '../../lib/events/event.ts';
import { factsOf } from '../../lib/history/facts-of.ts';
import { keptOf } from '../../lib/history/merge.ts';
import { createLabelKeys } from '../../lib/labelling/labels/label-keys.ts';
import type { StandingDefinition } from '../../lib/rules/config.ts';
import { compileLabels } from '../../lib/standing/compile.ts';
import { openCalls, wixSite } from '../../lib/wix/site.ts';
import { createRandom } from '../../simulators/random.ts';
import { type Change, DAY, eventOn } from '../support/facts.ts';
import { API_KEY, SITE_ID } from '../support/jobs.ts';
import {
  openStandingStage,
  STANDING_RULES,
  type StandingStage,
} from '../support/standing-stage.ts';
import { aContext } from '../support/wix-client.ts';

const RETENTION = { retentionMs: 5 * 365 * DAY };
const BEFORE: readonly StandingDefinition[] = STANDING_RULES.labels ?? [];
/** As somebody edits them: one is gone, one is new, one has another bound. */
const AFTER: readonly StandingDefinition[] = [
  ...BEFORE.filter((one) => !('label' in one && one.label === 'Returning')).map((one) =>
    'label' in one && one.label === 'VIP'
      ? { ...one, while: 'history.within("365d").spent("EUR") >= 300.0' }
      : one,
  ),
  { label: 'Three times', while: 'history.orders.filter(o, o.paid).size() >= 3' },
];

let stage: StandingStage;
beforeEach(async () => {
  stage = await openStandingStage();
});
afterEach(() => stage.close());

/** A run of the command, without its words. */
function aRun(
  definitions = AFTER,
  {
    removes = false,
    ...changes
  }: Partial<ApplyOptions & Pick<PlanOptions, 'removes' | 'ruleNames'>> = {},
) {
  const { signal } = new AbortController();
  const wait = async (ms: number) => stage.pass(ms);
  const open = openCalls({
    baseUrl: 'http://wix.test',
    credentials: { kind: 'api-key', apiKey: API_KEY },
    fetch: stage.wix.fetch,
    now: stage.now,
    clock: stage.now,
    sleep: wait,
    random: () => 0.5,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    limit: 1_000_000,
  });
  const call = patientCall(open(aContext(SITE_ID)), { signal, wait }, () => {});
  const notes: string[] = [];
  const common = {
    store: stage.store,
    site: SITE_ID,
    labels: compileLabels(definitions, RETENTION),
    ruleNames: new Set<string>(),
    removes,
    wix: wixSite(call),
    call,
    labelKeys: createLabelKeys(SITE_ID, stage.now),
    queue: stage.queue,
    perMinute: 60,
    now: stage.now,
    signal,
    wait,
    note: (text: string) => notes.push(text),
    onRead: () => {},
    ...changes,
  };
  return {
    notes,
    labels: common.labels,
    plan: () => planReconcile(common),
    apply: (plan: ReconcilePlan) => applyPlan(plan, common),
  };
}

const keyOf = (name: string): string =>
  stage.wix.labels().find(({ displayName }) => displayName === name)?.key ??
  stage.wix.addLabel(name);

const random = createRandom(15, 'reconcile');
const below = (n: number): number => Math.floor(random() * n);

/** A history of a contact: mostly orders, some of them paid back, some subscriptions, a few without an amount. */
function someEvents(n: number): readonly (readonly [EventType, Change])[] {
  return Array.from({ length: below(5) }, (_, i) => {
    const id = `${n}-${i}`;
    const total = below(40) === 0 ? {} : { total: 50 + below(400), currency: 'EUR' };
    const occurredAt = new Date(stage.now() - below(400) * DAY).toISOString();
    const event = { id, occurredAt };
    if (below(6) === 0) {
      const subscription = { id, status: 'active', planName: `Plan ${below(3)}` };
      return ['subscription.started', { ...event, subscription }] as const;
    }
    return ['order.paid', { ...event, order: { id, ...total } }] as const;
  });
}

/** Contacts with histories, and the labels that the first definitions give them. */
async function addContacts(many: number): Promise<readonly string[]> {
  const labels = compileLabels(BEFORE, RETENTION);
  const ids: string[] = [];
  for (let n = 0; n < many; n += 1) {
    const contactId = stage.wix.addContact({ email: `customer-${n}@example.com` });
    const owner = { site: SITE_ID, contactId };
    const events = someEvents(n).map(([type, change]) => ({
      ...eventOn(0, type, change),
      occurredAt: change.occurredAt ?? '',
    }));
    const facts = keptOf(factsOf(events, stage.now()));
    const { wanted, nextAt } = labels.evaluate(facts, stage.now());
    await stage.store.addFacts(owner, facts);
    const held = Object.fromEntries(
      [...wanted].map(([name, by]) => [name, { since: stage.now(), by }]),
    );
    const state = { held, begun: {}, references: [], definitions: labels.hash, dueAt: nextAt };
    await stage.store.saveState(owner, state);
    stage.wix.setLabels(contactId, [...wanted.keys(), 'Newsletter'].map(keyOf));
    ids.push(contactId);
  }
  return ids;
}

/** Puts or takes some labels by hand, each on another contact or name. */
function changeByHand(ids: readonly string[], times: number): void {
  const names = ['Customer', 'VIP', 'Returning', 'Lapsed', 'Gold', 'Silver', 'Review us', 'Member'];
  const changed = new Set<string>();
  while (changed.size < times) {
    const id = ids[below(ids.length)] ?? '';
    const name = names[below(names.length)] ?? '';
    if (changed.has(`${id} ${name}`)) continue;
    changed.add(`${id} ${name}`);
    const has = stage.wix.labelNamesOf(id);
    const next = has.includes(name) ? has.filter((one) => one !== name) : [...has, name];
    stage.wix.setLabels(id, next.map(keyOf));
  }
}

const onSite = (ids: readonly string[]): ReadonlySet<string> =>
  new Set(ids.flatMap((id) => stage.labelsOf(id).map((name) => `${id} ${name}`)));

/** What became of the labels, as `contact +name` and `contact -name`. */
const changesBetween = (before: ReadonlySet<string>, after: ReadonlySet<string>) => ({
  add: [...after].filter((one) => !before.has(one)).sort(),
  remove: [...before].filter((one) => !after.has(one)).sort(),
});

const changesIn = ({ changed }: ReconcilePlan) => ({
  add: changed.flatMap(({ contactId, add }) => add.map((name) => `${contactId} ${name}`)).sort(),
  remove: changed
    .flatMap(({ contactId, remove }) => remove.map((name) => `${contactId} ${name}`))
    .sort(),
});

/** Labels that are not on a contact as the definitions have it, those apart of which they say nothing. */
async function wrongLabels(
  ids: readonly string[],
  { labels }: Pick<ReturnType<typeof aRun>, 'labels'>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const contactId of ids) {
    const { facts } = await stage.store.read({ site: SITE_ID, contactId });
    const { wanted, undecided } = labels.evaluate(facts, stage.now());
    const open = new Set<string>(undecided.map(({ by }) => by));
    const has = new Set(stage.labelsOf(contactId));
    for (const name of new Set([...labels.names, ...wanted.keys()])) {
      if (open.has(`label:${name}`)) continue;
      if (has.has(name) !== wanted.has(name)) wrong.push(`${contactId} ${name}`);
    }
  }
  return wrong;
}

test('500 labels changed by hand and edited definitions: the plan is what is then done, in 50 calls', async () => {
  // Arrange
  const ids = await addContacts(500);
  changeByHand(ids, 500);
  const before = onSite(ids);
  const run = aRun(AFTER, { removes: true });
  const callsBefore = stage.wix.calls.length;

  // Act
  const plan = await run.plan();
  const { done, reviews } = await run.apply(plan);

  // Assess
  const calls = stage.wix.calls.length - callsBefore;
  const after = onSite(ids);
  expect(plan.contacts).toBe(500);
  expect(plan.undecided.size).toBeGreaterThan(0);
  expect(plan.changed.length).toBeGreaterThan(250);
  expect(changesBetween(before, after)).toEqual(changesIn(plan));
  expect(calls).toBeLessThanOrEqual(50);
  expect([done.length, reviews, run.notes]).toEqual([plan.changed.length, 0, []]);
  expect(await wrongLabels(ids, run)).toEqual([]);
  expect(plan.unnamed.get('Returning')).toBeGreaterThan(50);
  const again = await aRun(AFTER, { removes: true }).plan();
  expect([again.changed, again.stale, again.unnamed.size]).toEqual([[], [], 0]);
});

test('labels that rules.yml no longer names are listed, and stay without --remove', async () => {
  const ids = await addContacts(60);
  const returning = [...onSite(ids)].filter((one) => one.endsWith(' Returning'));
  const run = aRun(AFTER);

  const plan = await run.plan();
  await run.apply(plan);

  expect(returning.length).toBeGreaterThan(5);
  expect(plan.unnamed).toEqual(new Map([['Returning', returning.length]]));
  expect([...onSite(ids)].filter((one) => one.endsWith(' Returning'))).toEqual(returning);
});

test('a name that a rule has taken over is left to the rules', async () => {
  const ids = await addContacts(60);
  const run = aRun(AFTER, { removes: true, ruleNames: new Set(['Returning']) });

  const plan = await run.plan();

  expect(plan.unnamed.size).toBe(0);
  expect(changesIn(plan).remove.filter((one) => one.endsWith(' Returning'))).toEqual([]);
  expect(ids).toHaveLength(60);
});

test('afterwards the worker knows what each has: a repeated event asks Wix for nothing', async () => {
  const ids = await addContacts(120);
  changeByHand(ids, 120);
  const run = aRun(BEFORE);
  await run.apply(await run.plan());
  const calls = stage.wix.calls.length;

  for (const id of ids.slice(0, 20)) await stage.review(id, 'import');

  expect(stage.wix.calls.length).toBe(calls);
  expect(await wrongLabels(ids, run)).toEqual([]);
});

test('a contact of which something was written meanwhile is left to the worker, who has it right', async () => {
  const ids = await addContacts(80);
  changeByHand(ids, 80);
  const run = aRun(BEFORE);
  const plan = await run.plan();
  const [one] = plan.changed;
  const owner = { site: SITE_ID, contactId: one?.contactId ?? '' };
  const { state } = await stage.store.read(owner);
  if (state) await stage.store.saveState(owner, { ...state, definitions: 'other' }, state.version);

  const { reviews } = await run.apply(plan);
  await stage.drain();

  expect(reviews).toBe(1);
  expect(await wrongLabels(ids, run)).toEqual([]);
});

test('where Wix refuses bulk jobs the workers put all right', async () => {
  const ids = await addContacts(60);
  changeByHand(ids, 60);
  const run = aRun(BEFORE);
  stage.wix.fault({ operation: 'bulkLabelAndUnlabelContacts', status: 403, times: null });

  const plan = await run.plan();
  const { done, reviews } = await run.apply(plan);
  await stage.drain();

  expect([done.length, reviews]).toEqual([0, plan.changed.length]);
  expect(run.notes.join()).toContain('403');
  expect(await wrongLabels(ids, run)).toEqual([]);
});

test('cut off while Wix is at it, the next run plans what is left, and ends with all right', async () => {
  const ids = await addContacts(100);
  changeByHand(ids, 100);
  const first = aRun(BEFORE, { wait: () => Promise.reject(new Error('killed')) });
  await expect(first.apply(await first.plan())).rejects.toThrow('killed');
  stage.pass(600);

  const second = aRun(BEFORE);
  const { done } = await second.apply(await second.plan());
  const third = await aRun(BEFORE).plan();

  expect(done.length).toBeGreaterThan(0);
  expect([third.changed, third.stale]).toEqual([[], []]);
  expect(await wrongLabels(ids, second)).toEqual([]);
});

test('merged, deleted and hand-labelled contacts: the first two are left, what is right is written down', async () => {
  const ids = await addContacts(10);
  const [merged = '', gone = '', ...others] = ids;
  const owner = { site: SITE_ID, contactId: merged };
  const { state } = await stage.store.read(owner);
  const mark = { held: {}, begun: {}, references: [], definitions: '', mergedInto: others[0] };
  await stage.store.saveState(owner, mark, state?.version);
  stage.wix.removeContact(gone);
  // What the first definitions did not give, the second do; somebody put it on by hand.
  for (const id of others) {
    const { facts } = await stage.store.read({ site: SITE_ID, contactId: id });
    const { wanted } = compileLabels(AFTER, RETENTION).evaluate(facts, stage.now());
    stage.wix.setLabels(id, [...wanted.keys()].map(keyOf));
  }
  const run = aRun(AFTER);

  const plan = await run.plan();
  await run.apply(plan);
  const again = await aRun(AFTER).plan();

  expect([plan.contacts, plan.unseen, plan.changed]).toEqual([8, 1, []]);
  expect(plan.stale.length).toBeGreaterThan(0);
  expect(again.stale).toEqual([]);
});
