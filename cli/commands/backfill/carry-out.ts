import { usableReference } from '../../../lib/events/contact.ts';
import { createTheirs } from '../../../lib/labelling/contact/candidates.ts';
import { classify, isPermanent } from '../../../lib/wix/calls/classify.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import { type Applied, labelAll } from './apply.ts';
import { makeLabels } from './labels.ts';
import { type ContactWish, type Plan, type Stranger, toKeys } from './plan.ts';
import type { AtSite } from './session.ts';

export interface CarriedOut {
  readonly applied: Applied;
  /** The plan's wishes, and those of contacts that were made. */
  readonly wishes: readonly ContactWish[];
  /** Names of labels that a full site had no room for. */
  readonly refused: readonly string[];
  readonly created: number;
}

/**
 * Does what a plan says. Every step that the journal has is left out.
 * @param keys those of the labels that exist
 */
export async function carryOut(
  plan: Plan,
  keys: ReadonlyMap<string, string>,
  site: AtSite,
): Promise<CarriedOut> {
  const made = await makeLabels(site.wix, plan.newLabels, site.journal);
  const all = new Map([...keys, ...made.keys]);
  const { wishes: fresh, problems } = await createAll(plan.created, site);
  const applied = await labelAll(toKeys(plan.wishes, all), toKeys(fresh, all), site);
  const known = new Set(plan.wishes.map(({ contactId }) => contactId));
  return {
    applied: { ...applied, failed: new Map([...applied.failed, ...problems]) },
    wishes: joined([...plan.wishes, ...fresh]),
    refused: made.refused,
    created: fresh.filter(({ contactId }) => !known.has(contactId)).length,
  };
}

/** Makes contacts. @returns what each is to get, and by e-mail why one could not be made */
async function createAll(strangers: readonly Stranger[], site: AtSite) {
  const wishes: ContactWish[] = [];
  const problems = new Map<string, string>();
  for (const stranger of strangers) {
    const made = await create(stranger, site);
    if (typeof made === 'string') wishes.push({ contactId: made, add: stranger.add, remove: [] });
    else problems.set(stranger.customer.email, made.problem);
  }
  return { wishes: joined(wishes), problems };
}

function create({ customer }: Stranger, { wix, journal }: AtSite) {
  const { email, latest } = customer;
  return journal.once<string | { readonly problem: string }>(`create ${email}`, async () => {
    try {
      const created = await createTheirs(usableReference(latest.contact), wix);
      if ('id' in created) return created.id;
      return { problem: created.refused.code ?? 'contact-not-found' };
    } catch (error) {
      const meaning = error instanceof WixError ? classify(error.failure) : undefined;
      if (meaning === undefined || !isPermanent(meaning)) throw error;
      return { problem: meaning };
    }
  });
}

/** One wish for each contact: Wix may know two addresses as one person after all. */
const joined = (wishes: readonly ContactWish[]): ContactWish[] =>
  [...Map.groupBy(wishes, ({ contactId }) => contactId)].map(([contactId, its]) => ({
    contactId,
    add: [...new Set(its.flatMap(({ add }) => add))],
    remove: [...new Set(its.flatMap(({ remove }) => remove))],
  }));
