import * as z from 'zod/mini';
import type { Call } from './calls/client.ts';
import { WixError, type WixFailure } from './calls/failure.ts';

// Contacts v4: https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/contact-v4 (checked 2026-11-21)

/** The list of label keys that a contact shows. */
export const LabelKeyList = z.nullish(z.object({ items: z.nullish(z.array(z.string())) }));

const Email = z.object({ email: z.nullish(z.string()) });
const Phone = z.object({ phone: z.nullish(z.string()), e164Phone: z.nullish(z.string()) });
const Contact = z.object({
  id: z.string().check(z.minLength(1)),
  createdDate: z.nullish(z.string()),
  primaryInfo: z.nullish(z.object({ email: z.nullish(z.string()), phone: z.nullish(z.string()) })),
  info: z.nullish(
    z.object({
      emails: z.nullish(z.object({ items: z.nullish(z.array(Email)) })),
      phones: z.nullish(z.object({ items: z.nullish(z.array(Phone)) })),
      labelKeys: LabelKeyList,
    }),
  ),
});
const ContactAnswer = z.object({ contact: Contact });
const ContactsAnswer = z.object({ contacts: z.nullish(z.array(Contact)) });

export interface WixContact {
  readonly id: string;
  /** ISO 8601, or '' where Wix left it out. */
  readonly createdDate: string;
  readonly primaryEmail: string | undefined;
  readonly primaryPhone: string | undefined;
  /** All of them, the primary one included. */
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly labelKeys: readonly string[];
}

type ContactInfo = {
  readonly [Field in 'email' | 'phone' | 'firstName' | 'lastName']?: string | undefined;
};

export interface ContactQuery {
  readonly by: 'email' | 'phone' | 'id';
  readonly values: readonly string[];
}

export interface FoundContacts {
  readonly contacts: readonly WixContact[];
  /** False: there may be more than one answer holds. */
  readonly complete: boolean;
}

const FIELD = { email: 'info.emails.email', phone: 'info.phones.phone', id: 'id' } as const;

function toContact({ id, createdDate, primaryInfo, info }: z.infer<typeof Contact>): WixContact {
  const primaryEmail = primaryInfo?.email ?? undefined;
  const primaryPhone = primaryInfo?.phone ?? undefined;
  const emails = info?.emails?.items?.map(({ email }) => email) ?? [];
  const phones = info?.phones?.items?.flatMap(({ phone, e164Phone }) => [phone, e164Phone]) ?? [];
  const present = (texts: readonly (string | null | undefined)[]): string[] =>
    texts.filter((text) => text != null);
  return {
    id,
    createdDate: createdDate ?? '',
    primaryEmail,
    primaryPhone,
    emails: present([primaryEmail, ...emails]),
    phones: present([primaryPhone, ...phones]),
    labelKeys: info?.labelKeys?.items ?? [],
  };
}

const CONTACTS_PATH = '/contacts/v4/contacts';

export const contactPath = (contactId: string): string =>
  `${CONTACTS_PATH}/${encodeURIComponent(contactId)}`;

/**
 * Get Contact: the only call that understands the id of a contact that was merged away, and answers
 * with the one that is left. Undefined for 404 CONTACT_NOT_FOUND; any other 404 is thrown.
 */
export async function getContact(call: Call, contactId: string): Promise<WixContact | undefined> {
  try {
    const { contact } = await call({
      operation: 'getContact',
      method: 'GET',
      path: contactPath(contactId),
      answer: ContactAnswer,
    });
    return toContact(contact);
  } catch (error) {
    if (error instanceof WixError && error.failure.code === 'CONTACT_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The most a page may hold. */
const CONTACTS_PER_PAGE = 1000;

/** Query Contacts by id, e-mail or phone, primary or not. Eventually consistent: a new one may be missing. */
export async function queryContacts(
  call: Call,
  { by, values }: ContactQuery,
): Promise<FoundContacts> {
  const { contacts } = await call({
    operation: 'queryContacts',
    method: 'POST',
    path: `${CONTACTS_PATH}/query`,
    body: {
      query: { filter: { [FIELD[by]]: { $in: values } }, paging: { limit: CONTACTS_PER_PAGE } },
    },
    answer: ContactsAnswer,
  });
  const found = (contacts ?? []).map(toContact);
  return { contacts: found, complete: found.length < CONTACTS_PER_PAGE };
}

/**
 * Create Contact. A 409 DUPLICATE_CONTACT_EXISTS names a contact that is there: by the e-mail, and by the
 * phone only where no e-mail is given, as the reference says; integrators saw relatives taken for one.
 * @returns with `duplicate`, the answer, where it named a contact that is there
 */
export async function createContact(
  call: Call,
  info: ContactInfo,
): Promise<{ readonly id: string; readonly duplicate?: WixFailure }> {
  const { email, phone, firstName, lastName } = info;
  const path = CONTACTS_PATH;
  const body = {
    info: {
      ...((firstName || lastName) && { name: { first: firstName, last: lastName } }),
      ...(email && { emails: { items: [{ tag: 'UNTAGGED', email, primary: true }] } }),
      ...(phone && { phones: { items: [{ tag: 'UNTAGGED', phone, primary: true }] } }),
    },
    allowDuplicates: false,
  };
  try {
    const request = { operation: 'createContact', method: 'POST', path, body } as const;
    const { contact } = await call({ ...request, answer: ContactAnswer });
    return { id: contact.id };
  } catch (error) {
    if (!(error instanceof WixError)) throw error;
    const { code, data } = error.failure;
    const id = code === 'DUPLICATE_CONTACT_EXISTS' ? data?.duplicateContactId : undefined;
    if (typeof id === 'string' && id !== '') return { id, duplicate: error.failure };
    throw error;
  }
}
