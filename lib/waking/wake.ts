import type { ReviewCause } from '../queue/history-parts.ts';
import type { Queue } from '../queue/queue.ts';
import { reviewJob } from '../queue/review-job.ts';
import { eraseSources } from '../store/erase-sources.ts';
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
 * a contact may be reviewed twice, and two shares be queued.
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
  /** Where to go on: one of the words below, with what belongs to it. */
  readonly cursor: string;
  /** By source, when its shop asked to erase what it sent. */
  readonly erasures: Readonly<Record<string, number>>;
}

/** Stands before the time until which a review waits. */
const WAITS = 'wait ';
/** Stands before the store's cursor, among references under which facts wait: an erasure begins there. */
const REFERENCES = 'references ';
/** Stands before the store's cursor, among contacts. What waited and found its contact meanwhile is met there. */
const CONTACTS = 'contacts ';

/** When the review of all contacts goes on, in epoch milliseconds: 0 for at once. Undefined where it is over. */
export function goesOnAt(review: FullReview | undefined): number | undefined {
  const { cursor } = review ?? {};
  if (cursor === undefined) return undefined;
  return cursor.startsWith(WAITS) ? Number(cursor.slice(WAITS.length)) : 0;
}

/** The review of all contacts that is under way; undefined when every contact was looked at, or it is not yet to begin. */
async function openFullReview(options: WakeOptions): Promise<OpenReview | undefined> {
  const { store, site, definitions, now } = options;
  const erasures = await store.readErasures(site);
  const stored = await store.readFullReview(site);
  const erasure = Math.max(0, ...Object.values(erasures));
  const next = nextGoal(stored, { definitions, erasure });
  const goal = goalText(next);
  if (stored?.goal !== goal) {
    await store.saveFullReview(site, { goal, cursor: `${WAITS}${now() + SETTLING_MS}` });
    return undefined;
  }
  const { cursor = '' } = stored;
  if (now() < (goesOnAt(stored) ?? Number.POSITIVE_INFINITY)) return undefined;
  const { cause } = next;
  const first = cause === 'erasure' ? REFERENCES : CONTACTS;
  return { goal, cause, cursor: cursor.startsWith(WAITS) ? first : cursor, erasures };
}

/** Goes on page by page. A page counts when all of it is done; one that was cut short comes again. */
async function goOn(
  options: WakeOptions,
  run: WakeRun,
  { review, most, inTime }: Limits & { readonly review: OpenReview },
): Promise<void> {
  const { store, site } = options;
  const { goal } = review;
  let cursor: string | undefined = review.cursor;
  let left = most;
  while (left > 0 && inTime()) {
    const page: Page = cursor.startsWith(REFERENCES)
      ? await referencesPage(options, review, { cursor, most: left })
      : await contactsPage(options, run, review, { cursor, most: left });
    for (const work of page.works) {
      if (!inTime()) return;
      await work();
    }
    cursor = page.cursor;
    await store.saveFullReview(site, { goal, cursor });
    if (cursor === undefined) return;
    left -= page.works.length;
  }
}

/** What is to be done, one after the other, and where the next page begins. */
interface Page {
  readonly works: readonly (() => Promise<void>)[];
  readonly cursor: string | undefined;
}

interface PageWanted {
  readonly cursor: string;
  readonly most: number;
}

const behind = (word: string, cursor: string): string | undefined =>
  cursor.slice(word.length) || undefined;

/** Facts that wait for somebody who is no contact have nobody to be reviewed: what is to be erased of them goes at once. */
async function referencesPage(
  { store, site }: WakeOptions,
  { erasures }: OpenReview,
  { cursor, most }: PageWanted,
): Promise<Page> {
  const page = await store.waiting(site, most, behind(REFERENCES, cursor));
  return {
    works: page.references.map(
      (reference) => () => eraseSources(store, { site, reference }, erasures),
    ),
    cursor: page.cursor === undefined ? CONTACTS : `${REFERENCES}${page.cursor}`,
  };
}

async function contactsPage(
  options: WakeOptions,
  run: WakeRun,
  { goal, cause }: OpenReview,
  { cursor, most }: PageWanted,
): Promise<Page> {
  const { store, site } = options;
  const page = await store.contacts(site, most, behind(CONTACTS, cursor));
  return {
    works: page.contactIds.map(
      (contactId) => () => queueReview(options, run, { contactId, cause, occasion: goal }),
    ),
    cursor: page.cursor === undefined ? undefined : `${CONTACTS}${page.cursor}`,
  };
}
