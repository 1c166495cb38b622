import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomerEvent, EventType } from '../../lib/events/event.ts';
import type { ReviewCause } from '../../lib/queue/history-parts.ts';
import type { LabelJob } from '../../lib/queue/job.ts';
import { reviewJob } from '../../lib/queue/review-job.ts';
import { mapEvents } from '../../lib/receiving/to-job.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import type { RulesConfig } from '../../lib/rules/config.ts';
import { compileRulesWithHistory } from '../../lib/rules/match.ts';
import { compileLabels } from '../../lib/standing/compile.ts';
import type { HistoryStore } from '../../lib/store/store.ts';
import { createMemoryStore, type MemoryStoreOptions } from '../../simulators/store/memory.ts';
import { type Change, DAY, eventOn } from './facts.ts';
import { SITE_ID, START } from './jobs.ts';
import { openLabelStage, type StageOptions } from './label-stage.ts';

export const KIM = 'kim@example.com';
const FIVE_YEARS = 5 * 365 * DAY;
const FILE = join(import.meta.dirname, '../../samples/standing/rules.yml');

export const STANDING_RULES: RulesConfig = loadRules(readFileSync(FILE, 'utf8'), 'rules.yml');

export interface StandingStageOptions extends StageOptions, Pick<MemoryStoreOptions, 'obstruct'> {
  readonly rules?: RulesConfig;
  /** Default: one in memory. @param now the stage's time */
  readonly storeAt?: (now: () => number) => HistoryStore;
}

/** The real `label` handler with standing labels: those of samples/standing, if no others are given. */
export async function openStandingStage({
  rules = STANDING_RULES,
  obstruct,
  storeAt,
  ...options
}: StandingStageOptions = {}) {
  let now = (): number => START;
  const store =
    storeAt?.(() => now()) ??
    createMemoryStore({ now: () => now(), ...(obstruct && { obstruct }) });
  const labels = compileLabels(rules.labels ?? [], { retentionMs: FIVE_YEARS });
  const stage = await openLabelStage({ ...options, history: { labels, store } });
  now = stage.now;
  const compiled = compileRulesWithHistory(rules);
  let count = 0;

  /** The job that the receiver makes of an event that happens now. */
  function jobOf(type: EventType, { order, ...change }: Change = {}): LabelJob {
    count += 1;
    const event: CustomerEvent = {
      ...eventOn(0, type, {
        id: `event ${count}`,
        contact: { email: KIM },
        ...change,
        ...(order && { order: { total: 100, currency: 'EUR', ...order } }),
      }),
      occurredAt: change.occurredAt ?? new Date(stage.now()).toISOString(),
    };
    const mapped = mapEvents(
      { events: [event] },
      { rules: compiled, siteOf: () => SITE_ID },
      { receivedAt: stage.now() },
    );
    if (mapped.kind !== 'job') throw new Error(`no job: ${JSON.stringify(mapped)}`);
    return mapped.job;
  }

  /** Works off what the queue holds now. */
  async function drain(): Promise<void> {
    for (let records = await stage.take(); records.length > 0; records = await stage.take()) {
      await stage.work(records);
    }
  }

  return {
    ...stage,
    store,
    labels,
    jobOf,
    drain,
    /** An event, all the way. */
    async happen(type: EventType, change?: Change): Promise<void> {
      await stage.send(jobOf(type, change));
      await drain();
    },
    /** Reviews of all contacts that are due, as the schedule queues them. */
    async wake(): Promise<void> {
      for (const { contactId, dueAt } of await store.due(SITE_ID, stage.now(), 100)) {
        await stage.send(
          reviewJob({
            site: SITE_ID,
            contactId,
            cause: 'due',
            now: stage.now(),
            occasion: `${dueAt}`,
          }),
        );
      }
      await drain();
    },
    /** A review of one contact, and all that follows. */
    async review(contactId: string, cause: ReviewCause): Promise<void> {
      const occasion = `${stage.now()}`;
      await stage.send(reviewJob({ site: SITE_ID, contactId, cause, now: stage.now(), occasion }));
      await drain();
    },
    labelsOf: (contactId: string): readonly string[] =>
      stage.wix.labelNamesOf(contactId).toSorted(),
  };
}
export type StandingStage = Awaited<ReturnType<typeof openStandingStage>>;
