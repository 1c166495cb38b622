import { emailKey, phoneKey } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import type { FoundContacts, WixContact } from '../../wix/contacts.ts';

export type AddressKind = 'email' | 'phone';

/** By what addresses an event names somebody. One that is looked for by phone may have an e-mail as well. */
export type Addresses = Pick<ContactReference, AddressKind>;

const KEY_OF = { email: emailKey, phone: phoneKey } as const;

/** A contact with the keys of the addresses that it shows. */
interface Shown {
  readonly contact: WixContact;
  readonly email: ReadonlySet<string>;
  readonly phone: ReadonlySet<string>;
}

const shownBy = (contact: WixContact): Shown => ({
  contact,
  email: new Set(contact.emails.map(emailKey)),
  phone: new Set(contact.phones.map(phoneKey)),
});

const shows = (shown: Shown, by: AddressKind, address: string | undefined): boolean =>
  address !== undefined && shown[by].has(KEY_OF[by](address));

/** There is nothing to tell whose it is. */
const showsNothing = ({ email, phone }: Shown): boolean => email.size + phone.size === 0;

/**
 * By which of these addresses an event is about the contact: it shows the e-mail; or the phone, which a
 * household may share, and then no e-mail at all where the event has one. Undefined: it is somebody else.
 */
function namedBy(shown: Shown, { email, phone }: Addresses): AddressKind | undefined {
  if (shows(shown, 'email', email)) return 'email';
  const mayBeByPhone = email === undefined || shown.email.size === 0;
  return mayBeByPhone && shows(shown, 'phone', phone) ? 'phone' : undefined;
}

/**
 * The same of a contact that Wix itself names for these addresses: one that shows none is taken for it.
 * Undefined: it is somebody else.
 */
export function meantBy(contact: WixContact, addresses: Addresses): AddressKind | undefined {
  const shown = shownBy(contact);
  const first = addresses.email === undefined ? 'phone' : 'email';
  return namedBy(shown, addresses) ?? (showsNothing(shown) ? first : undefined);
}

/** Whom of the contacts that were found each event means. */
export interface Chosen<T extends Addresses> {
  readonly chosen: ReadonlyMap<T, WixContact>;
  /** Of what is not there nothing is known: each has to be asked for by itself. */
  readonly partial: boolean;
}

/** The contacts that events with these addresses are about, out of the answer to one look-up for them all. */
export function chosenFrom<T extends Addresses>(
  { contacts, complete }: FoundContacts,
  by: AddressKind,
  asks: readonly T[],
): Chosen<T> {
  const all = contacts.map(shownBy);
  const hasStrays = all.some((shown) => !asks.some((ask) => shows(shown, by, ask[by])));
  const chosen = asks.flatMap((ask) => {
    const one = best(asks.length === 1 ? meantAlone(all, by, ask) : named(all, ask), by, ask);
    return one ? [[ask, one] as const] : [];
  });
  return { chosen: new Map(chosen), partial: !complete || hasStrays };
}

/** All contacts of the answer to one look-up that an event with these addresses may be about. */
export const allMeant = (
  contacts: readonly WixContact[],
  by: AddressKind,
  ask: Addresses,
): readonly WixContact[] =>
  meantAlone(contacts.map(shownBy), by, ask).map(({ contact }) => contact);

const named = (all: readonly Shown[], ask: Addresses): readonly Shown[] =>
  all.filter((shown) => namedBy(shown, ask) !== undefined);

/**
 * Asked for alone, the one contact of an answer that leaves addresses out was meant. Of several nobody can
 * tell that they are not all that the site has; and who has an e-mail is by phone only one who shows it.
 */
function meantAlone(all: readonly Shown[], by: AddressKind, ask: Addresses): readonly Shown[] {
  const [only] = all;
  const isLeftOut = all.length === 1 && only !== undefined && showsNothing(only);
  return isLeftOut && (by === 'email' || ask.email === undefined) ? [only] : named(all, ask);
}

/** Of several the one with the e-mail, then the one whose primary address it is, then the oldest. */
function best(shown: readonly Shown[], by: AddressKind, asked: Addresses): WixContact | undefined {
  const rank = (one: Shown): string => {
    const { id, createdDate, primaryEmail, primaryPhone } = one.contact;
    const primary = by === 'email' ? primaryEmail : primaryPhone;
    const isPrimary = primary !== undefined && KEY_OF[by](primary) === KEY_OF[by](asked[by] ?? '');
    return `${shows(one, 'email', asked.email) ? 0 : 1} ${isPrimary ? 0 : 1} ${createdDate} ${id}`;
  };
  return shown.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]?.contact;
}
