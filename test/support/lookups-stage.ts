import { createLookups } from '../../lib/labelling/contact/lookups.ts';
import type { ContactQuery, FoundContacts, WixContact } from '../../lib/wix/contacts.ts';
import type { WixSite } from '../../lib/wix/site.ts';
import { createFakeWix } from './fake-wix.ts';

/** A contact whose first address of each kind is its primary one. */
export function contact(
  id: string,
  { emails = [], phones = [], ...over }: Partial<WixContact> = {},
): WixContact {
  const [primaryEmail] = emails;
  const [primaryPhone] = phones;
  const addresses = { emails, phones, primaryEmail, primaryPhone };
  return { id, createdDate: '2026', ...addresses, labelKeys: [], ...over };
}

type Answer = (query: ContactQuery) => readonly WixContact[] | FoundContacts | Error;

/** A site that answers each query as the test says, and keeps what it was asked. */
export function siteOf(answer: Answer) {
  const queries: ContactQuery[] = [];
  const queryContacts: WixSite['queryContacts'] = async (query) => {
    queries.push(query);
    const its = answer(query);
    if (its instanceof Error) throw its;
    return 'complete' in its ? its : { contacts: its, complete: true };
  };
  const wix: WixSite = { ...createFakeWix().site, queryContacts };
  return { wix, queries, values: () => queries.map(({ values }) => values) };
}
export const NOBODY = (): readonly WixContact[] => [];

/** Several look-ups in one turn of the event loop. */
export function byEmails(wix: WixSite, ...emails: readonly string[]) {
  const lookups = createLookups();
  return Promise.all(emails.map((email) => lookups.byEmail(wix, email)));
}
export const byEmail = async (wix: WixSite, email: string) => (await byEmails(wix, email))[0];
export const byPhone = (wix: WixSite, phone: string) => createLookups().byPhone(wix, phone);
