import { firstReference } from '../events/contact.ts';
import type { LabelJob } from '../queue/job.ts';
import { classify, isPermanent } from '../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../wix/calls/failure.ts';
import { type Candidate, candidates, createTheirs } from './contact/candidates.ts';
import { meantBy } from './contact/whom.ts';
import { applyPlan } from './labels/apply.ts';
import { type LabelPlan, newProgress, planOf, putsLabels } from './labels/plan.ts';
import { failed, type JobOutcome, outcomeOf, type SearchResult } from './outcome.ts';
import type { SiteMemory } from './site-memory.ts';
import { beginErasure } from './standing/erase.ts';
import { forgetContact, meet, recallContact } from './standing/known-contact.ts';
import { labelWithHistory, newStandingProgress } from './standing/label-with-history.ts';
import { absorb } from './standing/merged-contacts.ts';
import { failedWithStanding, outcomeWithStanding } from './standing/outcome.ts';
import { keepWaiting } from './standing/waiting.ts';
import type { WorkSite } from './standing/with-history.ts';

/** Jobs about one contact, in the order they came. */
export type Jobs = readonly [LabelJob, ...LabelJob[]];

/** One site, as a try at jobs of one contact sees it. */
export interface AtSite {
  readonly wix: WorkSite;
  readonly memory: SiteMemory;
}

/**
 * Does jobs about one contact together, as far as that is possible now. Returns their outcomes, in order,
 * whatever Wix answers; jobs behind one that must wait may be left out, because they wait as well. After a
 * permanent answer or an exception each job is tried by itself, so that only the one at fault is given up.
 */
export async function labelJobs(jobs: Jobs, site: AtSite): Promise<readonly JobOutcome[]> {
  if (process.env.STANDING_LABELS !== 'off' && jobs.length > 1 && jobs.some(({ erase }) => erase)) {
    return oneByOne(jobs, site);
  }
  const labeller = createLabeller(jobs, site);
  try {
    const found = await findAndLabel(jobs, site, labeller);
    if (!found) return oneByOne(jobs, site);
    return jobs.map((job) =>
      process.env.STANDING_LABELS !== 'off' && site.wix.history
        ? outcomeWithStanding(
            job,
            job === jobs.at(-1),
            found,
            labeller.progress(),
            site.wix.history,
          )
        : outcomeOf(job, found, labeller.progress()),
    );
  } catch (error) {
    const isTransient = error instanceof WixError && !isPermanent(classify(error.failure));
    if (!isTransient && jobs.length > 1) return oneByOne(jobs, site);
    return jobs.map((job) =>
      process.env.STANDING_LABELS !== 'off' && site.wix.history
        ? failedWithStanding(job, error, labeller.progress())
        : failed(job, error, labeller.progress()),
    );
  }
}

async function oneByOne(jobs: Jobs, site: AtSite): Promise<readonly JobOutcome[]> {
  const outcomes: JobOutcome[] = [];
  for (const job of jobs) {
    outcomes.push(...(await labelJobs([job], site)));
    if (outcomes.at(-1)?.kind === 'retry') break;
  }
  return outcomes;
}

/**
 * Finds the contact and labels it. Jobs that only remove labels create no contact: a new one has no labels.
 * @returns undefined where the jobs name the contact in different ways, so that one search does not serve all
 * @throws WixError, LabelTooNew
 */
async function findAndLabel(
  jobs: Jobs,
  { wix, memory }: AtSite,
  labeller: ReturnType<typeof createLabeller>,
): Promise<SearchResult | undefined> {
  const { label, rememberAndLabel, labelCandidate, planForNobody, notFound } = labeller;
  const [{ contact, missing }] = jobs;
  if (process.env.STANDING_LABELS !== 'off' && wix.history) {
    if (await beginErasure(wix.history, jobs)) return { nobody: 'ignored' };
  }
  const likely =
    process.env.STANDING_LABELS !== 'off' && wix.history
      ? (memory.contacts.recall(contact) ?? (await recallContact(wix.history, contact)))
      : memory.contacts.recall(contact);
  if (likely !== undefined) {
    if (await label(likely)) return { contactId: likely };
    memory.contacts.forget(contact);
    if (process.env.STANDING_LABELS !== 'off' && wix.history) {
      await forgetContact(wix.history, contact, likely);
    }
  }
  const searches = new Set(jobs.map((job) => JSON.stringify([job.contact, job.missing])));
  if (searches.size > 1) return undefined;
  for await (const candidate of candidates(contact, wix, memory.lookups)) {
    const found = await labelCandidate(candidate);
    if (found) return found;
  }
  if (process.env.STANDING_LABELS !== 'off' && wix.history) await keepWaiting(wix.history, jobs);
  const awaitsLabels =
    putsLabels(planForNobody()) ||
    (process.env.STANDING_LABELS !== 'off' && (wix.history?.awaited.length ?? 0) > 0);
  if (missing === 'ignore' || !awaitsLabels) return { nobody: 'ignored' };
  if (missing === 'create' && (contact.email || contact.phone)) {
    const created = await createTheirs(contact, wix);
    if ('refused' in created) return { nobody: 'missing', failure: created.refused };
    if (await rememberAndLabel(created)) return { contactId: created.id };
  }
  return { nobody: 'missing', failure: notFound() };
}

/** Labels the contacts that a search tries, and knows how far it got. */
function createLabeller(jobs: Jobs, { wix, memory }: AtSite) {
  const [{ contact }] = jobs;
  const reference = firstReference(contact);
  const tried = new Set<string>();
  // Each contact that is tried has a plan of its own, and its progress begins anew.
  let progress = newProgress();
  let notFound: WixFailure | undefined;

  /**
   * The last write of a label, under any id of the contact, which may have been merged into another meanwhile, and
   * under the reference from when it was nobody's.
   */
  function lastWriteAt(name: string): number | undefined {
    const ids = [...tried, contact.contactId?.toLowerCase() ?? '', reference];
    const writes = ids.flatMap((id) => memory.labels.lastWriteAt(id, name) ?? []);
    return writes.length > 0 ? Math.max(...writes) : undefined;
  }

  /** @returns false when there is no such contact */
  async function label(contactId: string): Promise<boolean> {
    if (tried.has(contactId)) return false;
    tried.add(contactId);
    try {
      if (process.env.STANDING_LABELS !== 'off' && wix.history) {
        const { history } = wix;
        const standing = newStandingProgress();
        progress = standing;
        const mergedInto = await memory.locked(contactId, () =>
          labelWithHistory(
            { wix, memory, contactId },
            { history, jobs, rulesPlan: planOf(jobs, lastWriteAt), progress: standing },
          ),
        );
        return mergedInto === undefined || label(mergedInto);
      }
      await memory.locked(contactId, async () => {
        const plan = planOf(jobs, lastWriteAt);
        progress = newProgress(plan);
        await applyPlan({ wix, memory, contactId }, plan, progress);
      });
      return true;
    } catch (error) {
      const failure = error instanceof WixError ? error.failure : undefined;
      if (!failure || classify(failure) !== 'contact-not-found') throw error;
      notFound = failure;
      return false;
    }
  }

  // Remembered before it is labelled: if the budget ends in between, the look-up is not repeated.
  async function rememberAndLabel(found: Candidate): Promise<boolean> {
    memory.contacts.learn(contact, found);
    if (process.env.STANDING_LABELS !== 'off' && wix.history) await meet(wix.history, found);
    if (await label(found.id)) return true;
    memory.contacts.forget(contact);
    return false;
  }

  /** Where Label Contact does not know the id: labels the contact it was merged into, if the jobs mean that. */
  async function labelCandidate(candidate: Candidate): Promise<SearchResult | undefined> {
    if (await rememberAndLabel(candidate)) return { contactId: candidate.id };
    const { id, by } = candidate;
    const left = await wix.getContact(id);
    const byAddress = by === 'email' || by === 'phone';
    if (!left || (byAddress && !meantBy(left, contact))) return undefined;
    if (process.env.STANDING_LABELS !== 'off' && wix.history) {
      await absorb(wix.history, id, left.id);
    }
    if (await rememberAndLabel({ id: left.id, by })) return { contactId: left.id };
    // The contact exists and Label Contact does not know it yet: no other contact is meant.
    return { nobody: 'unseen', failure: notFound };
  }

  /** Nobody has the labels that are to be removed, and no older event may put them once there is somebody. */
  function planForNobody(): LabelPlan {
    const plan = planOf(jobs, lastWriteAt);
    for (const { name, change, occurredAt } of plan.values()) {
      if (change === 'remove') memory.labels.recordWrite(reference, name, occurredAt);
    }
    return plan;
  }

  return {
    label,
    rememberAndLabel,
    labelCandidate,
    planForNobody,
    progress: () => progress,
    /** The answer that said of the last contact that there is none. */
    notFound: () => notFound,
  };
}
