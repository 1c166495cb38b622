import type { LabelJob } from '../queue/job.ts';
import { classify, isPermanent } from '../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../wix/calls/failure.ts';
import type { WixSite } from '../wix/site.ts';
import { type Candidate, createTheirs, otherCandidates } from './contact/candidates.ts';
import { meantBy } from './contact/whom.ts';
import { applyPlan } from './labels/apply.ts';
import { type Plan, planOf, putsLabels } from './labels/plan.ts';
import { newProgress, type Progress } from './labels/progress.ts';
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
 * Does jobs about one contact together, as far as that is possible now. Returns their outcomes, in order,
 * whatever Wix answers; jobs behind one that must wait may be left out, because they wait as well. After a
 * permanent answer or an exception each job is tried by itself, so that only the one at fault is given up.
 */
export async function labelJobs(jobs: Jobs, site: AtSite): Promise<readonly Outcome[]> {
  let progress = newProgress();
  // Each contact that is tried has a plan of its own, and its progress begins anew.
  const begin = (plan: Plan): Progress => {
    progress = newProgress(plan);
    return progress;
  };
  try {
    const found = await findAndLabel(jobs, site, begin);
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

/** Whether one search serves all jobs: they name the contact alike, and want the same if it is missing. */
function areAlike(jobs: Jobs): boolean {
  const how = new Set(jobs.map(({ contact, missing }) => JSON.stringify([contact, missing])));
  return how.size === 1;
}

/**
 * Finds the contact and labels it. Jobs that only remove labels create no contact: a new one has no labels.
 * @param begin starts the progress of a contact that is tried
 * @throws WixError, LabelTooNew
 */
async function findAndLabel(
  jobs: Jobs,
  site: AtSite,
  begin: (plan: Plan) => Progress,
): Promise<Found> {
  const { wix, memory, now } = site;
  const [{ contact, missing }] = jobs;
  const given = contact.contactId?.toLowerCase();
  const tried = new Set<string>();
  let notFound: WixFailure | undefined;

  /** The last write of a label, under any id of the contact: it may have been merged into another meanwhile. */
  function lastWriteOf(ids: Iterable<string>, name: string): number | undefined {
    const writes = Array.from(
      ids,
      (id) => memory.recent.lastWriteAt(id, name) ?? Number.NEGATIVE_INFINITY,
    );
    const last = Math.max(...writes);
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
        await applyPlan({ wix, memory, contactId, now }, plan, begin(plan));
      });
      return true;
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      if (classify(error.failure) !== 'contact-not-found') throw error;
      notFound = error.failure;
      return false;
    }
  }
  // Remembered before it is labelled: if the budget ends in between, the look-up is not repeated.
  async function rememberAndLabel(found: Candidate): Promise<boolean> {
    memory.contacts.learn(contact, found, now());
    if (await label(found.id)) return true;
    memory.contacts.forget(contact);
    return false;
  }
  /** Where Label Contact does not know the id: labels the contact it was merged into, if the job means that. */
  async function labelWhoIsLeft({ id, by }: Candidate): Promise<Found | undefined> {
    const left = await wix.getContact(id);
    const byAddress = by === 'email' || by === 'phone';
    if (!left || (byAddress && !meantBy(left, contact))) return undefined;
    if (await rememberAndLabel({ id: left.id, by })) return { contactId: left.id };
    // The contact exists and Label Contact does not know it yet: no other contact is meant.
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
    if (await rememberAndLabel(candidate)) return { contactId: candidate.id };
    const left = await labelWhoIsLeft(candidate);
    if (left) return left;
  }
  if (missing === 'ignore' || !putsLabels(jobs)) return { nobody: 'ignored' };
  if (missing === 'create' && (contact.email || contact.phone)) {
    const created = await createTheirs(contact, wix);
    if ('refused' in created) return { nobody: 'missing', failure: created.refused };
    if (await rememberAndLabel(created)) return { contactId: created.id };
  }
  return { nobody: 'missing', failure: notFound };
}
