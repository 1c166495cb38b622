import { emailKey, phoneKey } from '../../events/contact.ts';
import { classify, isPermanent } from '../../wix/calls/classify.ts';
import { WixError } from '../../wix/calls/failure.ts';
import type { WixSite } from '../../wix/site.ts';
import { type Addresses, type AddressKind, chosenFrom } from './whom.ts';

/** Finds contacts of one site, by what events call them. Each gives undefined for nobody. */
export interface Lookups {
  byEmail(wix: WixSite, email: string): Promise<string | undefined>;
  /** @param email the event's, where it has one: then nobody with another is meant */
  byPhone(wix: WixSite, phone: string, email?: string): Promise<string | undefined>;
  byMember(wix: WixSite, memberId: string): Promise<string | undefined>;
}

/** What a look-up of several told. */
interface Answer<Ask> {
  /** Contact ids, by what was asked. */
  readonly found: ReadonlyMap<Ask, string>;
  /** Of what is not found nothing is known: each has to be asked for by itself. */
  readonly partial: boolean;
}

type Run<Ask> = (wix: WixSite, asks: readonly Ask[]) => Promise<Answer<Ask>>;

/** Look-ups that share requests: what is asked for at the same time is asked for together. */
export function createLookups(): Lookups {
  const byEmail = joint<Addresses>((wix, asks) => byAddress(wix, 'email', asks));
  const byPhone = joint<Addresses>((wix, asks) => byAddress(wix, 'phone', asks));
  return {
    byEmail: (wix, email) => byEmail(wix, { email }),
    byPhone: (wix, phone, email) => byPhone(wix, { phone, ...(email && { email }) }),
    byMember: joint(byMembers),
  };
}

interface Gathering<Ask> {
  /** By what makes two of them the same. */
  readonly asks: Map<string, Ask>;
  readonly answer: Promise<Answer<Ask>>;
}

/**
 * Gathers what is asked for until the event loop has gone round, then asks once. An answer for good to
 * several (one malformed address is enough) is no answer to any, so then each asks for itself.
 */
export function joint<Ask>(run: Run<Ask>): (wix: WixSite, ask: Ask) => Promise<string | undefined> {
  let gathering: Gathering<Ask> | undefined;

  function gather(wix: WixSite): Gathering<Ask> {
    const asks = new Map<string, Ask>();
    const answer = new Promise((turn) => setImmediate(turn)).then(() => {
      gathering = undefined;
      return run(wix, [...asks.values()]);
    });
    return { asks, answer };
  }

  return async (wix, wanted) => {
    gathering ??= gather(wix);
    const { asks, answer } = gathering;
    const key = JSON.stringify(wanted);
    const ask = asks.get(key) ?? wanted;
    asks.set(key, ask);
    const alone = async () => (await run(wix, [ask])).found.get(ask);
    try {
      const { found, partial } = await answer;
      return found.get(ask) ?? (partial && asks.size > 1 ? await alone() : undefined);
    } catch (error) {
      const refused = error instanceof WixError && isPermanent(classify(error.failure));
      if (refused && asks.size > 1) return alone();
      throw error;
    }
  };
}

/** All ways to write an address that Wix may know it by: its filters compare exactly, as far as is known. */
export function spellings(by: AddressKind, address: string): readonly string[] {
  if (by === 'email') return [address, emailKey(address)];
  return [address, address.replace(/[^\d+]/g, ''), phoneKey(address)].filter(Boolean);
}

/**
 * The contacts that these addresses mean, by one question for them all.
 * @throws WixError
 */
export async function byAddress<Ask extends Addresses>(
  wix: Pick<WixSite, 'queryContacts'>,
  by: AddressKind,
  asks: readonly Ask[],
): Promise<Answer<Ask>> {
  const values = [...new Set(asks.flatMap((ask) => spellings(by, ask[by] ?? '')))];
  const { chosen, partial } = chosenFrom(await wix.queryContacts({ by, values }), by, asks);
  return { found: new Map([...chosen].map(([ask, { id }]) => [ask, id])), partial };
}

async function byMembers(wix: WixSite, asks: readonly string[]): Promise<Answer<string>> {
  const [only = ''] = asks;
  if (asks.length > 1) return { found: await wix.queryMemberContacts(asks), partial: true };
  const contactId = await wix.getMemberContact(only);
  return { found: new Map(contactId === undefined ? [] : [[only, contactId]]), partial: false };
}
