import { isSomebodysPhone } from '../../../lib/events/contact.ts';
import { spellings } from '../../../lib/labelling/contact/lookups.ts';
import {
  type Addresses,
  type AddressKind,
  chosenFrom,
} from '../../../lib/labelling/contact/whom.ts';
import { digest } from '../../../lib/runtime/digest.ts';
import { classify, isPermanent } from '../../../lib/wix/calls/classify.ts';
import { WixError } from '../../../lib/wix/calls/failure.ts';
import type { WixSite } from '../../../lib/wix/site.ts';
import type { Customer } from './customers.ts';
import type { Journal } from './journal.ts';

/** E-mails or phones in one question. Wix names no limit; a refusal halves it. */
const ASKS_PER_CALL = 100;

export interface FoundContact {
  readonly id: string;
  readonly labelKeys: readonly string[];
}

/** A customer who is looked for. */
interface Ask extends Addresses {
  /** The customer's. */
  readonly email: string;
  /** All ways to write the address that is asked for. */
  readonly values: readonly string[];
}

/** What one question told. */
interface Told {
  readonly found: readonly (readonly [email: string, id: string, labelKeys: readonly string[]])[];
  /** E-mails of those of whom nothing is known yet: to be asked for in smaller numbers. */
  readonly open: readonly string[];
  /** Wix refused the question. */
  readonly refused: boolean;
}

type Wix = Pick<WixSite, 'queryContacts'>;

export interface FoundCustomers {
  /** By the customer's e-mail. */
  readonly contacts: ReadonlyMap<string, FoundContact>;
  /** The calls that it takes, if Wix takes the questions as they are. */
  readonly lookUps: number;
}

/**
 * The contacts of these customers, the same that an event of theirs would label: by e-mail, and who is nobody
 * by that, by the phone of the latest order.
 * @param onDone how many customers have been asked for
 */
export async function findContacts(
  wix: Wix,
  customers: readonly Customer[],
  journal: Journal,
  onDone: (done: number) => void,
): Promise<FoundCustomers> {
  const emails = customers.map(({ email, spellings }) => ({
    email,
    values: [email, ...spellings],
  }));
  const contacts = await findAll(wix, 'email', emails, journal, onDone);
  const phones = customers.flatMap(({ email, latest: { contact } }) => {
    const { phone } = contact;
    if (contacts.has(email) || !phone || !isSomebodysPhone(phone)) return [];
    return [{ email, phone, values: spellings('phone', phone) }];
  });
  const byPhone = await findAll(wix, 'phone', phones, journal, () => {});
  return {
    contacts: new Map([...contacts, ...byPhone]),
    lookUps: callsToFind(emails.length) + callsToFind(phones.length),
  };
}

const callsToFind = (asks: number): number => Math.ceil(asks / ASKS_PER_CALL);

async function findAll(
  wix: Wix,
  by: AddressKind,
  unsorted: readonly Ask[],
  journal: Journal,
  onDone: (done: number) => void,
): Promise<Map<string, FoundContact>> {
  const all = unsorted.toSorted((a, b) => (a.email < b.email ? -1 : 1));
  const contacts = new Map<string, FoundContact>();
  let size = ASKS_PER_CALL;
  const todo: (readonly Ask[])[] = [];
  let begun = 0;
  for (;;) {
    const asks = todo.pop() ?? all.slice(begun, begun + size);
    if (asks.length === 0) return contacts;
    if (asks[0] === all[begun]) begun += asks.length;
    const step = `whose ${by} ${digest(...asks.map((ask) => `${ask.email} ${ask[by]}`))}`;
    const told = await journal.once(step, () => ask(wix, by, asks));
    for (const [email, id, labelKeys] of told.found) contacts.set(email, { id, labelKeys });
    if (told.refused) size = Math.max(1, Math.min(size, Math.floor(asks.length / 2)));
    const open = new Set(told.open);
    if (asks.length > 1) todo.push(...halves(asks.filter(({ email }) => open.has(email))));
    onDone(begun);
  }
}

async function ask(wix: Wix, by: AddressKind, asks: readonly Ask[]): Promise<Told> {
  try {
    const values = [...new Set(asks.flatMap((one) => one.values))];
    const { chosen, partial } = chosenFrom(await wix.queryContacts({ by, values }), by, asks);
    const found = [...chosen].map(
      ([{ email }, { id, labelKeys }]) => [email, id, labelKeys] as const,
    );
    // Where an answer leaves a doubt, those it left out are asked for in smaller numbers.
    const open = partial ? asks.filter((one) => !chosen.has(one)) : [];
    return { found, open: open.map(({ email }) => email), refused: false };
  } catch (error) {
    const isRefusal = error instanceof WixError && isPermanent(classify(error.failure));
    if (!isRefusal || (asks.length === 1 && classify(error.failure) !== 'bad-request')) throw error;
    return { found: [], open: asks.map(({ email }) => email), refused: true };
  }
}

function halves(asks: readonly Ask[]): (readonly Ask[])[] {
  const middle = Math.ceil(asks.length / 2);
  return [asks.slice(0, middle), asks.slice(middle)].filter(({ length }) => length > 0);
}
