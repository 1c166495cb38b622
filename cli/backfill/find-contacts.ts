import { contactOfEmail } from '../../lib/labelling/lookups.ts';
import { isForGood, meaningOf } from '../../lib/labelling/policy.ts';
import { digest } from '../../lib/queue/identity.ts';
import { WixError } from '../../lib/wix/failure.ts';
import type { WixSite } from '../../lib/wix/wix.ts';
import type { Customer } from './customers.ts';
import type { Journal } from './journal.ts';

/** E-mails in one question. Wix names no limit; a refusal halves it. */
const EMAILS_PER_CALL = 100;

export interface FoundContact {
  readonly id: string;
  readonly labelKeys: readonly string[];
}

/** What one question told. */
interface Told {
  readonly found: readonly (readonly [email: string, id: string, labelKeys: readonly string[]])[];
  /** E-mails of which nothing is known yet: to be asked for in smaller numbers. */
  readonly open: readonly string[];
  /** Wix refused the question. */
  readonly refused: boolean;
}

type Wix = Pick<WixSite, 'queryContacts'>;

/** The calls that finding so many takes, if Wix takes the questions as they are. */
export const callsToFind = (customers: number): number => Math.ceil(customers / EMAILS_PER_CALL);

/**
 * The contacts of these customers, by e-mail: the same that an event of theirs would label.
 * @param onDone how many customers have been asked for
 */
export async function findContacts(
  wix: Wix,
  customers: readonly Customer[],
  journal: Journal,
  onDone: (done: number) => void,
): Promise<ReadonlyMap<string, FoundContact>> {
  const byEmail = new Map(customers.map((customer) => [customer.email, customer]));
  const emails = [...byEmail.keys()].toSorted();
  const contacts = new Map<string, FoundContact>();
  let size = EMAILS_PER_CALL;
  const todo: (readonly string[])[] = [];
  let begun = 0;
  for (;;) {
    const asks = todo.pop() ?? emails.slice(begun, begun + size);
    if (asks.length === 0) return contacts;
    if (asks[0] === emails[begun]) begun += asks.length;
    const spellings = asks.flatMap((email) => [email, ...(byEmail.get(email)?.spellings ?? [])]);
    const told = await journal.once(`find ${digest(...asks)}`, () => ask(wix, asks, spellings));
    for (const [email, id, labelKeys] of told.found) contacts.set(email, { id, labelKeys });
    if (told.refused) size = Math.max(1, Math.min(size, Math.floor(asks.length / 2)));
    if (asks.length > 1) todo.push(...halves(told.open));
    onDone(begun);
  }
}

async function ask(wix: Wix, asks: readonly string[], spellings: readonly string[]): Promise<Told> {
  try {
    const values = [...new Set(spellings)];
    const { contacts, complete } = await wix.queryContacts({ by: 'email', values });
    const chosen = asks.map((email) => [email, contactOfEmail(contacts, email)] as const);
    const found = chosen.flatMap(([email, contact]) =>
      contact ? [[email, contact.id, contact.labelKeys] as const] : [],
    );
    const wanted = new Set(asks);
    const strays = contacts.some(
      ({ emails }) => !emails.some((email) => wanted.has(email.toLowerCase())),
    );
    const missing = chosen.flatMap(([email, contact]) => (contact ? [] : [email]));
    // Where an answer leaves a doubt, those it left out are asked for in smaller numbers.
    return { found, open: complete && !strays ? [] : missing, refused: false };
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
