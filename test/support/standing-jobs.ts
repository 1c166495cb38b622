import type { Fact } from '../../lib/history/fact.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { aJob, START } from './jobs.ts';

type OrderFact = Extract<Fact, { kind: 'order' }>;

/** That order 1001 of shopify was paid. */
export const anOrderFact = (over: Partial<OrderFact> = {}): OrderFact => ({
  kind: 'order',
  source: 'shopify',
  id: '820982911946154508',
  type: 'order.paid',
  at: START,
  ...over,
  state: { number: '1001', total: 249, currency: 'USD', test: false, ...over.state },
});

/** A job of a deployment with standing labels: one fact and no label of a rule, unless the test says so. */
export const aStandingJob = (over: Partial<LabelJob> = {}): LabelJob => ({
  ...aJob({ add: [] }),
  v: 2,
  facts: [anOrderFact()],
  ...over,
});
