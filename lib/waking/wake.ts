import type { ReviewCause } from '../queue/history-parts.ts';
import type { Queue } from '../queue/queue.ts';
import { reviewJob } from '../queue/review-job.ts';
import type { FullReview, HistoryStore } from '../store/store.ts';
import { type Goal, goalText, nextGoal } from './goal.ts';

/** A contact whose review is queued is due again after so long, unless the review itself sets another time. */
export const LEASE_MS = 6 * 3_600_000;

/** With more jobs than these waiting, which keep the workers busy for a minute and more, a review would only wait, too. */
export const MOST_WAITING = 300;

/** A review of all contacts waits so long: by then no worker is at work that knows the former definitions. */
const SETTLING_MS = 3 * 60_000;

/** So many due contacts beyond the run's share are counted. */
const MOST_COUNTED = 1_000;

/** A call that began is over by then: an AWS client gives up after four seconds, and a lease follows each job. */
const MARGIN_MS = 10_000;

export interface WakeOptions {
  readonly site: string;
  readonly store: HistoryStore;
  readonly queue: Pick<Queue, 'send'>;
  /** How many messages the jobs queue holds. */
  readonly depth: () => Promise<number>;
  /** The hash of the definitions in the bundle. */
  readonly definitions: string;
  /** How many reviews a run may queue. */
  readonly share: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What a run did. It is filled in as the run goes on, so that a failure hides none of it. */
export interface WakeRun {
  /** Messages in the jobs queue. */
  waiting: number;
  /** Reviews queued, by cause. */
  readonly queued: Partial<Record<ReviewCause, number>>;
  /** Contacts that are due and were not queued; not counted further than MOST_COUNTED. */
  due: number;
  /** How long the contact that waited longest had been due. Milliseconds. */
  latenessMs: number;
  /** Why it queued less than it might: too many jobs wait, or its time was over. */
  ended?: 'busy' | 'deadline';
}

/**
 * One run of the schedule: queues reviews of the contacts that are due, and goes on with the review of all contacts,
 * where definitions changed or a shop's part is to be erased. It may be killed anywhere, and two may run at once: then
 * a contact is reviewed twice.
 * @param timeLeft of the run, in milliseconds
 * @throws StoreError, and what the AWS client throws
 */
export async function wake(
  options: WakeOptions,
  run: WakeRun,
  timeLeft: () => number,
): Promise<void> {
  const { depth, now, share } = options;
  run.waiting = await depth();
  const isBusy = run.waiting > MOST_WAITING;
  if (isBusy) run.ended = 'busy';
  const inTime = (): boolean => {
    if (timeLeft() > MARGIN_MS) return true;
    run.ended = 'deadline';
    return false;
  };

  const review = isBusy ? undefined : await openFullReview(options);
  const kept = review ? quarterOf(share, now()) : 0;
  const left = await queueDue(options, run, { most: isBusy ? 0 : share - kept, inTime });
  if (review) await goOn(options, run, { review, most: left + kept, inTime });
}

/** A fourth of the runs' shares, in whole reviews: of a share of 1 each fourth minute's. */
function quarterOf(share: number, now: number): number {
  const minute = Math.floor(now / 60_000);
  return Math.floor(((minute + 1) * share) / 4) - Math.floor((minute * share) / 4);
}

interface Limits {
  /** How many reviews it may queue. */
  readonly most: number;
  readonly inTime: () => boolean;
}

/** Queues those that were due longest. @returns how many more it might have queued */
async function queueDue(
  options: WakeOptions,
  run: WakeRun,
  { most, inTime }: Limits,
): Promise<number> {
  const { store, site, now } = options;
  const due = await store.due(site, now(), most + MOST_COUNTED);
  run.due = due.length;
  if (due[0]) run.latenessMs = now() - due[0].dueAt;
  for (const [index, contact] of due.slice(0, most).entries()) {
    if (!inTime()) return most - index;
    const { contactId, dueAt } = contact;
    // First the job, then the lease: killed in between, the next run queues the same job again.
    await queueReview(options, run, { contactId, cause: 'due', occasion: String(dueAt) });
    await store.postpone(site, contact, now() + LEASE_MS);
    run.due -= 1;
  }
  return Math.max(0, most - due.length);
}

async function queueReview(
  { queue, site, now }: WakeOptions,
  { queued }: WakeRun,
  review: { readonly contactId: string; readonly cause: ReviewCause; readonly occasion: string },
): Promise<void> {
  const sent = await queue.send(reviewJob({ site, ...review, now: now() }));
  if (sent === 'queued') queued[review.cause] = (queued[review.cause] ?? 0) + 1;
}

interface OpenReview {
  /** As the store keeps it. */
  readonly goal: string;
  readonly cause: Goal['cause'];
  /** Where to go on. */
  readonly cursor: FullReview['cursor'];
}

/** Stands before the time until which a review waits, where a cursor will be. */
const WAITS = 'wait ';

/** The review of all contacts that is under way; undefined when every contact was looked at, or it is not yet to begin. */
async function openFullReview(options: WakeOptions): Promise<OpenReview | undefined> {
  const { store, site, definitions, now } = options;
  const erasures = Object.values(await store.readErasures(site));
  const stored = await store.readFullReview(site);
  const next = nextGoal(stored, { definitions, erasure: Math.max(0, ...erasures) });
  const goal = goalText(next);
  if (stored?.goal !== goal) {
    await store.saveFullReview(site, { goal, cursor: `${WAITS}${now() + SETTLING_MS}` });
    return undefined;
  }
  const { cursor } = stored;
  if (cursor === undefined) return undefined;
  if (!cursor.startsWith(WAITS)) return { goal, cause: next.cause, cursor };
  const waits = now() < Number(cursor.slice(WAITS.length));
  return waits ? undefined : { goal, cause: next.cause, cursor: undefined };
}

/** Queues contacts page by page. A page counts when all of it is queued; one that was cut short comes again. */
async function goOn(
  options: WakeOptions,
  run: WakeRun,
  { review, most, inTime }: Limits & { readonly review: OpenReview },
): Promise<void> {
  const { store, site } = options;
  const { goal, cause } = review;
  let { cursor } = review;
  let left = most;
  while (left > 0 && inTime()) {
    const page = await store.contacts(site, left, cursor);
    for (const contactId of page.contactIds) {
      if (!inTime()) return;
      await queueReview(options, run, { contactId, cause, occasion: goal });
    }
    cursor = page.cursor;
    await store.saveFullReview(site, { goal, cursor });
    if (cursor === undefined) return;
    left -= page.contactIds.length;
  }
}
