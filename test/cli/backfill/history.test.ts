import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { earn } from '../../../cli/commands/backfill/customers.ts';
import { readOrders } from '../../../cli/commands/backfill/read-orders.ts';
import { compileRulesWithHistory } from '../../../lib/rules/match.ts';
import { SITE_ID } from '../../support/jobs.ts';
import {
  KIM,
  openStandingStage,
  STANDING_RULES,
  type StandingStage,
} from '../../support/standing-stage.ts';

const HEADER =
  'Name,Email,Financial Status,Paid at,Created at,Cancelled at,Total,Currency,Id,Lineitem quantity,Lineitem name,Lineitem price';
const order = (id: number, email: string, status: string, paid: string, more = '') =>
  `#${id},${email},${status},${paid},${paid},${more},300.00,EUR,${id},1,Mug,300.00`;
const CSV = [
  HEADER,
  order(1, KIM, 'paid', '2026-03-01 10:00:00 +0000'),
  order(2, KIM, 'paid', '2026-10-01 10:00:00 +0000'),
  order(3, 'ada@example.com', 'refunded', '2026-10-01 10:00:00 +0000'),
  order(4, 'new@example.com', 'paid', '2026-11-01 10:00:00 +0000'),
].join('\n');

let stage: StandingStage;
let folder: string;
beforeEach(async () => {
  stage = await openStandingStage();
  folder = await mkdtemp(join(tmpdir(), 'earmark-history-'));
});
afterEach(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

async function jobs(csv = CSV) {
  const file = join(folder, 'orders.csv');
  await writeFile(file, csv);
  const { orders } = await readOrders(file, {}, []);
  const { customers } = earn(orders, SITE_ID, compileRulesWithHistory(STANDING_RULES), stage.now());
  return customers.flatMap(({ job }) => job ?? []);
}

async function backfill(csv?: string): Promise<void> {
  for (const job of await jobs(csv)) await stage.send(job);
  await stage.drain();
}

const changes = () => stage.calls().filter((call) => /^(?:un)?labelContact/.test(call)).length;

test('old orders bring the standing labels of their customers, and those of rules', async () => {
  const kim = stage.wix.addContact({ email: KIM });
  const ada = stage.wix.addContact({ email: 'ada@example.com' });

  await backfill();

  expect(stage.labelsOf(kim)).toEqual(['Big order', 'Customer', 'Returning', 'Silver', 'VIP']);
  expect(stage.labelsOf(ada)).not.toContain('Customer');
  const { facts } = await stage.store.read({ site: SITE_ID, contactId: kim });
  expect(facts.map(({ id }) => id).sort()).toEqual(['1', '2']);
});

test('the same again changes nothing, and asks for no label', async () => {
  const kim = stage.wix.addContact({ email: KIM });
  const small = CSV.replaceAll('300.00', '150.00');
  await backfill(small);
  const owner = { site: SITE_ID, contactId: kim };
  const [before, made] = [await stage.store.read(owner), changes()];
  stage.pass(10 * 60_000);

  await backfill(small);

  expect(before.facts).toHaveLength(2);
  expect(await stage.store.read(owner)).toEqual(before);
  expect(changes()).toBe(made);
});

test('a live event that came first keeps its say: what the file is too old to know is not undone', async () => {
  const kim = stage.wix.addContact({ email: KIM });
  const total = { total: 300, refundedTotal: 300, currency: 'EUR' };
  await stage.happen('order.refunded', { source: 'shopify', order: { id: '2', ...total } });

  await backfill();

  expect(stage.labelsOf(kim)).toContain('Customer');
  expect(stage.labelsOf(kim)).not.toContain('Returning');
});

test('who is no contact yet has the old orders when they become one', async () => {
  await backfill();
  const later = stage.wix.addContact({ email: 'new@example.com' });
  stage.pass(10 * 60_000);

  await stage.happen('form.submitted', { contact: { email: 'new@example.com' } });

  expect(stage.labelsOf(later)).toContain('Customer');
});

test('a canceled order of WooCommerce stays canceled, whatever its row looks like', async () => {
  const kim = stage.wix.addContact({ email: KIM });
  const csv = [
    'order_id,status,order_date,paid_date,billing_email,order_total,order_currency',
    `7,wc-cancelled,2026-10-01 10:00:00,2026-10-01 10:00:00,${KIM},300.00,EUR`,
  ].join('\n');

  await backfill(csv);

  expect(stage.labelsOf(kim)).not.toContain('Customer');
});
