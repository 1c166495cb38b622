import type { CompiledRules } from '../../../lib/rules/match.ts';
import type { World } from '../../kit/command.ts';
import type { Target } from '../../kit/target.ts';
import { many } from '../../kit/words.ts';
import type { Customers } from './customers.ts';
import { type Figures, figuresOf, namesIn } from './figures.ts';
import { findContacts } from './find-contacts.ts';
import { type Folder, writeCsv } from './folder.ts';
import { follow } from './follow.ts';
import { callsToFindLabels, findLabels } from './labels.ts';
import { liveSays } from './live.ts';
import { type Plan, planFor } from './plan.ts';
import type { ReadFile } from './read-orders.ts';
import type { Session } from './session.ts';
import type { Files } from './words.ts';

export interface Looked {
  readonly plan: Plan;
  /** Keys by name, of the labels that exist. */
  readonly keys: ReadonlyMap<string, string>;
  readonly figures: Figures;
  readonly files: Files;
  /** Where the log tells of a webhook and cannot be read: the plan may undo what that did. */
  readonly holes: readonly string[];
}

export interface ToLook {
  readonly read: ReadFile;
  readonly earned: Customers;
  readonly policy: CompiledRules['missing'];
  readonly perMinute: number;
  readonly folder: Folder;
  readonly target: Pick<Target, 'logs'>;
  readonly site: string;
}

/** Asks Wix who of the customers is a contact and what they have, and plans. Nothing is changed at the site. */
export async function look(
  toLook: ToLook,
  { wix, journal, sent, note }: Session,
  world: World,
): Promise<Looked> {
  const { read, earned, policy, perMinute, folder, target, site } = toLook;
  const customers = [...earned.customers.values()].filter(({ changes }) => changes.length > 0);
  const bar = follow(world.terminal, 'Looking up customers', customers.length, world.now);
  try {
    const found = await findContacts(wix, customers, journal, (done) => bar.to(done));
    const names = namesIn(customers);
    const keys = await findLabels(wix, names, journal);
    const query = { since: sinceOf(toLook, world.now()), signal: world.terminal.signal };
    const live = await liveSays(target, site, query, journal, folder.isBegun);
    if (live.partial) note(TOO_MANY_LIVE);
    const calls = { lookUps: found.lookUps + callsToFindLabels(names.length), sent: sent() };
    if (live.unclear.size > 0) note(unclearInWords(live.unclear.size));
    if (live.holes.length > 0) note(holesInWords(live.holes));
    const settled = { live: live.by, unclear: live.unclear };
    const plan = planFor(customers, { contacts: found.contacts, keys, ...settled }, policy);
    const figures = figuresOf(read, earned, plan, perMinute, policy, calls);
    return { plan, keys, figures, holes: live.holes, files: await writeFiles(folder, read, plan) };
  } finally {
    bar.stop();
  }
}

/** No clock of a shop is further ahead of UTC. */
const FURTHEST_AHEAD_MS = 14 * 3_600_000;

/** When the newest order happened; the earliest it can have been where the file names no zone. */
function sinceOf({ read, earned }: ToLook, now: number): number {
  return Math.min(earned.newest - (read.isZoneless ? FURTHEST_AHEAD_MS : 0), now);
}

const TOO_MANY_LIVE =
  'So many events came by webhook since the newest order of the file that the log does not give them all. Export the orders anew.';

const unclearInWords = (contacts: number): string =>
  `Lines of the log about ${many(contacts, 'contact')} cannot be read, so it is not known which labels a webhook has settled since the newest order: they are left alone.`;

/** Also why a run is refused. */
export const holesInWords = (holes: readonly string[]): string =>
  `${many(holes.length, 'line')} of the log cannot be read (${holes.slice(0, 3).join(', ')}${holes.length > 3 ? ', …' : ''}): somebody's label was settled by webhook since the newest order of the file, and an older order could undo that. Export the orders anew, after that time.`;

async function writeFiles(folder: Folder, { unread }: ReadFile, plan: Plan): Promise<Files> {
  const unreadRows = unread.map(({ line, key, reason }) => [line, key, reason]);
  const strangers = plan.strangers.map(({ customer, add, remove }) => [
    customer.email,
    customer.orders,
    add.join('; '),
    remove.join('; '),
  ]);
  return {
    unread: await writeCsv(folder, 'unread.csv', [['line', 'order', 'reason'], ...unreadRows]),
    missing: await writeCsv(folder, 'no-contacts.csv', [
      ['email', 'orders', 'would get', 'would lose'],
      ...strangers,
    ]),
  };
}
