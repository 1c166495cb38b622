import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PlanFigures } from '../../cli/commands/backfill/figures.ts';
import { emailKey } from '../../lib/events/contact.ts';
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
  - { name: vip, on: order.paid, when: event.order.total >= 150.0, add: [VIP] }
  - { name: refunds, on: order.refunded, remove: [Customer] }
`;
/** A pace that nobody waits for. */
const FAST = ['--rate', '1000000/min'];

let engine: EngineProcess;
let folder: string;

beforeAll(async () => {
  engine = await startEngineProcess();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-bulk-'));
  await writeFile(join(folder, 'rules.yml'), RULES);
});
afterEach(() => rm(folder, { recursive: true }));

const command = (args: readonly string[]) => ['backfill', 'orders.csv', ...args];
const options = () => ({ statePath: engine.statePath, cwd: folder });
const run = (...args: string[]) => earmark(command(args), options());
const newContacts = (emails: readonly string[]) =>
  engine.simulator('contacts', {
    method: 'POST',
    body: JSON.stringify(emails.map((email) => ({ email }))),
  });

interface SiteContact {
  readonly email: string;
  readonly labels: readonly string[];
}
async function contactsLike(beginning: string): Promise<readonly SiteContact[]> {
  const contacts: readonly SiteContact[] = (await engine.simulator('contacts')).contacts ?? [];
  return contacts.filter(({ email }) => email?.startsWith(beginning));
}
async function calls(operation: string): Promise<number> {
  const all: readonly { operation: string }[] = (await engine.simulator('calls')).calls ?? [];
  return all.filter((call) => call.operation === operation).length;
}

/** The ids of the jobs that are noted as done or sent. */
async function noted(): Promise<readonly string[]> {
  const [file] = globSync('.earmark/backfill/*/sent.txt', { cwd: folder });
  return file ? (await readFile(join(folder, file), 'utf8')).split('\n').slice(1, -1) : [];
}

/** By e-mail, what customers.csv says that each is to have in the end. */
async function expected(): Promise<ReadonlyMap<string, string>> {
  const [path = ''] = globSync('.earmark/backfill/*/customers.csv', { cwd: folder });
  const rows = (await readFile(join(folder, path), 'utf8')).split('\n').slice(1, -1);
  return new Map(
    rows.map((row) => {
      const [email = '', , gets = ''] = row.slice(1, -1).split('","');
      return [emailKey(email), gets.split('; ').filter(Boolean).toSorted().join()];
    }),
  );
}

test('20,000 orders of 5,000 customers: killed in the middle of a bulk job and run again, all have their labels', async () => {
  // Arrange
  const CONTACTS = 4_900;
  await writeFile(join(folder, 'orders.csv'), shopifyOrders({ orders: 20_000, customers: 5_000 }));
  await newContacts(Array.from({ length: CONTACTS }, (_, i) => customerEmail(i)));

  // Act
  const figures: PlanFigures = JSON.parse((await run('--dry-run', '--json')).out);
  const killed = startEarmark(command(['--yes', ...FAST]), options());
  await until(async () => (await calls('bulkLabelAndUnlabelContacts')) >= 2);
  killed.child.kill('SIGKILL');
  await killed.finished;
  const afterKill = await noted();
  const { code, out } = await run('--yes', '--json', ...FAST);
  const { sent } = JSON.parse(out);
  const again = await run('--yes', ...FAST);

  // Assess
  const { customers } = figures.bulk;
  expect(customers).toBeGreaterThan(4_500);
  expect(figures.calls).toBeLessThan(figures.jobs.toSend * 3 + 200);
  expect(afterKill).toEqual([]);
  expect(code).toBe(0);
  expect(sent.bulk.customers).toBeGreaterThan(customers - 101);
  expect(sent.bulk.calls / sent.bulk.customers).toBeLessThan(0.02);
  expect(sent.bulk.customers + sent.jobs).toBe(customers + figures.jobs.toSend);
  expect(new Set(await noted()).size).toBe(customers + figures.jobs.toSend);
  expect(again.out).toContain('--restart');
  const wanted = await expected();
  await until(async () => {
    const contacts = await contactsLike('customer-');
    return contacts.every(
      ({ email, labels }) => labels.toSorted().join() === (wanted.get(email) ?? ''),
    );
  });
});

const HEADER = 'Name,Email,Financial Status,Paid at,Created at,Total,Currency,Lineitem name';
const orders = (name: string, count: number) => {
  const emails = Array.from({ length: count }, (_, i) => `${name}-${i}@example.com`);
  const time = '2026-03-01 10:00:00 +0000';
  const rows = emails.map((email, i) => `#${i},${email},paid,${time},${time},20.00,USD,Teapot`);
  return { emails, csv: [HEADER, ...rows].join('\n') };
};

test('where Wix does not know of bulk jobs the workers label all', async () => {
  const { emails, csv } = orders('refused', 60);
  await writeFile(join(folder, 'orders.csv'), csv);
  await newContacts(emails);
  const fault = { operation: 'bulkLabelAndUnlabelContacts', status: 404 };
  await engine.simulator('faults', { method: 'POST', body: JSON.stringify(fault) });

  const { code, out, err } = await run('--yes', '--json', ...FAST);

  expect(code).toBe(0);
  expect(err).toContain('404 SIMULATED_FAULT. The workers label these customers one by one.');
  expect(JSON.parse(out)).toMatchObject({
    bulk: { customers: 60 },
    sent: { jobs: 60, bulk: { customers: 0 } },
  });
  await until(async () =>
    (await contactsLike('refused-')).every(({ labels }) => labels.join() === 'Customer'),
  );
});

test('without the credentials of Wix, and with --no-bulk, all goes by the queue', async () => {
  await writeFile(join(folder, 'orders.csv'), orders('plain', 60).csv);
  const { WIX_API_KEY, ...settings } = engine.state.settings;
  const statePath = join(folder, 'engine.json');
  await writeFile(statePath, JSON.stringify({ ...engine.state, settings }));

  const keyless = await earmark(command(['--dry-run', '--json']), { ...options(), statePath });
  const unwanted = await run('--dry-run', '--json', '--no-bulk');

  const plan = { bulk: { customers: 0, calls: 0 }, jobs: { toSend: 60 } };
  expect(JSON.parse(keyless.out)).toMatchObject(plan);
  expect(keyless.err).toContain('WIX_API_KEY');
  expect(JSON.parse(unwanted.out)).toMatchObject(plan);
  expect(unwanted.err).not.toContain('WIX_API_KEY');
});

test('the plan says what goes in bulk, and Ctrl-C before the bulk job is over leaves it to the next run', async () => {
  const { emails, csv } = orders('stopped', 60);
  await writeFile(join(folder, 'orders.csv'), csv);
  await newContacts(emails);
  const before = await calls('bulkLabelAndUnlabelContacts');

  const plan = await run('--dry-run');
  const stopped = startEarmark(command(['--yes']), options());
  await until(async () => (await calls('bulkLabelAndUnlabelContacts')) > before);
  stopped.child.kill('SIGINT');
  const { code, err } = await stopped.finished;
  const last = await run('--yes', ...FAST);

  expect(plan.out).toMatch(/customers to label in bulk +60/);
  expect({ code, err }).toMatchObject({ code: 130, err: expect.stringContaining('same command') });
  expect(last.out).toContain('Labelled 60 customers in bulk');
  expect(new Set((await contactsLike('stopped-')).map(({ labels }) => labels.join()))).toEqual(
    new Set(['Customer']),
  );
});
