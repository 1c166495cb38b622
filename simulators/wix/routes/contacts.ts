import * as z from 'zod/mini';
import { GUID } from '../../../lib/events/event.ts';
import {
  applicationError,
  contactNotFound,
  ok,
  type SimulatedAnswer,
  validationError,
} from '../answers.ts';
import { asIndexed } from '../bulk-jobs.ts';
import { addContact, findDuplicate, touch } from '../contact.ts';
import { compileFilter, type FilterFields, wantedOf } from '../filter.ts';
import { pageOf, Query, sortedBy } from '../paging.ts';
import { read } from '../reading.ts';
import { isIndexed, isLabelKnown, nowIso, type RouteCall } from '../setup.ts';
import { type SimulatedContact, type Site, survivor } from '../state.ts';
import { labelNotFound } from './labels.ts';

// Contacts v4: shapes, limits and codes from npm @wix/auto_sdk_crm_contacts 1.0.1375 and
// https://dev.wix.com/docs/rest/crm/members-contacts/contacts/contacts/contact-v4 (checked 2026-11-21)

export const LabelKey = z.string().check(z.minLength(1), z.maxLength(80));
const Labelling = z.object({
  labelKeys: z.array(LabelKey).check(z.minLength(1), z.maxLength(100)),
});
const ContactId = z.object({ contactId: z.string().check(z.regex(GUID)) });

const text = z.nullish(z.string().check(z.maxLength(1000)));
const flags = { tag: z.nullish(z.string()), primary: z.nullish(z.boolean()) };
const Email = z.object({ email: z.string().check(z.minLength(1), z.maxLength(320)), ...flags });
const Phone = z.object({ phone: z.string().check(z.minLength(1), z.maxLength(50)), ...flags });
const itemsOf = <T extends z.ZodMiniType>(item: T, max: number) =>
  z.nullish(z.object({ items: z.array(item).check(z.maxLength(max)) }));
const NewContact = z.object({
  info: z.looseObject({
    name: z.nullish(z.object({ first: text, last: text })),
    emails: itemsOf(Email, 50),
    phones: itemsOf(Phone, 50),
    labelKeys: itemsOf(LabelKey, 2000),
  }),
  allowDuplicates: z.nullish(z.boolean()),
});

const emailsOf = ({ info }: SimulatedContact) => info.emails.items.map(({ email }) => email);
const phonesOf = ({ info }: SimulatedContact) => info.phones.items.map(({ phone }) => phone);
export const CONTACT_FILTERS: FilterFields<SimulatedContact> = {
  id: { operators: ['$eq', '$in'], values: ({ id }) => [id] },
  'primaryInfo.email': {
    operators: ['$eq', '$in'],
    values: ({ primaryInfo: { email } }) => (email === undefined ? [] : [email]),
  },
  'info.emails.email': { operators: ['$eq', '$in'], values: emailsOf },
  'primaryInfo.phone': {
    operators: ['$eq', '$in'],
    values: ({ primaryInfo: { phone } }) => (phone === undefined ? [] : [phone]),
  },
  'info.phones.phone': { operators: ['$eq', '$in'], values: phonesOf },
};

const SORTS: Readonly<Record<string, (contact: SimulatedContact) => string>> = {
  createdDate: ({ createdDate }) => createdDate,
  'primaryInfo.email': ({ primaryInfo }) => primaryInfo.email ?? '',
};

export const labelContact = (call: RouteCall): SimulatedAnswer =>
  changeLabels(call, call.body, 'add');

/** The keys come repeated in the query (the SDK) or in a JSON body (the docs' curl line). */
export function unlabelContact(call: RouteCall): SimulatedAnswer {
  const inQuery = call.query.getAll('labelKeys');
  return changeLabels(call, inQuery.length > 0 ? { labelKeys: inQuery } : call.body, 'remove');
}

/** All or nothing, unless unknown keys are to be ignored. Repeating it changes no label. */
function changeLabels(call: RouteCall, body: unknown, how: 'add' | 'remove'): SimulatedAnswer {
  const { setup, site, params } = call;
  const id = read(ContactId, params);
  if (id.refusal) return id.refusal;
  const asked = read(Labelling, body);
  if (asked.refusal) return asked.refusal;
  const contact = site.contacts.get(id.value.contactId);
  if (!contact) return contactNotFound(id.value.contactId);
  const keys = [...new Set(asked.value.labelKeys)];
  const refused = refuseUnknownKeys(call, keys);
  if (refused) return refused;

  const { labelKeys } = contact.info;
  const before = new Set(labelKeys.items);
  const changed = keys.filter(
    (key) => isLabelKnown(setup, site, key) && before.has(key) === (how === 'remove'),
  );
  const after = new Set(before);
  for (const key of changed) how === 'add' ? after.add(key) : after.delete(key);
  labelKeys.items = [...after];
  touch(site, contact, nowIso(setup));
  setup.onContactUpdated({
    siteId: site.id,
    contactId: contact.id,
    addedLabelKeys: how === 'add' ? changed : [],
    removedLabelKeys: how === 'remove' ? changed : [],
  });
  return ok({ contact });
}

/** The refusal where a key is of no label, unless such keys are to be ignored. */
export function refuseUnknownKeys(
  { setup, site }: RouteCall,
  keys: readonly string[],
): SimulatedAnswer | undefined {
  const unknown = keys.find((key) => !isLabelKnown(setup, site, key));
  if (unknown === undefined || setup.unknownLabelKey === 'ignored') return undefined;
  if (setup.unknownLabelKey === 'error-404') return labelNotFound(unknown);
  const description = `has a key that does not exist: ${unknown}`;
  if (setup.unknownLabelKey !== 'error-400') {
    const status = Number(setup.unknownLabelKey.slice('error-'.length));
    return applicationError(status, 'FAILED_PRECONDITION', description);
  }
  return validationError([{ field: 'labelKeys', description, violatedRule: 'OTHER' }]);
}

/** The only call that understands the id of a contact that was merged away. */
export function getContact({ site, params }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(ContactId, params);
  if (refusal) return refusal;
  const contact = survivor(site, value.contactId);
  if (!contact) return contactNotFound(value.contactId);
  return ok({ contact, responseType: contact.id === value.contactId ? 'REGULAR' : 'MERGED' });
}

export function queryContacts({ setup, site, body }: RouteCall): SimulatedAnswer {
  const { value, refusal } = read(Query, body ?? {});
  if (refusal) return refusal;
  const { filter, sort = [], paging } = value.query ?? {};
  const matches = compileFilter(filter, CONTACT_FILTERS, 'UNSUPPORTED_FILTER_FIELD_UNKNOWN');
  if (typeof matches !== 'function') return matches;
  const limit = paging?.limit ?? 50;
  if (limit > 1000) return applicationError(400, 'ILLEGAL_LIMIT', 'paging.limit is over 1000');
  const [{ fieldName, order } = { fieldName: 'createdDate' }, second] = sort;
  const by = Object.hasOwn(SORTS, fieldName) ? SORTS[fieldName] : undefined;
  if (!by || second) {
    return applicationError(400, 'UNSUPPORTED_SORT_FIELD', `${fieldName} cannot be sorted`);
  }
  const found = candidates(site, filter)
    .filter((one) => matches(one) && isIndexed(setup, one))
    .map((one) => asIndexed(setup, site, one));
  const { items, metadata } = pageOf(sortedBy([...found], by, order), paging, limit);
  return ok({ contacts: items, pagingMetadata: metadata });
}

/** All whom a filter may match: few where it names e-mails, for a large site is asked often. */
function candidates(site: Site, filter: unknown): readonly SimulatedContact[] {
  const emails = wantedOf(filter, 'info.emails.email');
  if (!emails) return [...site.contacts.values()];
  const ids = new Set(emails.flatMap((email) => [...(site.idsByEmail.get(String(email)) ?? [])]));
  return [...ids].flatMap((id) => site.contacts.get(id) ?? []);
}

export function createContact(call: RouteCall): SimulatedAnswer {
  const { setup, site, body } = call;
  const { value, refusal } = read(NewContact, body);
  if (refusal) return refusal;
  const { info, allowDuplicates } = value;
  const refused =
    refuseContact(call, info) ?? (allowDuplicates ? undefined : refuseTwin(call, info));
  if (refused) return refused;
  const { newId } = setup;
  const birth = { id: newId(), newId, createdDate: nowIso(setup), sourceType: 'OTHER' };
  return ok({ contact: addContact(site, info, birth) });
}

type NewInfo = z.infer<typeof NewContact>['info'];

function refuseContact(call: RouteCall, info: NewInfo): SimulatedAnswer | undefined {
  const emails = info.emails?.items ?? [];
  const phones = info.phones?.items ?? [];
  if (!info.name?.first && !info.name?.last && emails.length + phones.length === 0) {
    const description = 'A contact needs a name, a phone or an e-mail';
    return applicationError(400, 'INSUFFICIENT_CONTACT_DATA', description);
  }
  const severalPrimary = [emails, phones].some(
    (items: readonly { primary?: boolean | null | undefined }[]) =>
      items.filter(({ primary }) => primary).length > 1,
  );
  if (severalPrimary) {
    const description = 'Only one e-mail and one phone can be primary';
    return applicationError(400, 'CANNOT_HAVE_MULTIPLE_PRIMARY_INFO', description);
  }
  return refuseUnknownKeys(call, info.labelKeys?.items ?? []);
}

function refuseTwin({ site, setup }: RouteCall, info: NewInfo): SimulatedAnswer | undefined {
  const duplicate = findDuplicate(site, info, setup.duplicatesByPhone);
  return (
    duplicate &&
    applicationError(409, 'DUPLICATE_CONTACT_EXISTS', 'Duplicate contact already exists', {
      ...duplicate,
    })
  );
}
