import { type ContactReference, GUID } from '../../../lib/events/event.ts';
import { visibleAddress } from '../../../lib/events/invisible.ts';
import { spellings } from '../../../lib/labelling/contact/lookups.ts';
import { allMeant } from '../../../lib/labelling/contact/whom.ts';
import { groupTag } from '../../../lib/queue/identity.ts';
import { ageMs } from '../../kit/command.ts';
import { wrongUsage } from '../../kit/failure.ts';
import type { Logs } from '../../kit/open-logs.ts';
import { openSite } from '../../kit/site.ts';
import type { Target } from '../../kit/target.ts';

/**
 * What is asked about: a person by e-mail, a Wix id that may be anything's, an order by its number (without the `#`
 * that it was written with), or the id of an event, a job or an order.
 */
export interface Subject {
  readonly kind: 'email' | 'guid' | 'order' | 'id';
  readonly value: string;
}

export function subjectOf(given: string): Subject {
  const value = visibleAddress(given);
  if (value === '') throw wrongUsage('Say what to explain: it is blank.');
  if (/^#\s*\S/.test(value)) return { kind: 'order', value: orderNumber(value) };
  // The logs hold no address, so no id in them has an @.
  if (value.includes('@')) return { kind: 'email', value };
  return GUID.test(value) ? { kind: 'guid', value: value.toLowerCase() } : { kind: 'id', value };
}

/** An order's number without the `#` that shops and people write before it. */
export const orderNumber = (written: string): string => written.replace(/^#\s*/, '');

/** When to begin, from `7d`, `12h`, `30m`, `2w` ago or an ISO date. @returns epoch milliseconds */
export function sinceOf(given: string, now: number): number {
  const age = ageMs(given);
  if (age !== undefined) return now - age;
  // Without a zone it is UTC, as all times that are shown, and not that of this machine.
  const stamp = /[T ][\d:.]+$/.test(given) ? `${given}Z` : given;
  const time = /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(stamp) : Number.NaN;
  if (time > now) throw wrongUsage(`--since is "${given}", which is yet to come.`);
  if (!Number.isNaN(time)) return time;
  throw wrongUsage(
    `--since is "${given}". Write how long ago (30m, 12h, 7d, 2w) or a date (2026-11-20, 2026-11-20T09:00Z).`,
  );
}

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
export async function personOf(
  { target, logs }: Pick<Logs, 'target' | 'logs'>,
  subject: Subject,
): Promise<PersonKeys> {
  if (subject.kind === 'id' || subject.kind === 'order') return NOBODY;
  const sites = await (target ? sitesOf(target) : sitesIn(logs));
  const { contacts, ...problem } = target
    ? await contactsOf(target, subject).catch((error: Error) => ({
        contacts: [],
        problem: error.message,
      }))
    : { contacts: [], problem: 'the engine has ended' };
  const { value } = subject;
  const named: ContactReference[] =
    subject.kind === 'email' ? [{ email: value }] : [{ contactId: value }, { memberId: value }];
  const known = contacts.flatMap(({ id, emails }): ContactReference[] => [
    { contactId: id },
    ...emails.map((email) => ({ email })),
  ]);
  const groups = sites.flatMap((site) =>
    [...named, ...known].map((contact) => groupTag({ site, contact })),
  );
  const contactIds = [
    ...(subject.kind === 'guid' ? [value] : []),
    ...contacts.map(({ id }) => id.toLowerCase()),
  ];
  return { ...problem, contactIds: [...new Set(contactIds)], groups: [...new Set(groups)] };
}

async function sitesOf(target: Target): Promise<readonly string[]> {
  const settings = await target.settings();
  return (['WIX_SITE_ID', 'WIX_INSTANCE_ID'] as const).flatMap((name) => settings.get(name) ?? []);
}

/** The sites that lines of a log are about. */
async function sitesIn(logs: Logs['logs']): Promise<readonly string[]> {
  const lines = await logs({ anyOf: ['"site":"'], since: 0 });
  return [...new Set(lines.flatMap(({ site }) => (typeof site === 'string' ? [site] : [])))];
}

async function contactsOf(target: Target, { kind, value }: Subject) {
  const { wix } = await openSite(target, CALLS_PER_MINUTE);
  if (kind === 'email') {
    // Nobody knows whether Wix's filters distinguish capitals from others (docs/simulator.md).
    const values = [...new Set(spellings('email', value))];
    const { contacts } = await wix.queryContacts({ by: 'email', values });
    return { contacts: allMeant(contacts, 'email', { email: value }) };
  }
  const contact = await wix.getContact(value);
  return { contacts: contact ? [contact] : [] };
}
