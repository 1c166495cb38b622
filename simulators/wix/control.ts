import * as z from 'zod/mini';
import type { Admin, NewContact } from './admin.ts';
import { json, type SimulatedAnswer } from './answers.ts';
import type { Faults } from './faults.ts';
import type { SimulatedContact } from './state.ts';

const text = z.optional(z.string().check(z.minLength(1)));
const ContactBody = z.strictObject({
  email: text,
  phone: text,
  firstName: text,
  lastName: text,
  memberId: text,
  site: text,
});

const MergeBody = z.strictObject({ from: z.string(), into: z.string() });

export interface Controlled {
  readonly admin: Admin;
  readonly faults: Faults;
  readonly calls: readonly unknown[];
}

/** The endpoints under `/_simulator/`, for curl and for other processes: no auth, never recorded. */
export function control(
  { admin, faults, calls }: Controlled,
  route: string,
  query: URLSearchParams,
  body: unknown,
): SimulatedAnswer {
  const site = query.get('site') ?? undefined;
  try {
    switch (route) {
      case 'GET /_simulator/contacts':
        return json(200, { contacts: list(admin, site, query.get('email')) });
      case 'POST /_simulator/contacts':
        return json(
          200,
          Array.isArray(body)
            ? { ids: body.map((one) => add(admin, one)) }
            : { id: add(admin, body) },
        );
      case 'POST /_simulator/merges':
        return json(200, { id: merge(admin, body) });
      case 'GET /_simulator/labels':
        return json(200, { labels: admin.labels(site) });
      case 'GET /_simulator/calls':
        return json(200, { calls });
      case 'POST /_simulator/faults':
        faults.add(body);
        return json(200, {});
      case 'DELETE /_simulator/faults':
        faults.clear();
        return json(200, {});
    }
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
  return json(404, { message: `No ${route} here: docs/simulator.md lists the control endpoints.` });
}

function list(admin: Admin, site: string | undefined, email: string | null): unknown[] {
  return admin
    .contacts(site)
    .filter(({ info }) => email === null || info.emails.items.some((one) => one.email === email))
    .map((contact) => summary(admin, contact));
}

function summary(admin: Admin, { id, info, primaryInfo }: SimulatedContact): unknown {
  return {
    id,
    site: admin.siteIdOf(id),
    memberId: admin.memberIdOf(id),
    ...primaryInfo,
    firstName: info.name?.first,
    lastName: info.name?.last,
    labels: admin.labelNamesOf(id),
  };
}

function add(admin: Admin, body: unknown): string {
  const parsed = ContactBody.safeParse(body);
  if (!parsed.success) {
    throw new Error(
      `Not a contact: it takes ${Object.keys(ContactBody.shape).join(', ')}, as text.`,
    );
  }
  const { site, ...contact } = parsed.data;
  return admin.addContact(contact satisfies NewContact, site);
}

/** @returns the id of the contact that is left */
function merge(admin: Admin, body: unknown): string {
  const { data } = MergeBody.safeParse(body);
  if (!data) throw new Error('Not a merge: it takes from and into, ids of two contacts.');
  admin.mergeContacts(data.from, data.into);
  return data.into;
}
