import type { LabelJob } from '../queue/job.ts';
import { classify, isPermanent } from '../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../wix/calls/failure.ts';
import type { WixSite } from '../wix/site.ts';
import { type Candidate, createTheirs, otherCandidates } from './contact/candidates.ts';
import { meantBy } from './contact/whom.ts';
import { applyPlan, newProgress, type Progress } from './labels/apply.ts';
import { planOf, putsLabels } from './labels/plan.ts';
import { type Found, failed, type Outcome, outcomeOf } from './outcome.ts';
import type { SiteMemory } from './site-memory.ts';

/** Jobs about one contact, in the order they came. */
export type Jobs = readonly [LabelJob, ...LabelJob[]];

/** One site, as a try at jobs of one contact sees it. */
export interface AtSite {
  readonly wix: WixSite;
  readonly memory: SiteMemory;
  /** Milliseconds; for what is remembered. */
  readonly now: () => number;
}

/**
 * Does jobs about one contact together, as far as they can be done now. Whatever Wix answers, each gets
 * its outcome, in order; those behind one that must wait may be left out, for they wait as well. Where
 * together they meet an answer for good, or an exception, each is tried by itself, so that only the one
 * at fault is given up.
 */
export async function labelJobs(jobs: Jobs, site: AtSite): Promise<readonly Outcome[]> {
  const progress = newProgress();
  try {
    const found = await labelWhomItMeans(jobs, site, progress);
    if ('nobody' in found && found.nobody === 'unclear') return oneByOne(jobs, site);
    return jobs.map((job) => outcomeOf(job, found, progress));
  } catch (error) {
    const passes = error instanceof WixError && !isPermanent(classify(error.failure));
    if (!passes && jobs.length > 1) return oneByOne(jobs, site);
    return jobs.map((job) => failed(job, error, progress));
  }
}

async function oneByOne(jobs: Jobs, site: AtSite): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    outcomes.push(...(await labelJobs([job], site)));
    if (outcomes.at(-1)?.kind === 'retry') break;
  }
  return outcomes;
}

/** Whether one search serves all: they name the contact in the same way, and want the same if it is missing. */
function areAlike(jobs: Jobs): boolean {
  const how = new Set(jobs.map(({ contact, missing }) => JSON.stringify([contact, missing])));
  return how.size === 1;
}

/**
 * Finds the contact and labels it. For jobs that put no label nobody is created: who is not there has nothing
 * to be taken off. (What puts a label on the same person, and came before, goes first.)
 * @throws WixError, LabelTooNew
 */
async function labelWhomItMeans(jobs: Jobs, site: AtSite, progress: Progress): Promise<Found> {
  const { wix, memory, now } = site;
  const [{ contact, missing }] = jobs;
  const given = contact.contactId?.toLowerCase();
  const tried = new Set<string>();
  let notFound: WixFailure | undefined;

  /** An id that was merged away and had nothing taken was never asked about: what was said of it, too, counts. */
  function lastWriteOf(ids: Iterable<string>, name: string): number | undefined {
    const says = Array.from(
      ids,
      (id) => memory.recent.lastWriteAt(id, name) ?? Number.NEGATIVE_INFINITY,
    );
    const last = Math.max(...says);
    return Number.isFinite(last) ? last : undefined;
  }

  /** @returns false when there is no such contact */
  async function label(contactId: string): Promise<boolean> {
    if (tried.has(contactId)) return false;
    tried.add(contactId);
    try {
      await memory.inTurn(contactId, async () => {
        const plan = planOf(jobs, (name) =>
          lastWriteOf([...tried, ...(given ? [given] : [])], name),
        );
        await applyPlan({ wix, memory, contactId, now }, plan, progress);
      });
      return true;
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      if (classify(error.failure) !== 'contact-not-found') throw error;
      notFound = error.failure;
      return false;
    }
  }
  // Learnt before it is labelled: where the budget ends between the two, the look-up is not made again.
  async function learnAndLabel(found: Candidate): Promise<boolean> {
    memory.contacts.learn(contact, found, now());
    if (await label(found.id)) return true;
    memory.contacts.forget(contact);
    return false;
  }
  /** Where Label Contact knows none of that id: the one it was merged into, if that is still who is meant. */
  async function labelWhoIsLeft({ id, by }: Candidate): Promise<Found | undefined> {
    const left = await wix.getContact(id);
    const byAddress = by === 'email' || by === 'phone';
    if (!left || (byAddress && !meantBy(left, contact))) return undefined;
    if (await learnAndLabel({ id: left.id, by })) return { contactId: left.id };
    // There is such a contact, and Label Contact does not see it yet: it is nobody else.
    return { nobody: 'unseen', failure: notFound };
  }

  const likely = memory.contacts.recall(contact, now()) ?? given;
  if (likely !== undefined) {
    if (await label(likely)) return { contactId: likely };
    memory.contacts.forget(contact);
  }
  if (!areAlike(jobs)) return { nobody: 'unclear' };
  if (given) {
    if (await label(given)) return { contactId: given };
    const left = await labelWhoIsLeft({ id: given, by: 'contactId' });
    if (left) return left;
  }
  for await (const candidate of otherCandidates(contact, wix, memory.lookups)) {
    if (await learnAndLabel(candidate)) return { contactId: candidate.id };
    const left = await labelWhoIsLeft(candidate);
    if (left) return left;
  }
  if (missing === 'ignore' || !putsLabels(jobs)) return { nobody: 'ignored' };
  if (missing === 'create' && (contact.email || contact.phone)) {
    const created = await createTheirs(contact, wix);
    if ('refused' in created) return { nobody: 'missing', failure: created.refused };
    if (await learnAndLabel(created)) return { contactId: created.id };
  }
  return { nobody: 'missing', failure: notFound };
}
