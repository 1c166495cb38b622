import fc from 'fast-check';
import type { ContactReference } from '../../lib/events/event.ts';
import type { WixSimulator } from '../../simulators/wix/simulator.ts';

// A site of people who share phones and names, and an oracle of whom an event names. The oracle compares places
// in the lists below and never a text with a text, so it shares nothing with the code that it judges.

const EMAILS = ['kim@example.com', 'mother@example.com', 'son@example.com', 'aunt@example.com'];
/** A number as Wix keeps it, and other ways to write it. */
const PHONES = [
  [
    '+12025550102',
    '+1 (202) 555-0102',
    '001 202 555 0102',
    '(+1) 202-555-0102',
    '\u202a+12025550102',
  ],
  ['+4915112345670', '+49 151 12345670', '0049 15112345670', '＋49 151 1234567٠'],
  ['0307412589', '030 741 25 89', '(030) 7412589\u200b'],
] as const;
/** What people fill a phone field with. Contacts have such a number, too. */
const NOBODYS = ['0000000000', '+1 123 456 7890', '1234567', '+1', '٠٠٠٠٠٠٠٠', '1111111 ext 5'];

const EVERYBODYS_NAME = { firstName: 'Kim', lastName: 'Park' };
const guid = (kind: string, n: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const memberIdOf = (n: number): string => guid('a', n);

/** One of the people: places in the lists, and whether they are a member of the site. */
export interface Person {
  readonly emails: readonly number[];
  /** -1: a number that is nobody's. */
  readonly phones: readonly number[];
  readonly isMember: boolean;
}

const place = (list: readonly unknown[]) => fc.nat({ max: list.length - 1 });
export const person: fc.Arbitrary<Person> = fc
  .record({
    emails: fc.uniqueArray(place(EMAILS), { maxLength: 2 }),
    phones: fc.uniqueArray(fc.oneof(place(PHONES), fc.constant(-1)), { maxLength: 2 }),
    isMember: fc.boolean(),
  })
  .filter(({ emails, phones }) => emails.length + phones.length > 0);

/** By what an event names somebody: places among the people and in the lists. */
export interface Naming {
  /** One of the people, by the contact's id or by the member's; or an id that nobody has. */
  readonly contact?: { readonly person: number; readonly by: 'contact' | 'member' | 'nobody' };
  /** One of the people, be they a member or not. */
  readonly member?: number;
  readonly email?: number;
  /** -1: a number that is nobody's. */
  readonly phone?: number;
  /** Which of the ways to write the addresses. */
  readonly how: number;
}

const some = <T>(value: fc.Arbitrary<T>, weight: number) =>
  fc.oneof(
    { weight: 10 - weight, arbitrary: fc.constant(undefined) },
    { weight, arbitrary: value },
  );
const anybody = fc.nat({ max: 5 });
export const naming: fc.Arbitrary<Naming> = fc
  .record({
    contact: some(
      fc.record({
        person: anybody,
        by: fc.constantFrom('contact' as const, 'member' as const, 'nobody' as const),
      }),
      2,
    ),
    member: some(anybody, 2),
    email: some(place(EMAILS), 7),
    phone: some(fc.oneof(place(PHONES), place(PHONES), fc.constant(-1)), 7),
    how: fc.nat({ max: 100 }),
  })
  .map(
    (one) =>
      Object.fromEntries(
        Object.entries(one).filter(([, value]) => value !== undefined),
      ) as unknown as Naming,
  );

const written = (ways: readonly string[], how: number): string => ways[how % ways.length] ?? '';

/** What an event says that is sent now: the id of a contact that is yet to come is nobody's. */
export function sentNow(naming: Naming, people: readonly string[]): Naming {
  const { contact } = naming;
  const isToCome = contact?.by === 'contact' && people[contact.person] === undefined;
  return isToCome ? { ...naming, contact: { ...contact, by: 'nobody' } } : naming;
}

/** The reference of such an event, as a careless sender and an older receiver may have written it. */
export function referenceOf(
  { contact, member, email, phone, how }: Naming,
  people: readonly string[],
): ContactReference {
  const address = EMAILS[email ?? -1];
  const ids = contact && {
    contact: people[contact.person] ?? guid('d', contact.person),
    member: memberIdOf(contact.person),
    nobody: guid('e', contact.person),
  };
  return {
    ...EVERYBODYS_NAME,
    ...(contact && ids && { contactId: ids[contact.by] }),
    ...(member !== undefined && { memberId: memberIdOf(member) }),
    ...(address && {
      email: written([address, address.toUpperCase(), `\u200b${address}`, `${address}\u202c`], how),
    }),
    ...(phone !== undefined && { phone: written(PHONES[phone] ?? NOBODYS, how) }),
  };
}

/** A site with its people, as the oracle knows it. */
export function openSite(wix: WixSimulator) {
  /** Ids of all that ever were, in the order in which they came. */
  const people: string[] = [];
  const members = new Map<string, string>();
  const mergedInto = new Map<string, string>();
  const isThere = (id: string | undefined): id is string =>
    id !== undefined && wix.contact(id) !== undefined;

  return {
    people,
    /** Adds somebody, as a person does who merges two contacts into one. */
    add({ emails, phones, isMember }: Person): void {
      const memberId = memberIdOf(people.length);
      const addresses = [
        ...emails.map((at) => ({ email: EMAILS[at] ?? '' })),
        ...phones.map((at) => ({ phone: PHONES[at]?.[0] ?? NOBODYS[0] ?? '' })),
      ];
      const [id = '', ...others] = addresses.map((address, index) => {
        const member = isMember && index === 0 ? { memberId } : {};
        return wix.addContact({ ...EVERYBODYS_NAME, ...address, ...member });
      });
      for (const other of others) wix.mergeContacts(other, id);
      if (isMember) members.set(memberId, id);
      people.push(id);
    },
    remove(n: number): void {
      const id = people[n];
      if (isThere(id)) wix.removeContact(id);
    },
    /** Wix merges a member into nobody. */
    merge(from: number, into: number): void {
      const [source, target] = [people[from], people[into]];
      if (from === into || !isThere(source) || !isThere(target)) return;
      if ([...members.values()].includes(source)) return;
      wix.mergeContacts(source, target);
      mergedInto.set(source, target);
    },
    /**
     * Whom the event names by now: by its strongest reference that anybody has. Contact ids.
     * @param isSure whether Wix shows everybody: if not, who has the e-mail may be missed
     */
    named({ contact, member, email, phone }: Naming, isSure: boolean): ReadonlySet<string> {
      let given = contact?.by === 'contact' ? people[contact.person] : undefined;
      while (given !== undefined && mergedInto.has(given)) given = mergedInto.get(given);
      if (isThere(given)) return new Set([given]);
      for (const n of [contact?.by === 'member' ? contact.person : undefined, member]) {
        const its = n === undefined ? undefined : members.get(memberIdOf(n));
        if (isThere(its)) return new Set([its]);
      }
      const all = wix.contacts();
      const byEmail = all.filter(({ info }) =>
        info.emails.items.some((one) => bare(one.email) === EMAILS[email ?? -1]),
      );
      const byPhone = all.filter(({ info }) => {
        const ways = PHONES[phone ?? -1]?.map(bare) ?? [];
        const isAlone = email === undefined || info.emails.items.length === 0;
        return isAlone && info.phones.items.some((one) => ways.includes(bare(one.phone)));
      });
      // In capitals, as an event may have made it, a filter that compares exactly does not show a contact.
      const isShown = byEmail.some(({ info }) =>
        info.emails.items.some((one) => one.email === EMAILS[email ?? -1]),
      );
      const both = isSure && isShown ? byEmail : [...byEmail, ...byPhone];
      return new Set(both.map(({ id }) => id));
    },
  };
}

/** A contact is made with the addresses that the event wrote, in part. */
const bare = (address: string): string =>
  address.replace(/[\u200b\u202a\u202c]/g, '').toLowerCase();
