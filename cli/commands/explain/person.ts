import type { ContactReference } from '../../../lib/events/event.ts';
import { spellings } from '../../../lib/labelling/contact/lookups.ts';
import { allMeant } from '../../../lib/labelling/contact/whom.ts';
import { groupTag } from '../../../lib/queue/identity.ts';
import { openSite } from '../../kit/site.ts';
import type { Target } from '../../kit/target.ts';
import type { Subject } from './subject.ts';

/** By what the logs can name a person. */
export interface PersonKeys {
  /** Contacts of the site, lower case. */
  readonly contactIds: readonly string[];
  /** The field `group` of lines about them: it holds no address and is equal for the same reference. */
  readonly groups: readonly string[];
  /** Why Wix could not be asked. */
  readonly problem?: string;
}

const NOBODY: PersonKeys = { contactIds: [], groups: [] };
/** Two calls are made; the workers' budget is theirs. */
const CALLS_PER_MINUTE = 10;

/** Who may be meant. An id that is no GUID is nobody's. */
export async function personOf(target: Target, subject: Subject): Promise<PersonKeys> {
  if (subject.kind === 'id') return NOBODY;
  const settings = await target.settings();
  const sites = [settings.get('WIX_SITE_ID'), settings.get('WIX_INSTANCE_ID')].filter(
    (site) => site !== undefined,
  );
  const asked = await contactsOf(target, subject).catch((error: Error) => ({
    contacts: [],
    problem: error.message,
  }));
  const { value } = subject;
  const named: ContactReference[] =
    subject.kind === 'email' ? [{ email: value }] : [{ contactId: value }, { memberId: value }];
  const known = asked.contacts.flatMap(({ id, emails }): ContactReference[] => [
    { contactId: id },
    ...emails.map((email) => ({ email })),
  ]);
  const groups = sites.flatMap((site) =>
    [...named, ...known].map((contact) => groupTag({ site, contact })),
  );
  const contactIds = [
    ...(subject.kind === 'guid' ? [value] : []),
    ...asked.contacts.map(({ id }) => id.toLowerCase()),
  ];
  return { ...asked, contactIds: [...new Set(contactIds)], groups: [...new Set(groups)] };
}

async function contactsOf(target: Target, { kind, value }: Subject) {
  const { wix } = await openSite(target, CALLS_PER_MINUTE);
  if (kind === 'email') {
    // Nobody knows whether Wix's filters tell capitals from others (docs/simulator.md).
    const values = [...new Set(spellings('email', value))];
    const { contacts } = await wix.queryContacts({ by: 'email', values });
    return { contacts: allMeant(contacts, 'email', { email: value }) };
  }
  const contact = await wix.getContact(value);
  return { contacts: contact ? [contact] : [] };
}
