import { emailKey, KEY_OF, phoneKey } from '../../events/contact.ts';
import type { ContactReference } from '../../events/event.ts';
import type { FoundContacts, WixContact } from '../../wix/contacts.ts';

export type AddressKind = 'email' | 'phone';

/** The addresses by which an event names somebody. A look-up by phone may have an e-mail as well. */
export type Addresses = Pick<ContactReference, AddressKind>;

/** A contact with the keys of the addresses that it shows. */
interface ShownContact {
  readonly contact: WixContact;
  readonly email: ReadonlySet<string>;
  readonly phone: ReadonlySet<string>;
}

const shownBy = (contact: WixContact): ShownContact => ({
  contact,
  email: new Set(contact.emails.map(emailKey)),
  phone: new Set(contact.phones.map(phoneKey)),
});

const shows = (shown: ShownContact, by: AddressKind, address: string | undefined): boolean =>
  address !== undefined && shown[by].has(KEY_OF[by](address));

/** The contact shows no address, so it may be anybody's. */
const showsNothing = ({ email, phone }: ShownContact): boolean => email.size + phone.size === 0;

/**
 * The address by which an event is about the contact: the e-mail; or the phone, which a household may share,
 * and then the contact shows no e-mail where the event has one. Undefined: it is somebody else.
 */
function namedBy(shown: ShownContact, { email, phone }: Addresses): AddressKind | undefined {
  if (shows(shown, 'email', email)) return 'email';
  const mayBeByPhone = email === undefined || shown.email.size === 0;
  return mayBeByPhone && shows(shown, 'phone', phone) ? 'phone' : undefined;
}

/** The same for a contact that Wix itself named for these addresses: it may also show no address at all. */
export function meantBy(contact: WixContact, addresses: Addresses): AddressKind | undefined {
  const shown = shownBy(contact);
  const first = addresses.email === undefined ? 'phone' : 'email';
  return namedBy(shown, addresses) ?? (showsNothing(shown) ? first : undefined);
}

/**
 * Chooses, from the answer to one look-up, the contact that each event is about.
 * @returns `found`: ids by addresses. `partial`: who is not in it may still exist, and is asked for alone
 */
export function chosenFrom<T extends Addresses>(
  { contacts, complete }: FoundContacts,
  by: AddressKind,
  asks: readonly T[],
): { readonly found: ReadonlyMap<T, string>; readonly partial: boolean } {
  const all = contacts.map(shownBy);
  const hasStrays = all.some((shown) => !asks.some((ask) => shows(shown, by, ask[by])));
  const found = asks.flatMap((ask) => {
    const id = best(asks.length === 1 ? meantAlone(all, by, ask) : named(all, ask), by, ask);
    return id === undefined ? [] : [[ask, id] as const];
  });
  return { found: new Map(found), partial: !complete || hasStrays };
}

/** All contacts of the answer to one look-up that an event with these addresses may be about. */
export const allMeant = (
  contacts: readonly WixContact[],
  by: AddressKind,
  ask: Addresses,
): readonly WixContact[] =>
  meantAlone(contacts.map(shownBy), by, ask).map(({ contact }) => contact);

const named = (all: readonly ShownContact[], ask: Addresses): readonly ShownContact[] =>
  all.filter((shown) => namedBy(shown, ask) !== undefined);

/**
 * The contacts meant by addresses that were asked for alone. A single contact of an answer that leaves
 * addresses out was meant; but where the event has an e-mail, a contact found by phone must show that phone.
 */
function meantAlone(all: readonly ShownContact[], by: AddressKind, ask: Addresses) {
  const [only] = all;
  const isLeftOut = all.length === 1 && only !== undefined && showsNothing(only);
  return isLeftOut && (by === 'email' || ask.email === undefined) ? [only] : named(all, ask);
}

/** Of several the one with the e-mail, then the one whose primary address it is, then the oldest. */
function best(all: readonly ShownContact[], by: AddressKind, asked: Addresses): string | undefined {
  const rank = (shown: ShownContact): string => {
    const { id, createdDate, primaryEmail, primaryPhone } = shown.contact;
    const primary = by === 'email' ? primaryEmail : primaryPhone;
    const isPrimary = primary !== undefined && KEY_OF[by](primary) === KEY_OF[by](asked[by] ?? '');
    return `${shows(shown, 'email', asked.email) ? 0 : 1} ${isPrimary ? 0 : 1} ${createdDate} ${id}`;
  };
  return all.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]?.contact.id;
}
