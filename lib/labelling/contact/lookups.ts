import { emailKey, phoneKey } from '../../events/contact.ts';
import { classify, isPermanent } from '../../wix/calls/classify.ts';
import { WixError } from '../../wix/calls/failure.ts';
import type { WixSite } from '../../wix/site.ts';
import { type Addresses, type AddressKind, chosenFrom } from './whom.ts';

/** Finds contacts of one site by their references. Each function returns a contact id, or undefined for nobody. */
export type Lookups = ReturnType<typeof createLookups>;

/** Look-ups that share requests: what is asked for at the same time is asked for together. */
export function createLookups() {
  const byEmail = createBatchLoader<Addresses>((wix, asks) => byAddress(wix, 'email', asks));
  const byPhone = createBatchLoader<Addresses>((wix, asks) => byAddress(wix, 'phone', asks));
  return {
    byEmail: (wix: WixSite, email: string) => byEmail(wix, { email }),
    /** @param email the event's, where it has one: then nobody with another e-mail is meant */
    byPhone: (wix: WixSite, phone: string, email?: string) =>
      byPhone(wix, { phone, ...(email && { email }) }),
    byMember: createBatchLoader(byMembers),
  };
}

/** The answer to a look-up of several at once. */
interface BatchAnswer<Ask> {
  readonly found: ReadonlyMap<Ask, string>;
  /** Who is not found may still exist: each has to be asked for alone. */
  readonly partial: boolean;
}

type LookUpAll<Ask> = (wix: WixSite, asks: readonly Ask[]) => Promise<BatchAnswer<Ask>>;

/**
 * Gathers what is asked for until the event loop has gone round, then asks once, as DataLoader does. One
 * malformed address is enough for a permanent refusal of all: then each is asked for alone.
 */
export function createBatchLoader<Ask>(
  lookUp: LookUpAll<Ask>,
): (wix: WixSite, ask: Ask) => Promise<string | undefined> {
  let batch: { asks: Map<string, Ask>; answer: Promise<BatchAnswer<Ask>> } | undefined;

  function openBatch(wix: WixSite) {
    const asks = new Map<string, Ask>();
    const answer = new Promise((resolve) => setImmediate(resolve)).then(() => {
      batch = undefined;
      return lookUp(wix, [...asks.values()]);
    });
    return { asks, answer };
  }

  return async (wix, wanted) => {
    batch ??= openBatch(wix);
    const { asks, answer } = batch;
    const key = JSON.stringify(wanted);
    const ask = asks.get(key) ?? wanted;
    asks.set(key, ask);
    const alone = async () => (await lookUp(wix, [ask])).found.get(ask);
    try {
      const { found, partial } = await answer;
      return found.get(ask) ?? (partial && asks.size > 1 ? await alone() : undefined);
    } catch (error) {
      const isRefused = error instanceof WixError && isPermanent(classify(error.failure));
      if (isRefused && asks.size > 1) return alone();
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
): Promise<BatchAnswer<Ask>> {
  const values = [...new Set(asks.flatMap((ask) => spellings(by, ask[by] ?? '')))];
  return chosenFrom(await wix.queryContacts({ by, values }), by, asks);
}

async function byMembers(wix: WixSite, asks: readonly string[]): Promise<BatchAnswer<string>> {
  const [only = ''] = asks;
  if (asks.length > 1) return { found: await wix.queryMemberContacts(asks), partial: true };
  const contactId = await wix.getMemberContact(only);
  return { found: new Map(contactId === undefined ? [] : [[only, contactId]]), partial: false };
}
