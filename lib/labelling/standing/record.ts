import { references } from '../../events/contact.ts';
import type { LabelJob } from '../../queue/job.ts';
import { addMetric } from '../../runtime/metrics.ts';
import { eraseSources } from '../../store/erase-sources.ts';
import type { OwnerRecord } from '../../store/store.ts';
import { NO_STATE } from './changes.ts';
import { absorb } from './merged-contacts.ts';
import { factsOfJobs, moveFacts, newFacts } from './owner-facts.ts';
import { type ContactJobs, type ContactOwner, referenceOwner } from './owners.ts';
import type { SiteHistory } from './with-history.ts';

/** A contact's record, and the references that are known to mean the contact from now on. */
export interface OpenRecord {
  readonly record: OwnerRecord;
  readonly references: readonly string[];
}

/**
 * Writes what the jobs say into the history of their contact, with what waited for it under its references, and reads
 * it. Facts are in the store before it is read: of several workers, the last to read sees them all.
 */
export async function openRecord(
  history: SiteHistory,
  owner: ContactOwner,
  jobs: ContactJobs,
): Promise<OpenRecord> {
  const { store } = history;
  const facts = factsOfJobs(jobs);
  await store.addFacts(owner, facts);
  if (facts.length > 0) addMetric('Facts', {}, facts.length);
  for (const gone of new Set(jobs.flatMap(({ merged }) => merged ?? []))) {
    await absorb(history, gone, owner.contactId);
  }
  if (jobs.some(({ review }) => review === 'erasure')) {
    await eraseSources(store, owner, await store.readErasures(owner.site));
  }
  const record = await store.read(owner);
  if (record.state?.mergedInto !== undefined) return { record, references: [] };
  const { references: known } = record.state ?? NO_STATE;
  const joined = await joinWaiting(history, owner, jobs[0], record);
  const all = [...new Set([...known, ...joined.references])];
  return { record: joined.moved ? await store.read(owner) : record, references: all };
}

/** Takes over what waited under the references of the contact, and keeps which contact they mean. */
async function joinWaiting(
  history: SiteHistory,
  owner: ContactOwner,
  job: LabelJob,
  record: OwnerRecord,
): Promise<{ readonly moved: boolean; readonly references: readonly string[] }> {
  const { store, site, now } = history;
  const known = new Set(record.state?.references);
  let moved = false;
  const meant = meantBy(history, owner, job).filter(
    (one) => one.isNew || !known.has(one.reference),
  );
  for (const { reference, isSure } of meant) {
    const { facts } = await store.read({ site, reference });
    moved ||= newFacts(facts, record.facts).length > 0;
    await moveFacts(store, { site, reference }, facts, owner);
    const alias = { contactId: owner.contactId, checkedAt: now() };
    if (isSure) await store.saveAlias(site, reference, alias);
  }
  return { moved, references: meant.map(({ reference }) => reference) };
}

interface MeantReference {
  readonly reference: string;
  /** Wix itself says that the reference means the contact, so that may be kept. */
  readonly isSure: boolean;
  /** It was looked up in this try, so something may wait under it. */
  readonly isNew: boolean;
}

/**
 * The references that mean the contact: the one by which it was found, and the e-mail beside any other. A phone beside
 * another reference may be somebody else's of the household.
 */
function meantBy(
  { site, met, recalled }: SiteHistory,
  { contactId }: ContactOwner,
  { contact, cause }: LabelJob,
): readonly MeantReference[] {
  const foundBy = met.get(contactId);
  return [...references(contact)].flatMap((one) => {
    const { reference } = referenceOwner(site, one);
    const isFound = one.by === foundBy && one.by !== 'contactId';
    const isNew = isFound || recalled.has(reference);
    if (!isNew && one.by !== 'email') return [];
    const isOfWix = cause.source === 'wix' && contact.contactId !== undefined;
    return [{ reference, isNew, isSure: isFound || (isOfWix && !isNew) }];
  });
}
