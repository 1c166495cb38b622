import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { Done, Figures } from '../../cli/commands/backfill/figures.ts';
import {
  type EngineProcess,
  earmark,
  startEarmark,
  startEngineProcess,
} from '../support/earmark.ts';
import { customerEmail, shopifyOrders } from '../support/orders-csv.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

const RULES = `rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: what they bought, on: order.paid, add: 'event.order.items.map(i, "Bought " + i.title)' }
  - { name: refunds, on: order.refunded, remove: [Customer] }
`;
const ORDERS = 20_000;
const CUSTOMERS = 5_000;
/** Customers that the site knows; the others are no contacts. */
const CONTACTS = 4_300;
/** A pace at which the limiter does not matter. */
const FAST = ['--rate', '100000/min'];

let engine: EngineProcess;
let folder: string;

beforeAll(async () => {
  engine = await startEngineProcess();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-backfill-'));
  await writeFile(join(folder, 'rules.yml'), RULES);
});
afterEach(() => rm(folder, { recursive: true }));

const command = (args: readonly string[]) => ['backfill', 'orders.csv', ...args];
const options = () => ({ statePath: engine.statePath, cwd: folder });
const run = (...args: string[]) => earmark(command(args), options());
const orders = (csv: string) => writeFile(join(folder, 'orders.csv'), csv);
const newContacts = (emails: readonly string[]) =>
  engine.simulator('contacts', {
    method: 'POST',
    body: JSON.stringify(emails.map((email) => ({ email }))),
  });

interface SiteContact {
  readonly id: string;
  readonly email: string;
  readonly labels: readonly string[];
}
async function contacts(): Promise<readonly SiteContact[]> {
  return (await engine.simulator('contacts')).contacts ?? [];
}
const labelsOf = async (email: string) =>
  (await contacts()).find((contact) => contact.email === email)?.labels;
async function calls(): Promise<readonly { readonly operation: string }[]> {
  return (await engine.simulator('calls')).calls ?? [];
}

/** The journal of the only backfill in the folder. */
async function journal(): Promise<string> {
  const { globSync } = await import('node:fs');
  const [file] = globSync('.earmark/backfill/*/journal.jsonl', { cwd: folder });
  return file ? readFile(join(folder, file), 'utf8') : '';
}
const steps = async (kind: string) => (await journal()).split(`\n["${kind} `).length - 1;

/** How many contacts have which label. */
async function tally(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { labels } of await contacts()) {
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

const HEADER = 'Name,Email,Financial Status,Paid at,Created at,Total,Currency,Lineitem name';
const order = (n: number, email: string, status = 'paid', product = 'Teapot') =>
  `#${n},${email},${status},2026-03-0${n} 10:00:00 +0000,2026-03-0${n} 09:00:00 +0000,20.00,USD,${product}`;
const file = (...rows: string[]) => orders([HEADER, ...rows].join('\n'));

test('20,000 orders of 5,000 customers: as the dry run said, interrupted and killed, no call twice', async () => {
  // Prepare
  await orders(shopifyOrders({ orders: ORDERS, customers: CUSTOMERS }));
  await newContacts(Array.from({ length: CONTACTS }, (_, i) => customerEmail(i)));
  await giveLabel('Customer', 250);
  const before = await tally();
  const callsBefore = (await calls()).length;

  // Execute
  const dryRun = await run('--dry-run', '--json', ...FAST);
  const figures: Figures = JSON.parse(dryRun.out);
  const afterDryRun = await tally();
  const first = startEarmark(command(['--yes', ...FAST]), options());
  await until(async () => (await steps('bulk')) > 10);
  first.child.kill('SIGINT');
  const interrupted = await first.finished;
  const started = await steps('bulk');
  const callsBetween = (await calls()).length;
  const second = startEarmark(command(['--yes', ...FAST]), options());
  await until(async () => (await steps('bulk')) > started + 10);
  second.child.kill('SIGKILL');
  await second.finished;
  const last = await run('--yes', '--json', ...FAST);
  const { done }: { done: Done } = JSON.parse(last.out);
  const sent = (await calls()).length - callsBefore;

  // Assess
  const { lookUps, planned } = figures.calls;
  process.stdout.write(
    `backfill: ${figures.orders} orders, ${figures.customers.total} customers, ${sent} Wix calls, ` +
      `${(sent / figures.orders).toFixed(4)} calls an order (planned: ${lookUps + planned.total})\n`,
  );
  expect(figures).toMatchObject({ orders: ORDERS, unread: 0, customers: { total: CUSTOMERS } });
  expect(figures.contacts.settled + figures.contacts.toChange).toBe(figures.contacts.total);
  expect(afterDryRun).toEqual(before);
  expect(interrupted).toMatchObject({ code: 130, err: expect.stringContaining('same command') });
  // Interrupted it ends what it has in hand and notes it; killed it may repeat the one call in hand.
  expect(callsBetween - callsBefore).toBe(lookUps + planned.newLabels + started);
  expect(sent - lookUps - planned.total).toBeGreaterThanOrEqual(0);
  expect(sent - lookUps - planned.total).toBeLessThanOrEqual(1);
  expect(sent).toBeLessThanOrEqual(ORDERS / 10);
  expect(done.labels).toEqual(figures.labels);
  expect(done).toMatchObject({ contacts: figures.contacts.toChange, failed: 0, alone: 0 });
  const expected = { ...before };
  for (const { name, add, remove } of figures.labels) {
    expected[name] = (expected[name] ?? 0) + add - remove;
  }
  expect(await tally()).toEqual(expected);
});

/** Labels the first contacts as if they had been labelled before. */
async function giveLabel(name: string, count: number): Promise<void> {
  const { settings, wixUrl } = engine.state;
  const headers = {
    authorization: settings.WIX_API_KEY ?? '',
    'wix-site-id': settings.WIX_SITE_ID ?? '',
  };
  const post = (path: string, body: unknown) =>
    fetch(`${wixUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const made = await post('/contacts/v4/labels', { displayName: name });
  const { label } = (await made.json()) as { label: { key: string } };
  const ids = (await contacts())
    .filter(({ email }) => email.startsWith('customer-'))
    .slice(0, count);
  await post('/contacts/v4/bulk/contacts/add-remove-labels', {
    filter: { id: { $in: ids.map(({ id }) => id) } },
    labelKeysToAdd: [label.key],
  });
  await until(async () => ((await tally())[name] ?? 0) >= count);
}

test('a second run of what is done asks Wix nothing', async () => {
  await file(order(1, 'again@example.com'));
  await newContacts(['again@example.com']);
  await run('--yes', ...FAST);
  const before = (await calls()).length;

  const { code, out } = await run('--yes', ...FAST);

  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('--restart') });
  expect(await calls()).toHaveLength(before);
  expect(await labelsOf('again@example.com')).toEqual(['Bought Teapot', 'Customer']);
});

test('without --yes, and nobody to ask, nothing is changed', async () => {
  await file(order(1, 'quiet@example.com'));
  await newContacts(['quiet@example.com']);

  const { code, err } = await run(...FAST);

  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--yes') });
  expect(await labelsOf('quiet@example.com')).toEqual([]);
});

test('where Wix refuses bulk jobs each contact is labelled by a call of its own', async () => {
  await file(...[1, 2, 3, 4].map((n) => order(n, `alone-${n}@example.com`)));
  await newContacts([1, 2, 3, 4].map((n) => `alone-${n}@example.com`));
  await engine.simulator('faults', {
    method: 'POST',
    body: JSON.stringify({ operation: 'bulkLabelAndUnlabelContacts', status: 403 }),
  });

  const { code, out, err } = await run('--yes', '--json', ...FAST);

  expect(code).toBe(0);
  expect(err).toContain('one contact at a time');
  expect(JSON.parse(out).done).toMatchObject({ contacts: 4, alone: 4, failed: 0 });
  expect(await labelsOf('alone-4@example.com')).toEqual(['Bought Teapot', 'Customer']);
});

test('the file may not change once a run was begun, unless it is begun anew', async () => {
  await file(...[1, 2, 3, 4].map((n) => order(n, `changed-${n}@example.com`)));
  await newContacts([1, 2, 3, 4].map((n) => `changed-${n}@example.com`));
  const begun = startEarmark(command(['--yes', ...FAST]), options());
  await until(async () => (await steps('bulk')) > 0);
  begun.child.kill('SIGKILL');
  await begun.finished;
  await file(order(5, 'changed-1@example.com', 'refunded'));

  const refused = await run('--yes', ...FAST);
  const anew = await run('--yes', '--restart', ...FAST);

  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--restart') });
  expect(anew.code).toBe(0);
  expect(await labelsOf('changed-1@example.com')).toEqual(['Bought Teapot']);
});

test('who is no contact is created where the rules say so', async () => {
  await writeFile(join(folder, 'rules.yml'), `contacts: { missing: create }\n${RULES}`);
  await file(order(1, 'New.Person@example.com'));

  const { code, out } = await run('--yes', '--json', ...FAST);

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    contacts: { toCreate: 1 },
    done: { created: 1, contacts: 1 },
  });
  expect(await labelsOf('New.Person@example.com')).toEqual(['Bought Teapot', 'Customer']);
});

test('a label that a webhook settles after the dry run is left as it is', async () => {
  await file(order(1, 'late@example.com'));
  await newContacts(['late@example.com']);
  await run('--dry-run', ...FAST);
  const refund = ['send', 'shopify', 'order.refunded', '--email', 'late@example.com'];
  await earmark(refund, options());

  const { out } = await run('--yes', '--json', ...FAST);

  expect(JSON.parse(out).contacts).toMatchObject({ overtaken: 1 });
  expect(await labelsOf('late@example.com')).toEqual(['Bought Teapot']);
});

test('rows that cannot be read, and who is no contact, stand in files that only the owner reads', async () => {
  await file(
    order(1, 'stranger@example.com'),
    order(2, ''),
    '#3,three@example.com,paid,soon,,1,USD,Mug',
  );

  const { code, out } = await run('--dry-run', ...FAST);

  expect(code).toBe(0);
  const pathTo = (name: string) => out.match(new RegExp(`\\S+${name}`))?.[0] ?? '';
  const unread = await readFile(pathTo('unread.csv'), 'utf8');
  expect(unread.split('\n').slice(1, 3)).toEqual([
    '"3","#2","no e-mail"',
    '"4","#3","paidAt ""soon"" is no date that can be read"',
  ]);
  expect(await readFile(pathTo('no-contacts.csv'), 'utf8')).toContain('stranger@example.com');
  expect((await stat(pathTo('no-contacts.csv'))).mode & 0o777).toBe(0o600);
});

test('an export that is not known: the error lists its columns and what is missing', async () => {
  await orders('Kunde;Betrag;Datum\nada@example.com;20;2026-03-01\n');

  const unknown = await run('--dry-run');
  const mapped = await run(
    '--dry-run',
    '--json',
    ...FAST,
    '--map',
    'email=Kunde',
    'paidAt=Datum',
    'total=Betrag',
  );

  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('no column for email and createdAt or paidAt');
  expect(unknown.err).toContain('Kunde, Betrag, Datum');
  expect(JSON.parse(mapped.out)).toMatchObject({ source: 'custom', orders: 1, events: 1 });
});

test('who could not be labelled stands in a file, and the next run does not say that all is well', async () => {
  await file(order(1, 'gone@example.com'));
  await newContacts(['gone@example.com']);
  const gone = { details: { applicationError: { code: 'CONTACT_NOT_FOUND' } } };
  await engine.simulator('faults', {
    method: 'POST',
    body: JSON.stringify({ operation: 'labelContact', status: 404, body: gone }),
  });

  const first = await run('--yes', ...FAST);
  const list = first.out.match(/\S+not-labelled\.csv/)?.[0] ?? '';
  const listed = await readFile(list, 'utf8');
  const second = await run('--yes', ...FAST);
  const anew = await run('--yes', '--restart', ...FAST);

  expect(listed).toContain('contact-not-found');
  expect([first.code, second.code, anew.code]).toEqual([1, 1, 0]);
  expect(second.out).toContain(list);
  expect(await labelsOf('gone@example.com')).toEqual(['Bought Teapot', 'Customer']);
});

// The last test of this file: what it writes into the engine's log stays there.
test('lines of the log that cannot be read: who is in one is left alone, and a run does not guess at the others', async () => {
  // Arrange
  await file(order(1, 'torn@example.com'), order(2, 'whole@example.com'));
  await newContacts(['torn@example.com', 'whole@example.com']);
  const torn = (await contacts()).find(({ email }) => email === 'torn@example.com')?.id;
  const begin = `"time":"${new Date().toISOString()}" "eventId":"say "[e-mail]" q"`;
  const log = (line: string) =>
    appendFile(
      engine.state.logFile,
      `${JSON.stringify({ function: 'label', message: 'output', line })}\n`,
    );

  // Act
  await log(`${begin} "outcome":"done" "contactId":"${torn}" "removed":`);
  const aside = await run('--yes', ...FAST);
  await log(`${begin} "outcome":"done" "conta`);
  await file(order(1, 'torn@example.com'), order(3, 'whole@example.com'));
  const tried = await run('--dry-run', ...FAST);
  const refused = await run('--yes', ...FAST);

  // Assess
  expect(aside.code).toBe(0);
  expect(aside.err).toContain('Lines of the log about 1 contact cannot be read');
  expect(await labelsOf('torn@example.com')).toEqual([]);
  expect(await labelsOf('whole@example.com')).toEqual(['Bought Teapot', 'Customer']);
  expect(tried.err).toContain('1 line of the log cannot be read (label at ');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('Nothing was changed. 1 line of the log cannot be read');
});
