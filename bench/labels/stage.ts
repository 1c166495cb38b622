import { readFileSync } from 'node:fs';
import type { CustomerEvent } from '../../lib/events/event.ts';
import { noticeOf } from '../../lib/history/notices.ts';
import { queueDepth } from '../../lib/queue/depth.ts';
import { createQueue } from '../../lib/queue/queue.ts';
import { type MappedEvents, mapEvents, mapNotice } from '../../lib/receiving/to-job.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import type { RulesConfig, StandingDefinition } from '../../lib/rules/config.ts';
import { compileRulesWithHistory } from '../../lib/rules/match.ts';
import type { Verified } from '../../lib/sources/source.ts';
import { compileLabels } from '../../lib/standing/compile.ts';
import { definitionsHash } from '../../lib/standing/definitions-hash.ts';
import { shareOf } from '../../lib/waking/settings.ts';
import { createWaker } from '../../lib/waking/waker.ts';
import { STANDING_RULES } from '../../samples/standing.ts';
import type { ScheduledProgram } from '../../simulators/deployment/schedule.ts';
import { earmark, SITE, type Simulation } from '../../simulators/deployment/simulation.ts';
import { createSqs } from '../../simulators/sqs/sqs.ts';
import { DAY, MINUTE } from './deeds.ts';
import { mergedDelivery } from './events.ts';

const RETENTION_MS = 5 * 365 * DAY;
const REQUESTS_PER_MINUTE = 180;
const { queueUrl } = createSqs(() => 0);

/** The rules of the sample, with standing labels of its own or with others. */
export const rulesWith = (labels?: readonly StandingDefinition[]): RulesConfig => ({
  ...loadRules(readFileSync(STANDING_RULES, 'utf8'), STANDING_RULES),
  ...(labels && { labels }),
});

/** The code of a deployment with these rules: the real worker, and the real wake. */
export function standingPrograms({ labels: definitions = [] }: RulesConfig) {
  const labels = compileLabels(definitions, { retentionMs: RETENTION_MS });
  const program = earmark({ requestsPerMinute: REQUESTS_PER_MINUTE, labels });
  const wake: ScheduledProgram = ({ client, store, now }) => {
    if (!store) throw new Error('There is no store in the simulation.');
    // As functions/wake.ts opens it, which bundles the project's own rules.
    const run = createWaker({
      site: SITE,
      store,
      queue: createQueue({ client, queueUrl, deadLetterQueueUrl: '' }),
      depth: () => queueDepth(client, queueUrl),
      definitions: definitionsHash(definitions),
      share: shareOf(REQUESTS_PER_MINUTE),
      now,
    });
    return () => run(() => MINUTE);
  };
  return { program, wake };
}

export type Stage = ReturnType<typeof openStage>;

/** A deployment with standing labels: events go in at the front, and what is to be done is done. */
export function openStage(it: Simulation, config: RulesConfig) {
  const { clock, sqs, queue, standing } = it;
  const siteRules = { rules: compileRulesWithHistory(config), siteOf: () => SITE };
  const computed = (config.labels ?? []).some((definition) => 'each' in definition);
  const names = new Set(
    (config.labels ?? []).flatMap((one) => {
      if ('label' in one) return [one.label];
      return 'oneOf' in one ? one.oneOf.map(([label]) => label) : [];
    }),
  );

  async function queueJob(mapped: MappedEvents): Promise<void> {
    if (mapped.kind === 'job') await queue.send(mapped.job);
  }

  const receive = (event: CustomerEvent): Promise<void> =>
    queueJob(mapEvents({ events: [event] }, siteRules, { receivedAt: clock.now() }));

  async function receiveMerge(from: string, into: string): Promise<void> {
    const delivery = mergedDelivery(from, into, clock.now()) as unknown as Verified;
    const notice = noticeOf('wix', delivery);
    if (!notice) throw new Error('The webhook of a merge was not understood.');
    await queueJob(mapNotice(notice, siteRules, delivery));
  }

  async function isQuiet(): Promise<boolean> {
    if (sqs.jobs.size() > 0 || standing?.wake.isRunning()) return false;
    const { store } = standing?.store ?? {};
    const review = await store?.readFullReview(SITE);
    if (review?.cursor !== undefined) return false;
    const due = await store?.due(SITE, clock.now(), 1);
    return (due ?? []).length === 0;
  }

  /** Resolves when the queue is empty, nothing is due, and no review of all contacts goes on. */
  async function quiet(): Promise<void> {
    while (!(await isQuiet())) {
      standing?.wake.look(clock.now());
      await clock.sleep(MINUTE / 4);
    }
  }

  const isStanding = (name: string): boolean =>
    names.has(name) || (computed && /^(?:Plan|Bought): /.test(name));

  return { it, receive, receiveMerge, quiet, isStanding };
}
