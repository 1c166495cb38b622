import type { ContactReference } from '../../lib/events/event.ts';
import { type Applied, type AtSite, labelAll } from './apply.ts';
import { makeLabels } from './labels.ts';
import { type ContactWish, type Plan, type Stranger, toKeys } from './plan.ts';

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
  const created: ContactWish[] = [];
  for (const stranger of plan.created) created.push(await create(stranger, site));
  // One whom Wix knew under another address after all may be among the found ones.
  const known = new Set(plan.wishes.map(({ contactId }) => contactId));
  const fresh = created.filter(({ contactId }) => !known.has(contactId));
  const applied = await labelAll(toKeys(plan.wishes, all), toKeys(fresh, all), site);
  const wishes = [...plan.wishes, ...fresh];
  return { applied, wishes, refused: made.refused, created: fresh.length };
}

async function create({ customer, add }: Stranger, { wix, journal }: AtSite): Promise<ContactWish> {
  const { contact } = customer.latest;
  const contactId = await journal.once(`create ${customer.email}`, () =>
    wix.createContact(nameable(contact)),
  );
  return { contactId, add, remove: [] };
}

/** As the worker creates a contact: what people put into a phone field they leave empty is no phone. */
function nameable({ email, phone, firstName, lastName }: ContactReference): ContactReference {
  const isPhone = /(?:\d\D*){5}/.test(phone ?? '');
  return { email, firstName, lastName, ...(isPhone && { phone }) };
}
