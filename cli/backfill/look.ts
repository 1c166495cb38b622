import type { CompiledRules } from '../../lib/rules/match.ts';
import type { World } from '../command.ts';
import type { Target } from '../target.ts';
import type { Customers } from './customers.ts';
import { type Figures, figuresOf, namesIn } from './figures.ts';
import { findContacts } from './find-contacts.ts';
import { type Folder, writeCsv } from './folder.ts';
import { follow } from './follow.ts';
import { findLabels } from './labels.ts';
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
    const contacts = await findContacts(wix, customers, journal, (done) => bar.to(done));
    const keys = await findLabels(wix, namesIn(customers), journal);
    const live = await liveSays(target, site, Math.min(earned.newest, world.now()), journal);
    if (live.partial) note(TOO_MANY_LIVE);
    const plan = planFor(customers, { contacts, keys, live: live.by }, policy);
    const figures = figuresOf(read, earned, plan, perMinute, policy, sent());
    return { plan, keys, figures, files: await writeFiles(folder, read, plan) };
  } finally {
    bar.stop();
  }
}

const TOO_MANY_LIVE =
  'So many events came by webhook since the newest order of the file that the log does not give them all. Export the orders anew.';

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
