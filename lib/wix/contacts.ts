import * as z from 'zod/mini';
import type { Call } from './calls/client.ts';
import { WixError, type WixFailure } from './calls/failure.ts';

// Contacts v4: https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/contact-v4 (checked 2026-11-21)

const nullish = <T extends z.ZodMiniType>(type: T) => z.optional(z.nullable(type));

const Contact = z.object({
  id: z.string().check(z.minLength(1)),
  createdDate: nullish(z.string()),
  primaryInfo: nullish(z.object({ email: nullish(z.string()), phone: nullish(z.string()) })),
  info: nullish(
    z.object({
      emails: nullish(
        z.object({ items: nullish(z.array(z.object({ email: nullish(z.string()) }))) }),
      ),
      phones: nullish(
        z.object({
          items: nullish(
            z.array(z.object({ phone: nullish(z.string()), e164Phone: nullish(z.string()) })),
          ),
        }),
      ),
      labelKeys: nullish(z.object({ items: nullish(z.array(z.string())) })),
    }),
  ),
});
const ContactAnswer = z.object({ contact: Contact });
// Without its info an answer does not say which labels there are; without keys it says there are none.
const LabelledAnswer = z.object({
  contact: z.object({
    info: z.object({ labelKeys: nullish(z.object({ items: nullish(z.array(z.string())) })) }),
  }),
});
const ContactsAnswer = z.object({ contacts: nullish(z.array(Contact)) });

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

export interface ContactInfo {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

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

const contactPath = (contactId: string): string =>
  `/contacts/v4/contacts/${encodeURIComponent(contactId)}`;

/** Label keys that one call may add or remove; of a bulk job as well. */
export const KEYS_PER_CALL = 100;

/** Label Contact: adds labels, KEYS_PER_CALL keys at the most. Returns the keys the contact then has. */
export async function labelContact(
  call: Call,
  contactId: string,
  labelKeys: readonly string[],
): Promise<readonly string[]> {
  const { contact } = await call({
    operation: 'labelContact',
    method: 'POST',
    path: `${contactPath(contactId)}/labels`,
    body: { labelKeys },
    answer: LabelledAnswer,
  });
  return contact.info.labelKeys?.items ?? [];
}

/**
 * The longest path and query of a removal. What stands before Wix may take 8 KB for a request's first
 * line and headers together; 4 KB with the host's name are half of that.
 */
const LONGEST_TARGET = 4_000;

/** Cuts what is to be taken off a contact into calls, by the number of keys and by the length of the URL. */
export function removalsOf<T>(
  contactId: string,
  items: readonly T[],
  keyOf: (item: T) => string,
): T[][] {
  const calls: T[][] = [];
  let length = 0;
  for (const item of items) {
    const its = `&${keyParameter(keyOf(item))}`.length;
    const last = calls.at(-1);
    if (last && last.length < KEYS_PER_CALL && length + its <= LONGEST_TARGET) {
      last.push(item);
      length += its;
    } else {
      calls.push([item]);
      length = `${contactPath(contactId)}/labels`.length + its;
    }
  }
  return calls;
}

const keyParameter = (key: string): string => `labelKeys=${encodeURIComponent(key)}`;

/**
 * Unlabel Contact: as many keys as `removalsOf` puts into a call. Returns the keys the contact then has.
 * The keys go in the query, repeated, as Wix's own SDK 1.21.16 sends them.
 */
export async function unlabelContact(
  call: Call,
  contactId: string,
  labelKeys: readonly string[],
): Promise<readonly string[]> {
  const query = labelKeys.map(keyParameter).join('&');
  const { contact } = await call({
    operation: 'unlabelContact',
    method: 'DELETE',
    path: `${contactPath(contactId)}/labels?${query}`,
    answer: LabelledAnswer,
  });
  return contact.info.labelKeys?.items ?? [];
}

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

/** Query Contacts by id, or by e-mail or phone, primary or not. Eventually consistent: a new one may be missing. */
export async function queryContacts(
  call: Call,
  { by, values }: ContactQuery,
): Promise<FoundContacts> {
  const { contacts } = await call({
    operation: 'queryContacts',
    method: 'POST',
    path: '/contacts/v4/contacts/query',
    body: {
      query: { filter: { [FIELD[by]]: { $in: values } }, paging: { limit: CONTACTS_PER_PAGE } },
    },
    answer: ContactsAnswer,
  });
  const found = (contacts ?? []).map(toContact);
  return { contacts: found, complete: found.length < CONTACTS_PER_PAGE };
}

export interface CreatedContact {
  readonly id: string;
  /** The answer that named this contact instead: it was there, and may be another's who shares the phone. */
  readonly duplicate?: WixFailure;
}

/**
 * Create Contact. A 409 DUPLICATE_CONTACT_EXISTS names a contact that is there: by the e-mail, and by the
 * phone only where no e-mail is given, as the reference says; integrators saw relatives taken for one.
 */
export async function createContact(call: Call, info: ContactInfo): Promise<CreatedContact> {
  const { email, phone, firstName, lastName } = info;
  const body = {
    info: {
      ...((firstName || lastName) && { name: { first: firstName, last: lastName } }),
      ...(email && { emails: { items: [{ tag: 'UNTAGGED', email, primary: true }] } }),
      ...(phone && { phones: { items: [{ tag: 'UNTAGGED', phone, primary: true }] } }),
    },
    allowDuplicates: false,
  };
  try {
    const path = '/contacts/v4/contacts';
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
