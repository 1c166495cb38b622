import { isSomebodysPhone, references } from '../../lib/events/contact.ts';
import { type ContactReference, GUID } from '../../lib/events/event.ts';
import { visibleAddress } from '../../lib/events/invisible.ts';
import type { KeptFact } from '../../lib/history/fact.ts';
import { createLookups } from '../../lib/labelling/contact/lookups.ts';
import { referenceOwner } from '../../lib/labelling/standing/owners.ts';
import type { OwnerRecord } from '../../lib/store/store.ts';
import type { WixContact } from '../../lib/wix/contacts.ts';
import type { WixSite } from '../../lib/wix/site.ts';
import { wrongUsage } from './failure.ts';
import type { Histories } from './histories.ts';

/** A person, and what the store has of them. */
export interface Person {
  /** Undefined for somebody who is no contact yet. */
  readonly contactId: string | undefined;
  /** The contacts that were merged into this one and by which the person was found, first to last. */
  readonly mergedFrom: readonly string[];
  /** Of the contact. */
  readonly record: OwnerRecord;
  /** Hashes of all references that are known to mean the person. */
  readonly references: readonly string[];
  /** What is kept under those, until the contact is met. */
  readonly waiting: readonly KeptFact[];
  /** As Wix shows it, where Wix was asked. */
  readonly contact: WixContact | undefined;
  /** Why Wix could not be asked. */
  readonly problem?: string;
}

/** The references that a word of the command line may be. @throws CliFailure */
function referencesIn(given: string): readonly ContactReference[] {
  const value = visibleAddress(given);
  if (value.includes('@')) return [{ email: value }];
  if (GUID.test(value)) {
    const id = value.toLowerCase();
    return [{ contactId: id }, { memberId: id }];
  }
  if (isSomebodysPhone(value)) return [{ phone: value }];
  throw wrongUsage(
    `"${given}" is no e-mail address, no phone number, and no id of a contact or member of Wix.`,
  );
}

const NOTHING: OwnerRecord = { facts: [], cut: false };
/** More merges in a row are not followed. */
const MOST_MERGES = 10;

/**
 * Finds a person: by what the store knows of the reference, else by Wix as the worker does.
 * @param openWix asked for when it is needed
 * @param wantsAll Wix is asked for all addresses of a contact that the store knows, too
 */
export async function findPerson(
  { store, site }: Pick<Histories, 'store' | 'site'>,
  given: string,
  openWix: () => Promise<WixSite>,
  wantsAll = false,
): Promise<Person> {
  const named = referencesIn(given);
  const ownReferences = hashesOf(site, named);
  const own = await Promise.all(ownReferences.map((reference) => store.read({ site, reference })));
  const found = await knownContact({ store, site }, named, own);
  const asked: Asked =
    found === undefined
      ? await askWix(openWix, named).catch(problemOf)
      : wantsAll
        ? await askWix(openWix, [{ contactId: found }]).catch(problemOf)
        : {};
  const { contact, problem } = asked;
  const { contactId, mergedFrom, record } = await survivor(
    { store, site },
    found ?? asked.contactId,
  );
  const all = new Set([
    ...ownReferences,
    ...(record.state?.references ?? []),
    ...hashesOf(site, contact ? addressesOf(contact) : []),
  ]);
  const others = [...all].filter((reference) => !ownReferences.includes(reference));
  const more = await Promise.all(others.map((reference) => store.read({ site, reference })));
  return {
    contactId,
    mergedFrom,
    record,
    references: [...all],
    waiting: [...own, ...more].flatMap(({ facts }) => facts),
    contact,
    ...(problem && { problem }),
  };
}

/** As the store names the partitions of references. A contact has one of its own. */
const hashesOf = (site: string, contacts: readonly ContactReference[]): readonly string[] =>
  contacts
    .flatMap((contact) => [...references(contact)])
    .filter(({ by }) => by !== 'contactId')
    .map((one) => referenceOwner(site, one).reference);

const addressesOf = ({ emails, phones }: WixContact): readonly ContactReference[] => [
  ...emails.map((email) => ({ email })),
  ...phones.map((phone) => ({ phone })),
];

/** The contact by an alias, or by its own id where the store has anything of it. */
async function knownContact(
  { store, site }: Pick<Histories, 'store' | 'site'>,
  named: readonly ContactReference[],
  own: readonly OwnerRecord[],
): Promise<string | undefined> {
  const alias = own.find((record) => record.alias)?.alias;
  if (alias) return alias.contactId;
  const id = named.find(({ contactId }) => contactId)?.contactId;
  if (id === undefined) return undefined;
  const { state, facts } = await store.read({ site, contactId: id });
  return state || facts.length > 0 ? id : undefined;
}

interface Asked {
  readonly contactId?: string | undefined;
  readonly contact?: WixContact | undefined;
  readonly problem?: string;
}

const problemOf = (error: Error): Asked => ({ problem: error.message });

async function askWix(
  openWix: () => Promise<WixSite>,
  named: readonly ContactReference[],
): Promise<Asked> {
  const wix = await openWix();
  for (const one of named) {
    const contactId = await lookUp(wix, one);
    if (contactId !== undefined) return { contactId, contact: await wix.getContact(contactId) };
  }
  return {};
}

/** The contact that the worker would find by this reference. */
async function lookUp(
  wix: WixSite,
  { contactId, memberId, email, phone }: ContactReference,
): Promise<string | undefined> {
  const lookups = createLookups();
  if (contactId) return (await wix.getContact(contactId))?.id;
  if (memberId) return lookups.byMember(wix, memberId);
  return email ? lookups.byEmail(wix, email) : lookups.byPhone(wix, phone ?? '');
}

/** The contact that is left after all merges, with what the store has of it. */
async function survivor(
  { store, site }: Pick<Histories, 'store' | 'site'>,
  first: string | undefined,
): Promise<Pick<Person, 'contactId' | 'mergedFrom' | 'record'>> {
  const mergedFrom: string[] = [];
  let contactId = first;
  let record = NOTHING;
  while (contactId !== undefined) {
    record = await store.read({ site, contactId });
    const into = record.state?.mergedInto;
    if (into === undefined || mergedFrom.length === MOST_MERGES) break;
    mergedFrom.push(contactId);
    contactId = into;
  }
  return { contactId, mergedFrom, record };
}
