import { phoneDigits } from '../events/event.ts';
import type { FoundContacts, WixContact } from '../wix/contacts.ts';
import { WixError } from '../wix/failure.ts';
import type { WixSite } from '../wix/wix.ts';
import { isForGood, meaningOf } from './policy.ts';

/** Finds contacts of one site, by what events call them. Each gives undefined for nobody. */
export interface Lookups {
  byEmail(wix: WixSite, email: string): Promise<string | undefined>;
  byPhone(wix: WixSite, phone: string): Promise<string | undefined>;
  byMember(wix: WixSite, memberId: string): Promise<string | undefined>;
}

/** What a look-up of several told. */
interface Answer {
  /** Contact ids, by what was asked. */
  readonly found: ReadonlyMap<string, string>;
  /** Of what is not found nothing is known: each has to be asked for by itself. */
  readonly partial: boolean;
}

type Run = (wix: WixSite, asks: readonly string[]) => Promise<Answer>;

/** Look-ups that share requests: what is asked for at the same time is asked for together. */
export function createLookups(): Lookups {
  return { byEmail: joint(byEmails), byPhone: joint(byPhones), byMember: joint(byMembers) };
}

interface Gathering {
  readonly asks: Set<string>;
  readonly answer: Promise<Answer>;
}

/**
 * Gathers what is asked for until the event loop has gone round, then asks once. An answer for good to
 * several (one malformed address is enough) is no answer to any, so then each asks for itself.
 */
function joint(run: Run): (wix: WixSite, ask: string) => Promise<string | undefined> {
  let gathering: Gathering | undefined;

  function gather(wix: WixSite): Gathering {
    const asks = new Set<string>();
    const answer = new Promise((turn) => setImmediate(turn)).then(() => {
      gathering = undefined;
      return run(wix, [...asks]);
    });
    return { asks, answer };
  }

  return async (wix, ask) => {
    gathering ??= gather(wix);
    const { asks, answer } = gathering;
    asks.add(ask);
    const alone = async () => (await run(wix, [ask])).found.get(ask);
    try {
      const { found, partial } = await answer;
      return found.get(ask) ?? (partial && asks.size > 1 ? await alone() : undefined);
    } catch (error) {
      const refused = error instanceof WixError && isForGood(meaningOf(error.failure));
      if (refused && asks.size > 1) return alone();
      throw error;
    }
  };
}

interface Address {
  /** What is equal for all ways to write it. */
  readonly normalise: (address: string) => string;
  readonly primary: (contact: WixContact) => string | undefined;
  readonly all: (contact: WixContact) => readonly string[];
}
type AddressKind = 'email' | 'phone';

const ADDRESSES: Readonly<Record<AddressKind, Address>> = {
  email: {
    normalise: (email) => email.toLowerCase(),
    primary: ({ primaryEmail }) => primaryEmail,
    all: ({ emails }) => emails,
  },
  phone: {
    normalise: phoneDigits,
    primary: ({ primaryPhone }) => primaryPhone,
    all: ({ phones }) => phones,
  },
};

const byEmails: Run = (wix, asks) => byAddress(wix, 'email', asks);
const byPhones: Run = (wix, asks) => byAddress(wix, 'phone', asks);

async function byAddress(wix: WixSite, by: AddressKind, asks: readonly string[]): Promise<Answer> {
  const { normalise } = ADDRESSES[by];
  const values = [...new Set(asks.flatMap((ask) => [ask, normalise(ask)]))];
  const { chosen, partial } = chosenFrom(await wix.queryContacts({ by, values }), by, asks);
  return { found: new Map([...chosen].map(([ask, { id }]) => [ask, id])), partial };
}

/** Whom of the contacts that were found each address means. */
export interface Chosen {
  readonly chosen: ReadonlyMap<string, WixContact>;
  /** Of what is not there nothing is known: each has to be asked for by itself. */
  readonly partial: boolean;
}

/** The contacts that events with these addresses are about. */
export function chosenFrom(
  { contacts, complete }: FoundContacts,
  by: AddressKind,
  asks: readonly string[],
): Chosen {
  const { normalise, primary, all } = ADDRESSES[by];
  const holds = (contact: WixContact, ask: string): boolean =>
    all(contact).some((address) => normalise(address) === normalise(ask));
  const strays = contacts.filter((contact) => !asks.some((ask) => holds(contact, ask)));
  const chosen = asks.flatMap((ask) => {
    const holders = contacts.filter((contact) => holds(contact, ask));
    // Asked for alone, whoever came was meant, even if the answer leaves the address out.
    const its = holders.length === 0 && asks.length === 1 ? contacts : holders;
    const one = best(its, (contact) => normalise(primary(contact) ?? '') === normalise(ask));
    return one ? [[ask, one] as const] : [];
  });
  return { chosen: new Map(chosen), partial: !complete || strays.length > 0 };
}

/** Of several contacts the one whose primary address it is; of several such the oldest. */
function best(
  contacts: readonly WixContact[],
  isPrimary: (contact: WixContact) => boolean,
): WixContact | undefined {
  const rank = (contact: WixContact): string =>
    `${isPrimary(contact) ? 0 : 1} ${contact.createdDate} ${contact.id}`;
  return [...contacts].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

async function byMembers(wix: WixSite, asks: readonly string[]): Promise<Answer> {
  const [only = ''] = asks;
  if (asks.length > 1) return { found: await wix.queryMemberContacts(asks), partial: true };
  const contactId = await wix.getMemberContact(only);
  return { found: new Map(contactId === undefined ? [] : [[only, contactId]]), partial: false };
}
