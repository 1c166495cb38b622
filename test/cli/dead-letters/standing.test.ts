import { expect, test } from '@jest/globals';
import { toFields, toRow } from '../../../cli/commands/dead-letters/dead-letter.ts';
import { planReplay, type ReplayLabels } from '../../../cli/commands/dead-letters/replay-plan.ts';
import { deadJob } from '../../../lib/queue/dead-letter.ts';
import type { LabelJob } from '../../../lib/queue/job.ts';
import { deadDelivery } from '../../../lib/queue/kept-delivery.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { compileRulesWithHistory } from '../../../lib/rules/match.ts';
import { aJob, SITE_ID, START } from '../../support/jobs.ts';
import { anOrderFact, aStandingJob } from '../../support/standing-jobs.ts';
import { received } from './received.ts';

const LABELS = [{ label: 'VIP', while: 'history.orders.size() > 1' }];
const mapping = async (labels: RulesConfig['labels'] = LABELS) => ({
  rules: compileRulesWithHistory({
    missing: 'wait',
    ...(labels.length > 0 && { labels }),
    rules: [{ name: 'customers', on: ['order.paid'], add: { labels: ['Buyer'] } }],
  }),
  siteOf: () => SITE_ID,
});
const dead = (job: LabelJob) => received(deadJob(job, { reason: 'transient' }));
const withRules = (rules: readonly string[]): LabelJob['cause'] => ({
  ...aJob().cause,
  rules: [...rules],
});

test.each<[string, Partial<LabelJob>]>([
  ['Customer, 1 fact', { add: ['Customer'] }],
  ['2 facts', { facts: [anOrderFact(), anOrderFact({ id: '2' })] }],
  ['review (due)', { facts: [], review: 'due' }],
  ['1 fact, 1 merged contact', { merged: ['9c1e0000-0000-4000-8000-000000000009'] }],
  ['erase (person)', { facts: [], erase: 'person' }],
])('the list shows %s', (words, over) => {
  expect(toRow(dead(aStandingJob(over)), START).at(-1)).toBe(words);
});

test('--json has the facts', () => {
  expect(toFields(dead(aStandingJob()))).toMatchObject({ kind: 'job', facts: [anOrderFact()] });
});

test.each<ReplayLabels>(['as-they-were', 'current'])(
  'a job of facts alone goes %s',
  async (how) => {
    // Arrange
    const job = aStandingJob({ cause: withRules([]) });

    // Act
    const plan = await planReplay(dead(job), how, () => mapping());

    // Assess
    expect(plan).toMatchObject({
      job: { v: 2, id: job.id, facts: job.facts, add: [], remove: [] },
    });
  },
);

test('a job with labels gets those of the current rules beside its facts', async () => {
  const job = aStandingJob({ add: ['Customer'], cause: withRules(['customers']) });

  const plan = await planReplay(dead(job), 'current', () => mapping());

  expect(plan).toMatchObject({ job: { v: 2, facts: job.facts, add: ['Buyer'] } });
});

test('a job goes without its facts to where rules.yml has no standing labels any more', async () => {
  const job = aStandingJob({ add: ['Customer'], cause: withRules(['customers']) });

  const plan = await planReplay(dead(job), 'current', () => mapping([]));
  const factsAlone = await planReplay(dead(aStandingJob({ cause: withRules([]) })), 'current', () =>
    mapping([]),
  );

  expect(plan).toMatchObject({ job: { v: 1, add: ['Buyer'] } });
  expect('job' in plan && plan.job.facts).toBeUndefined();
  expect(factsAlone).toEqual({ stays: 'its rules are not for such an event any more' });
});

test('a raw delivery is replayed with its facts', async () => {
  const body = {
    event: 'order.paid',
    event_id: '1',
    email: 'ada@example.com',
    order_id: '7',
    total: 9,
  };
  const kept = deadDelivery({
    source: 'custom',
    delivery: {
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      receivedAt: START,
    },
    id: 'id',
    info: { reason: 'rule-failed' },
  });
  if (!kept) throw new Error('It fits.');

  const plan = await planReplay(received(kept), 'as-they-were', () => mapping());

  expect(plan).toMatchObject({ job: { v: 2, add: ['Buyer'], facts: [{ type: 'order.paid' }] } });
});
