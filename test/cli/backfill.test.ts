import { globSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { LabelCount, PlanFigures } from '../../cli/commands/backfill/figures.ts';
import { emailKey } from '../../lib/events/contact.ts';
import { groupTag } from '../../lib/queue/identity.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import {
  type EngineProcess,
  earmark,
  startEarmark,
  startEngineProcess,
} from '../support/earmark.ts';
import { customerEmail, shopifyOrders } from '../support/orders-csv.ts';
import { until } from '../support/until.ts';

const RULES = `rules:
  - { name: customers, on: order.paid, add: [Customer] }
  - { name: what they bought, on: order.paid, add: 'event.order.items.map(i, "Bought " + i.title)' }
  - { name: refunds, on: order.refunded, remove: [Customer] }
`;
const ORDERS = 1_200;
const CUSTOMERS = 300;
/** Customers that the site knows; the others are no contacts. */
const CONTACTS = 250;
/** A pace that nobody waits for. */
const FAST = ['--rate', '1000000/min'];

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

interface JobLine {
  readonly jobId: string;
  readonly eventId: string;
  readonly outcome: string;
  readonly group: string;
}
/** What the workers wrote of jobs of a backfill that are over. */
async function doneJobs(): Promise<readonly JobLine[]> {
  const lines = (await readFile(engine.state.logFile, 'utf8')).split('\n');
  return lines
    .map((line) => (parseJson(line) ?? {}) as JobLine & { message: string })
    .filter(({ message, eventId }) => message === 'job' && eventId?.startsWith('backfill '));
}
const groupOf = (email: string) =>
  groupTag({ site: engine.state.settings.WIX_SITE_ID ?? '', contact: { email } });
const areDone = (...emails: readonly string[]) =>
  until(async () => {
    const groups = new Set((await doneJobs()).map(({ group }) => group));
    return emails.every((email) => groups.has(groupOf(email)));
  });

/** The ids of the jobs that are noted as sent. */
async function noted(): Promise<readonly string[]> {
  const [file] = globSync('.earmark/backfill/*/sent.txt', { cwd: folder });
  return file ? (await readFile(join(folder, file), 'utf8')).split('\n').slice(1, -1) : [];
}

async function noContacts(): Promise<string | undefined> {
  const [path] = globSync('.earmark/backfill/*/no-contacts.csv', { cwd: folder });
  return path && readFile(join(folder, path), 'utf8');
}

const HEADER = 'Name,Email,Financial Status,Paid at,Created at,Total,Currency,Lineitem name';
const order = (n: number, email: string, status = 'paid', product = 'Teapot') =>
  `#${n},${email},${status},2026-03-0${n} 10:00:00 +0000,2026-03-0${n} 09:00:00 +0000,20.00,USD,${product}`;
const file = (...rows: string[]) => orders([HEADER, ...rows].join('\n'));

test('1,200 orders of 300 customers: as the dry run said, interrupted and killed, each job once', async () => {
  // Arrange
  await orders(shopifyOrders({ orders: ORDERS, customers: CUSTOMERS }));
  await newContacts(Array.from({ length: CONTACTS }, (_, i) => customerEmail(i)));

  // Act
  const dryRun = await run('--dry-run', '--json');
  const figures: PlanFigures = JSON.parse(dryRun.out);
  const afterDryRun = { sent: await noted(), done: await doneJobs() };
  const slow = ['--yes', '--rate', '6000/min'];
  const first = startEarmark(command(slow), options());
  await until(async () => (await noted()).length >= 50);
  first.child.kill('SIGINT');
  const interrupted = await first.finished;
  const sent = (await noted()).length;
  const second = startEarmark(command(slow), options());
  await until(async () => (await noted()).length >= sent + 50);
  second.child.kill('SIGKILL');
  await second.finished;
  const last = await run('--yes', '--json', ...FAST);
  const all = await noted();
  await until(async () => new Set((await doneJobs()).map(({ jobId }) => jobId)).size >= all.length);

  // Assess
  expect(figures).toMatchObject({ orders: ORDERS, unread: 0, customers: { total: CUSTOMERS } });
  expect(afterDryRun).toEqual({ sent: [], done: [] });
  expect(interrupted).toMatchObject({ code: 130, err: expect.stringContaining('same command') });
  expect(last.code).toBe(0);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(figures.jobs.toSend);
  const done = (await doneJobs()).map(({ jobId }) => jobId);
  expect(done.toSorted()).toEqual(all.toSorted());
  expect(await tally()).toEqual(await expectedTally(figures.labels));
});

/** How many customers of the big file have which label. */
async function tally(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { email, labels } of await contacts()) {
    if (!email.startsWith('customer-')) continue;
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

/** What customers.csv says of those who are contacts; it has to add up to the figures. */
async function expectedTally(labels: readonly LabelCount[]): Promise<Record<string, number>> {
  const [path = ''] = globSync('.earmark/backfill/*/customers.csv', { cwd: folder });
  const rows = (await readFile(join(folder, path), 'utf8')).split('\n').slice(1, -1);
  const counts: Record<string, number> = {};
  const all: Record<string, number> = {};
  const known = new Set((await contacts()).map(({ email }) => emailKey(email)));
  for (const row of rows) {
    const [email = '', , gets = ''] = row.slice(1, -1).split('","');
    for (const label of gets.split('; ').filter(Boolean)) {
      all[label] = (all[label] ?? 0) + 1;
      if (known.has(emailKey(email))) counts[label] = (counts[label] ?? 0) + 1;
    }
  }
  expect(all).toEqual(
    Object.fromEntries(labels.flatMap(({ name, add }) => (add > 0 ? [[name, add]] : []))),
  );
  return counts;
}

test('a second run of what is sent names who was no contact, and --restart sends it again, at once', async () => {
  await file(order(1, 'again@example.com'));
  const first = await run('--yes', '--json', ...FAST);
  await areDone('again@example.com');
  await newContacts(['again@example.com']);

  const dry = await run('--dry-run', ...FAST);
  const second = await run('--yes', ...FAST);
  const names = await noContacts();
  const again = await run('--yes', '--json', '--restart', ...FAST);

  expect(JSON.parse(first.out)).toMatchObject({ dryRun: false, sent: { jobs: 1 } });
  for (const { code, out } of [dry, second]) {
    expect(code).toBe(0);
    expect(out).toMatch(/to who was no contact then +1 .*no-contacts.csv/);
    expect(out).toContain('--restart');
  }
  expect([names, await noContacts()]).toEqual(['"email"\n"again@example.com"\n', undefined]);
  expect(JSON.parse(again.out)).toMatchObject({
    customers: { overtaken: 0 },
    jobs: { toSend: 1 },
    sent: { jobs: 1, labels: [{ add: 1 }, { add: 1 }] },
  });
  await until(async () => (await labelsOf('again@example.com'))?.length === 2);
});

test('what an engine was sent that has forgotten it since (--fresh) is sent again', async () => {
  await file(order(1, 'fresh@example.com'));
  await newContacts(['fresh@example.com']);
  await run('--yes', ...FAST);
  await areDone('fresh@example.com');
  const written = await readFile(engine.statePath, 'utf8');
  await writeFile(
    engine.statePath,
    JSON.stringify({ ...JSON.parse(written), memoryId: 'another' }),
  );

  const fresh = await run('--dry-run', '--json', ...FAST);
  await writeFile(engine.statePath, written);
  const same = await run('--dry-run', '--json', ...FAST);

  expect(JSON.parse(fresh.out)).toMatchObject({ jobs: { sentBefore: 0 } });
  expect(JSON.parse(same.out)).toMatchObject({ jobs: { sentBefore: 1 } });
});

test('without --yes, and nobody to ask, nothing is sent', async () => {
  await file(order(1, 'quiet@example.com'));

  const { code, err } = await run(...FAST);

  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--yes') });
  expect(await noted()).toEqual([]);
});

test('where the file changed since a run, what it says now is sent', async () => {
  await file(order(1, 'changed@example.com'));
  await newContacts(['changed@example.com']);
  await run('--yes', ...FAST);
  await file(order(1, 'changed@example.com'), order(2, 'changed@example.com', 'refunded'));

  const { code } = await run('--yes', ...FAST);

  expect(code).toBe(0);
  await until(async () => (await labelsOf('changed@example.com'))?.join() === 'Bought Teapot');
});

test('who is no contact is left, and created where the rules say so; nobody waits for them', async () => {
  await file(order(1, 'Nobody@example.com'));
  const left = await run('--yes', '--json', ...FAST);
  await areDone('nobody@example.com');
  const before = (await contacts()).map(({ email }) => email);
  await writeFile(join(folder, 'rules.yml'), `contacts: { missing: create }\n${RULES}`);
  await file(order(1, 'New.Person@example.com'));

  const created = await run('--yes', '--json', ...FAST);

  expect(JSON.parse(left.out)).toMatchObject({ customers: { missing: 'ignore' } });
  expect(before).not.toContain('Nobody@example.com');
  expect(JSON.parse(created.out)).toMatchObject({ customers: { missing: 'create' } });
  await areDone('new.person@example.com');
  expect(await labelsOf('New.Person@example.com')).toEqual(['Bought Teapot', 'Customer']);
});

test('a label that a webhook settles after the dry run is left as it is', async () => {
  await file(order(1, 'late@example.com'));
  await newContacts(['late@example.com']);
  await run('--dry-run', ...FAST);
  const refund = ['send', 'shopify', 'order.refunded', '--email', 'late@example.com'];
  await earmark(refund, options());

  const { out } = await run('--yes', '--json', ...FAST);

  expect(JSON.parse(out)).toMatchObject({
    customers: { overtaken: 1 },
    sent: { labels: [{ name: 'Bought Teapot', add: 1 }] },
  });
  await areDone('late@example.com');
  expect(await labelsOf('late@example.com')).toEqual(['Bought Teapot']);
});

test('a file of which no row can be read says why, and ends with 1', async () => {
  const rows = [
    order(1, 'ada@example.com', 'paid', 'K\u00e4ufer'),
    order(2, 'bo@example.com', 'paid', 'M\u00fctze'),
  ];
  await writeFile(join(folder, 'orders.csv'), Buffer.from([HEADER, ...rows].join('\n'), 'latin1'));

  const [said, json] = [await run('--dry-run'), await run('--dry-run', '--json')];

  expect([said.code, json.code]).toEqual([1, 1]);
  expect(said.out).toMatch(
    /^2 rows or orders could not be read: .*unread\.csv\n {2}2: the row is not UTF-8\. Save /m,
  );
  expect(JSON.parse(json.out)).toMatchObject({
    orders: 0,
    unreadReasons: [{ reason: expect.stringContaining('CSV UTF-8'), count: 2 }],
  });
});

test('rows that cannot be read, and who gets what, stand in files that only the owner reads', async () => {
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
  expect(await readFile(pathTo('customers.csv'), 'utf8')).toContain(
    '"stranger@example.com","1","Customer; Bought Teapot",""',
  );
  expect((await stat(pathTo('customers.csv'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(pathTo('customers.csv'), '..'))).mode & 0o777).toBe(0o700);
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

test('what the workers cannot do is a dead letter', async () => {
  await file(order(1, 'gone@example.com'));
  await newContacts(['gone@example.com']);
  await engine.simulator('faults', {
    method: 'POST',
    body: JSON.stringify({ operation: 'queryContacts', status: 400 }),
  });

  const { code, out } = await run('--yes', ...FAST);

  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('dead-letters') });
  await areDone('gone@example.com');
  const list = await earmark(['dead-letters', 'list', '--json'], options());
  expect(JSON.parse(list.out).deadLetters).toBe(1);
});

// The last test of this file: what it writes into the engine's log stays there.
test('lines of the log that cannot be read: who is in one is left alone, and a run does not guess at the others', async () => {
  // Arrange
  await file(order(1, 'torn@example.com'), order(2, 'whole@example.com'));
  await newContacts(['torn@example.com', 'whole@example.com']);
  const begin = `"time":"${new Date().toISOString()}" "eventId":"say "[e-mail]" q"`;
  const log = (line: string) =>
    appendFile(
      engine.state.logFile,
      `${JSON.stringify({ function: 'label', message: 'output', line })}\n`,
    );

  // Act
  await log(`${begin} "outcome":"done" "group":"${groupOf('torn@example.com')}" "removed":`);
  const aside = await run('--yes', ...FAST);
  await areDone('whole@example.com');
  await log(`${begin} "outcome":"done" "grou`);
  await file(order(1, 'torn@example.com'), order(3, 'whole@example.com'));
  const tried = await run('--dry-run', ...FAST);
  const refused = await run('--yes', ...FAST);

  // Assess
  expect(aside.code).toBe(0);
  expect(aside.err).toContain('Lines of the log about 1 customer cannot be read');
  expect(await labelsOf('torn@example.com')).toEqual([]);
  expect(await labelsOf('whole@example.com')).toEqual(['Bought Teapot', 'Customer']);
  expect(tried.err).toContain('1 line of the log cannot be read (label at ');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('Nothing was sent. 1 line of the log cannot be read');
});
