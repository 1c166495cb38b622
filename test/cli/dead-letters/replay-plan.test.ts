import { describe, expect, test } from '@jest/globals';
import { toDeadLetter } from '../../../cli/commands/dead-letters/dead-letter.ts';
import { planReplay, type ReplayLabels } from '../../../cli/commands/dead-letters/replay-plan.ts';
import { deadJob } from '../../../lib/queue/dead-letter.ts';
import { deadDelivery } from '../../../lib/queue/kept-delivery.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { compileRules } from '../../../lib/rules/match.ts';
import { aJob, SITE_ID, START } from '../../support/jobs.ts';
import { received } from './received.ts';

const RULES: RulesConfig = {
  missing: 'create',
  rules: [
    { name: 'customers', on: ['order.paid'], add: { labels: ['Buyer'] } },
    {
      name: 'big spenders',
      on: ['order.paid'],
      when: 'event.order.total >= 200.0',
      add: { labels: ['VIP'] },
      remove: { labels: ['Buyer', 'Lead'] },
    },
    { name: 'computed', on: ['order.paid'], add: { cel: '"Plan"' } },
    { name: 'refunds', on: ['order.refunded'], remove: { labels: ['Buyer'] } },
    { name: 'shopify', on: ['order.paid'], sources: ['shopify'], add: { labels: ['Shop'] } },
  ],
};
const mapping = async (config = RULES) => ({
  rules: compileRules(config),
  siteOf: () => SITE_ID,
});

function planJob(rules: readonly string[], labels: ReplayLabels) {
  const job = aJob({ add: ['Customer'] });
  const matched = { ...job, cause: { ...job.cause, rules: [...rules] } };
  const deadLetter = received(deadJob(matched, { reason: 'transient' }));
  return { job: matched, plan: planReplay(deadLetter, labels, mapping) };
}

describe('a job', () => {
  test('goes as it was, and no rules are read', async () => {
    const { job } = planJob(['gone'], 'as-they-were');
    const deadLetter = received(deadJob(job, { reason: 'transient' }));
    const unread = () => Promise.reject(new Error('nobody asked'));

    expect(await planReplay(deadLetter, 'as-they-were', unread)).toMatchObject({ job });
  });

  test('counts each of its labels as one that another rule may undo: the rules may be others by now', async () => {
    const deadLetter = received(deadJob(aJob({ reversible: [] }), { reason: 'transient' }));

    const plan = await planReplay(deadLetter, 'as-they-were', mapping);

    expect('job' in plan && plan.job.reversible).toBeUndefined();
  });

  test('gets what its rules give now, in the order of the file, and what else rules.yml says', async () => {
    const { job, plan } = planJob(['big spenders', 'customers'], 'current');

    expect(await plan).toEqual({
      job: {
        ...job,
        missing: 'create',
        add: ['VIP'],
        remove: ['Buyer', 'Lead'],
        reversible: ['Buyer', 'Lead'],
      },
    });
  });

  test.each<[ReplayLabels, readonly string[]]>([
    ['as-they-were', ['computed']],
    ['current', ['customers']],
  ])('creates the contact if it is to, with the labels %s', async (labels, rules) => {
    const job = aJob({ missing: 'wait', add: ['Bought Lamp'] });
    const matched = { ...job, cause: { ...job.cause, rules: [...rules] } };
    const deadLetter = received(deadJob(matched, { reason: 'contact-not-found' }));
    const rulesThatWait = { ...RULES, missing: 'wait' as const };

    const plan = await planReplay(deadLetter, labels, () => mapping(rulesThatWait), 'create');

    const add = labels === 'current' ? ['Buyer'] : ['Bought Lamp'];
    expect(plan).toMatchObject({ job: { missing: 'create', add } });
  });

  test.each([
    [['customers', 'gone'], 'the rule "gone" is not in rules.yml any more'],
    [['computed'], 'the rule "computed" computes its labels, and the event is not kept'],
    [['refunds'], 'its rules are not for such an event any more'],
    [['shopify'], 'its rules are not for such an event any more'],
  ])('of %j stays', async (rules, why) => {
    expect(await planJob(rules, 'current').plan).toEqual({ stays: why });
  });
});

function planDelivery(body: string, config?: RulesConfig) {
  const headers = { 'content-type': 'application/json' };
  const raw = { headers, body: Buffer.from(body), receivedAt: START };
  const deadLetter = deadDelivery({
    source: 'custom',
    delivery: raw,
    id: 'id',
    info: { reason: 'rule-failed' },
  });
  if (!deadLetter) throw new Error('It fits.');
  return planReplay(received(deadLetter), 'as-they-were', () => mapping(config));
}
const paid = (fields: object = {}) =>
  JSON.stringify({ event: 'order.paid', event_id: '1', email: 'ada@example.com', ...fields });

describe('a raw delivery', () => {
  test('goes through the current rules, and is of the time when it came in', async () => {
    const plan = await planDelivery(paid({ total: 250 }));

    expect(plan).toMatchObject({
      job: {
        site: SITE_ID,
        contact: { email: 'ada@example.com' },
        add: ['VIP', 'Plan'],
        remove: ['Buyer', 'Lead'],
        cause: { eventId: 'order.paid:1', receivedAt: new Date(START).toISOString() },
      },
    });
  });

  test.each([
    ['rule that fails', paid(), /^rule-failed: "big spenders": when: /],
    ['body that cannot be read', '{', /^unreadable: /],
    ['person that is not named', paid({ email: '', total: 1 }), /^no-contact-reference: /],
  ])('with a %s stays', async (_, body, why) => {
    expect(await planDelivery(body)).toEqual({ stays: expect.stringMatching(why) });
  });

  test('that no rule is for stays: to drop it is for a person to say', async () => {
    const config: RulesConfig = { missing: 'wait', rules: [] };

    expect(await planDelivery(paid(), config)).toEqual({ stays: 'no rule matched' });
  });

  test('that is too large to be kept as text is unpacked', async () => {
    const plan = await planDelivery(paid({ total: 250, note: 'x'.repeat(1_040_000) }));

    expect(plan).toMatchObject({ job: { add: ['VIP', 'Plan'] } });
  });
});

test.each(['no JSON', '{}', '{"v":2,"kind":"delivery"}'])('%s stays', async (Body) => {
  const deadLetter = toDeadLetter({ MessageId: 'id', Body });

  expect(await planReplay(deadLetter, 'current', mapping)).toEqual({
    stays: 'it is neither a job nor a delivery that this version reads',
  });
});
