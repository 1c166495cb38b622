import { phoneDigits } from '../../lib/events/event.ts';
import { chosenFrom } from '../../lib/labelling/lookups.ts';
import { isForGood, meaningOf } from '../../lib/labelling/policy.ts';
import { digest } from '../../lib/queue/identity.ts';
import { WixError } from '../../lib/wix/failure.ts';
import type { WixSite } from '../../lib/wix/wix.ts';
import type { Customer } from './customers.ts';
import type { Journal } from './journal.ts';

/** E-mails or phones in one question. Wix names no limit; a refusal halves it. */
const ASKS_PER_CALL = 100;

export interface FoundContact {
  readonly id: string;
  readonly labelKeys: readonly string[];
}

/** What one question told. */
interface Told {
  readonly found: readonly (readonly [address: string, id: string, labelKeys: readonly string[]])[];
  /** Addresses of which nothing is known yet: to be asked for in smaller numbers. */
  readonly open: readonly string[];
  /** Wix refused the question. */
  readonly refused: boolean;
}

type Wix = Pick<WixSite, 'queryContacts'>;

/** All ways to write each address that is asked for. */
interface Question {
  readonly by: 'email' | 'phone';
  readonly spellings: ReadonlyMap<string, readonly string[]>;
}

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
  const emails = new Map(customers.map(({ email, spellings }) => [email, [email, ...spellings]]));
  const contacts = await findAll(wix, { by: 'email', spellings: emails }, journal, onDone);
  const callers = customers.flatMap(({ email, latest: { contact } }) =>
    contacts.has(email) || !phoneDigits(contact.phone ?? '')
      ? []
      : [[email, contact.phone ?? ''] as const],
  );
  const phones = new Map(callers.map(([, phone]) => [phone, [phone, phoneDigits(phone)]]));
  const byPhone = await findAll(wix, { by: 'phone', spellings: phones }, journal, () => {});
  for (const [email, phone] of callers) {
    const contact = byPhone.get(phone);
    if (contact) contacts.set(email, contact);
  }
  return { contacts, lookUps: callsToFind(emails.size) + callsToFind(phones.size) };
}

const callsToFind = (asks: number): number => Math.ceil(asks / ASKS_PER_CALL);

async function findAll(
  wix: Wix,
  { by, spellings }: Question,
  journal: Journal,
  onDone: (done: number) => void,
): Promise<Map<string, FoundContact>> {
  const all = [...spellings.keys()].toSorted();
  const contacts = new Map<string, FoundContact>();
  let size = ASKS_PER_CALL;
  const todo: (readonly string[])[] = [];
  let begun = 0;
  for (;;) {
    const asks = todo.pop() ?? all.slice(begun, begun + size);
    if (asks.length === 0) return contacts;
    if (asks[0] === all[begun]) begun += asks.length;
    const step = `find ${by} ${digest(...asks)}`;
    const told = await journal.once(step, () => ask(wix, { by, spellings }, asks));
    for (const [address, id, labelKeys] of told.found) contacts.set(address, { id, labelKeys });
    if (told.refused) size = Math.max(1, Math.min(size, Math.floor(asks.length / 2)));
    if (asks.length > 1) todo.push(...halves(told.open));
    onDone(begun);
  }
}

async function ask(wix: Wix, { by, spellings }: Question, asks: readonly string[]): Promise<Told> {
  try {
    const values = [...new Set(asks.flatMap((one) => spellings.get(one) ?? []))];
    const { chosen, partial } = chosenFrom(await wix.queryContacts({ by, values }), by, asks);
    const found = [...chosen].map(([one, { id, labelKeys }]) => [one, id, labelKeys] as const);
    // Where an answer leaves a doubt, those it left out are asked for in smaller numbers.
    return { found, open: partial ? asks.filter((one) => !chosen.has(one)) : [], refused: false };
  } catch (error) {
    const isRefusal = error instanceof WixError && isForGood(meaningOf(error.failure));
    if (!isRefusal || (asks.length === 1 && meaningOf(error.failure) !== 'bad-request'))
      throw error;
    return { found: [], open: asks, refused: true };
  }
}

function halves(emails: readonly string[]): (readonly string[])[] {
  const middle = Math.ceil(emails.length / 2);
  return [emails.slice(0, middle), emails.slice(middle)].filter(({ length }) => length > 0);
}
