import type { SimulatedContact, SimulatedEmail, SimulatedPhone, Site } from './state.ts';

interface Flagged {
  tag?: string | null | undefined;
  primary?: boolean | null | undefined;
}

/** `info` of a create request, after its shape was checked. */
export interface NewContactInfo {
  name?: { first?: string | null | undefined; last?: string | null | undefined } | null | undefined;
  emails?: { items: ({ email: string } & Flagged)[] } | null | undefined;
  phones?: { items: ({ phone: string } & Flagged)[] } | null | undefined;
  labelKeys?: { items: string[] } | null | undefined;
  [field: string]: unknown;
}

interface Birth {
  readonly id: string;
  readonly newId: () => string;
  /** ISO 8601. */
  readonly createdDate: string;
  readonly sourceType: string;
}

/** The first e-mail and phone are the primary ones unless others are flagged. */
export function addContact(site: Site, info: NewContactInfo, birth: Birth): SimulatedContact {
  const { id, newId, createdDate, sourceType } = birth;
  const emails: SimulatedEmail[] = (info.emails?.items ?? []).map(({ email, tag, primary }) => ({
    id: newId(),
    tag: tag ?? 'UNTAGGED',
    email,
    primary: primary === true,
  }));
  const phones: SimulatedPhone[] = (info.phones?.items ?? []).map(({ phone, tag, primary }) => ({
    id: newId(),
    tag: tag ?? 'UNTAGGED',
    phone,
    primary: primary === true,
  }));
  const { first, last } = info.name ?? {};
  const contact: SimulatedContact = {
    id,
    revision: 1,
    source: { sourceType },
    createdDate,
    updatedDate: createdDate,
    primaryInfo: {},
    info: {
      ...info,
      name: { ...(first && { first }), ...(last && { last }) },
      emails: { items: emails },
      phones: { items: phones },
      labelKeys: { items: [...new Set(info.labelKeys?.items)] },
    },
  };
  setPrimary(contact);
  site.contacts.set(id, contact);
  indexEmails(site, contact);
  return contact;
}

export function indexEmails(site: Site, { id, info }: SimulatedContact): void {
  for (const { email } of info.emails.items) {
    const ids = site.idsByEmail.get(email) ?? new Set();
    site.idsByEmail.set(email, ids.add(id));
  }
}

function setPrimary(contact: SimulatedContact): void {
  const email = flagPrimary(contact.info.emails.items)?.email;
  const phone = flagPrimary(contact.info.phones.items)?.phone;
  contact.primaryInfo = { ...(email && { email }), ...(phone && { phone }) };
}

function flagPrimary<T extends { primary: boolean }>(items: readonly T[]): T | undefined {
  const primary = items.find((item) => item.primary) ?? items[0];
  if (primary) primary.primary = true;
  return primary;
}

const sameEmail = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * The contact that a new one would repeat: by e-mail, and by phone only where no e-mail is given
 * (npm @wix/auto_sdk_crm_contacts 1.0.1375, `allowDuplicates`, checked 2026-11-21), or in any case.
 */
export function findDuplicate(
  site: Site,
  info: NewContactInfo,
  inAnyCaseByPhone: boolean,
): { duplicateContactId: string; duplicateEmail?: string; duplicatePhone?: string } | undefined {
  const emails = info.emails?.items ?? [];
  const phones = emails.length > 0 && !inAnyCaseByPhone ? [] : (info.phones?.items ?? []);
  for (const { id: duplicateContactId, info: known } of site.contacts.values()) {
    const email = emails.find((mine) =>
      known.emails.items.some((theirs) => sameEmail(theirs.email, mine.email)),
    );
    if (email) return { duplicateContactId, duplicateEmail: email.email };
    const phone = phones.find((mine) =>
      known.phones.items.some((theirs) => theirs.phone === mine.phone),
    );
    if (phone) return { duplicateContactId, duplicatePhone: phone.phone };
  }
  return undefined;
}

/**
 * Merges `source` into `target`: labels, e-mails and phones are united, the source's id lives on as
 * a name that only Get Contact understands.
 * https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/contact-v4 (checked 2026-11-21)
 */
export function merge(
  site: Site,
  source: SimulatedContact,
  target: SimulatedContact,
  updatedDate: string,
): void {
  const { labelKeys, emails, phones } = target.info;
  labelKeys.items = [...new Set([...labelKeys.items, ...source.info.labelKeys.items])];
  for (const email of source.info.emails.items) {
    const known = emails.items.some((mine) => sameEmail(mine.email, email.email));
    if (!known) emails.items.push({ ...email, primary: false });
  }
  for (const phone of source.info.phones.items) {
    const known = phones.items.some((mine) => mine.phone === phone.phone);
    if (!known) phones.items.push({ ...phone, primary: false });
  }
  setPrimary(target);
  indexEmails(site, target);
  touch(site, target, updatedDate);
  site.contacts.delete(source.id);
  site.mergedInto.set(source.id, target.id);
}

/** To be called after each change of a contact. */
export function touch(site: Site, contact: SimulatedContact, updatedDate: string): void {
  contact.revision += 1;
  contact.updatedDate = updatedDate;
  site.contacts.set(contact.id, contact);
}
