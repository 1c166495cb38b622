import type { LabelJob } from '../queue/job.ts';
import { WixError, type WixFailure } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';
import { applyLabels, NotApplied, newProgress, type Progress, type Refused } from './apply.ts';
import { otherCandidates } from './contacts.ts';
import { quotaNumbers } from './keys.ts';
import type { Death, DeathReason, Done, Outcome } from './outcome.ts';
import { meaningOf } from './policy.ts';
import type { SiteMemory } from './site.ts';

/** Does one job as far as it can be done now. Whatever Wix answers, it gives an outcome. */
export async function labelJob(
  job: LabelJob,
  wix: WixSite,
  memory: SiteMemory,
  now: () => number,
): Promise<Outcome> {
  let progress = newProgress();
  const occurredAt = Date.parse(job.cause.occurredAt);
  const tried = new Set<string>();
  let notFound: WixFailure | undefined;

  /** @returns false when there is no such contact */
  async function label(contactId: string): Promise<boolean> {
    if (tried.has(contactId)) return false;
    tried.add(contactId);
    progress = newProgress();
    try {
      await applyLabels({ wix, memory, contactId, occurredAt, now }, job, progress);
      return true;
    } catch (error) {
      if (!(error instanceof WixError)) throw error;
      if (meaningOf(error.failure) !== 'contact-not-found') throw error;
      notFound = error.failure;
      return false;
    }
  }

  const missing = (): Outcome => ({
    kind: 'retry',
    reason: 'contact-not-found',
    failure: notFound,
  });

  try {
    const { contactId: given } = job.contact;
    if (given) {
      if (await label(given)) return done(job, progress, given);
      const found = await wix.getContact(given);
      if (found && (await label(found.id))) return done(job, progress, found.id);
      // There is such a contact, and Label Contact does not see it yet: it is nobody else.
      if (found) return missing();
    }
    for await (const contactId of otherCandidates(job.contact, wix)) {
      if (await label(contactId)) return done(job, progress, contactId);
    }
    if (job.missing === 'ignore') {
      return { ...doneWith(newProgress()), reason: 'no-such-contact' };
    }
    if (job.missing === 'create' && (job.contact.email || job.contact.phone)) {
      const created = await wix.createContact(job.contact);
      if (await label(created)) return done(job, progress, created);
    }
    return missing();
  } catch (error) {
    return outcomeOf(error, job, progress);
  }
}

const doneWith = ({ added, removed, settled, superseded }: Progress): Done => ({
  kind: 'done',
  added,
  removed,
  settled,
  superseded,
});

function done(job: LabelJob, progress: Progress, contactId: string): Done {
  return { ...doneWith(progress), contactId, rest: quotaDeath(job, progress.refused) };
}

function quotaDeath(job: LabelJob, refused: Refused | undefined): Death | undefined {
  if (!refused?.quota) return undefined;
  const { labelsQuota, labelsCurrentTotal } = quotaNumbers(refused.quota);
  return {
    reason: 'labels-quota-reached',
    job: { ...job, add: [...refused.add], remove: [...refused.remove] },
    detail: `The site has ${labelsCurrentTotal} of ${labelsQuota} labels. Delete labels, then replay.`,
    failure: refused.quota,
  };
}

/** The job without what is done already: replaying it must not put back what a later event took. */
function remaining(job: LabelJob, { added, removed, settled, superseded }: Progress): LabelJob {
  const over = new Set([...added, ...removed, ...settled, ...superseded]);
  const open = (names: readonly string[]): string[] => names.filter((name) => !over.has(name));
  return { ...job, add: open(job.add), remove: open(job.remove) };
}

function outcomeOf(error: unknown, job: LabelJob, progress: Progress): Outcome {
  const dead = (reason: DeathReason, failure: WixFailure, detail?: string): Outcome => ({
    kind: 'dead',
    reason,
    job: remaining(job, progress),
    failure,
    detail,
  });
  if (error instanceof NotApplied) {
    const failure = { operation: error.operation, kind: 'answer', status: 200 } as const;
    return dead('label-not-applied', failure, error.message);
  }
  if (!(error instanceof WixError)) throw error;
  const { failure } = error;
  const meaning = meaningOf(failure);
  switch (meaning) {
    case 'credentials':
    case 'throttled':
    case 'passing':
    case 'no-time':
    case 'contact-not-found':
      return {
        kind: 'retry',
        reason: meaning,
        atLeastMs: failure.retryAfterMs,
        failure,
        job: remaining(job, progress),
      };
    default:
      return dead(meaning, failure, failure.fields && `Refused: ${failure.fields.join(', ')}.`);
  }
}
