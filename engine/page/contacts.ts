import type { Contact } from '../../page/api.ts';
import type { WixSimulator } from '../../simulators/wix/simulator.ts';
import type { Pieces } from './pieces.ts';

type Wix = Pick<WixSimulator, 'contact' | 'contacts' | 'labelNamesOf'>;

/** The last changed contacts that are shown at first. */
const MOST_SHOWN = 1_000;

export type Contacts = ReturnType<typeof createContacts>;

/**
 * The contacts of the simulated Wix, with what changed last of each.
 * @param pieces what happened before: from it comes what changed until now
 */
export function createContacts(wix: Wix, pieces: readonly Pieces[], now: () => number) {
  const known = new Map<string, Contact>();
  const before = changesIn(pieces);
  for (const { id, updatedDate } of wix.contacts()) {
    const change = before.get(id) ?? { added: [], removed: [] };
    const contact = read(id, { changedAt: Date.parse(updatedDate), ...change });
    if (contact) known.set(id, contact);
  }

  function read(
    id: string,
    change: Pick<Contact, 'changedAt' | 'added' | 'removed'>,
  ): Contact | undefined {
    const found = wix.contact(id);
    if (!found) return undefined;
    const { name, emails, phones } = found.info;
    const email = found.primaryInfo.email ?? emails.items[0]?.email;
    const phone = found.primaryInfo.phone ?? phones.items[0]?.phone;
    const full = [name?.first, name?.last].filter(Boolean).join(' ');
    return { id, name: full, email, phone, labels: wix.labelNamesOf(id), isGone: false, ...change };
  }

  /** Looks at a contact that may have changed. @returns it, where it did */
  function look(id: string): Contact | undefined {
    const last = known.get(id);
    const fresh = read(id, { changedAt: now(), added: [], removed: [] });
    if (!fresh) {
      known.delete(id);
      return last && { ...last, changedAt: now(), isGone: true };
    }
    const labels = last?.labels ?? [];
    const added = fresh.labels.filter((name) => !labels.includes(name));
    const removed = labels.filter((name) => !fresh.labels.includes(name));
    const isSame =
      last &&
      added.length + removed.length === 0 &&
      [last.name, last.email, last.phone].join() === [fresh.name, fresh.email, fresh.phone].join();
    if (isSame) return undefined;
    const changed = { ...fresh, added, removed };
    known.set(id, changed);
    return changed;
  }

  const latestFirst = (contacts: readonly Contact[]): readonly Contact[] =>
    contacts.toSorted((a, b) => b.changedAt - a.changedAt);

  return {
    list: (): readonly Contact[] => latestFirst([...known.values()]).slice(0, MOST_SHOWN),
    get: (id: string): Contact | undefined => known.get(id),
    /** Those of the ids that changed. */
    changed: (ids: Iterable<string>): readonly Contact[] =>
      latestFirst([...ids].flatMap((id) => look(id) ?? [])),
  };
}

/** What the worker did last to each contact, by its lines. */
function changesIn(pieces: readonly Pieces[]): Map<string, Pick<Contact, 'added' | 'removed'>> {
  const changes = pieces
    .flatMap(({ lines }) => lines)
    .filter(({ message, outcome }) => message === 'job' && outcome === 'done')
    .map((line) => line as { time?: string; contactId?: string; added?: []; removed?: [] })
    .filter(({ added = [], removed = [] }) => added.length + removed.length > 0)
    .sort((a, b) => `${a.time}`.localeCompare(`${b.time}`));
  return new Map(
    changes.map(({ contactId = '', added = [], removed = [] }) => [contactId, { added, removed }]),
  );
}
