import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

// `npm test` is the project's, rules.yml is the user's: the suites that come near the user's files, in a copy of
// the project with the files of a shop in place of those that the project came with.

const ROOT = resolve(import.meta.dirname, '..');
const LEFT_OUT = /^(?:node_modules|\.git|\.serverless|\.earmark|\.stryker-tmp|reports)$/;

/** They import rules.yml, or run commands that look for it where they are started. */
const SUITES = [
  'test/cli/capacity/calls',
  'test/cli/rules\\.test',
  'test/cli/rules/tests',
  'test/loop',
  'test/receiving',
  'test/rules/schema',
];

interface UserFiles {
  readonly 'rules.yml': string;
  readonly 'rules.test.yml': string;
  readonly '.env': string;
}

const SHOPS: Readonly<Record<string, UserFiles>> = {
  'a bakery that hears forms and topics alone': {
    'rules.yml': `
contacts: { missing: create }
rules:
  - { name: tastings, on: form.submitted, when: event.form.name == "Tasting", add: [Tasting 🥐] }
  - { name: wholesale, topics: draft_orders/create, sources: shopify, add: [Wholesale] }
`,
    'rules.test.yml': `
tests:
  - name: a tasting
    source: custom
    body: { event: form.submitted, email: kim@example.com, form_name: Tasting }
    expect: { add: [Tasting 🥐] }
`,
    '.env': 'PORT=4999\nCUSTOM_WEBHOOK_SECRET=a-bakery-has-a-secret-of-its-own-too\n',
  },
  'a school whose courses stand in tables': {
    'rules.yml': `
tables:
  courses: courses.csv
  levels: { A1: Beginner, B2: [Advanced, Alumni] }
rules:
  - name: courses
    on: [order.paid, order.fulfilled]
    add: { table: courses, keys: 'event.order.items.map(i, i.sku)' }
  - name: given up
    on: [order.refunded, order.canceled]
    remove: { table: courses, keys: 'event.order.items.map(i, i.sku)' }
  - { name: levels, on: custom, add: { table: levels, keys: 'get(event.data, "level", "")' } }
`,
    'rules.test.yml': `
tests:
  - name: a level
    source: custom
    body: { event: placed, email: kim@example.com, level: B2 }
    expect: { add: [Advanced, Alumni] }
`,
    '.env': 'WIX_REQUESTS_PER_MINUTE=7\nWORKER_CONCURRENCY=2\n',
  },
  'a gallery with two hundred rules': {
    'rules.yml': `rules:\n${Array.from(
      { length: 200 },
      (_, n) =>
        `  - { name: piece ${n}, on: order.created, when: 'event.order.items.exists(i, i.sku == "P-${n}")', add: [Piece ${n}] }`,
    ).join('\n')}\n`,
    'rules.test.yml': `
tests:
  - name: the tenth piece
    source: custom
    body: { event: order.created, email: kim@example.com, products: [{ title: Ten, sku: P-10 }] }
    expect: { add: [Piece 10] }
`,
    '.env': 'SHOPIFY_WEBHOOK_SECRET=the-gallery-does-not-use-shopify-at-all\n',
  },
  'a club that computes what it can': {
    'rules.yml': `
limits: { computedLabels: 400 }
contacts: { missing: ignore }
rules:
  - { name: all tags, on: [customer.created, customer.updated], add: 'event.tags.map(t, "Tag " + t)' }
  - { name: plans, on: [subscription.started, subscription.renewed], add: '"Plan " + event.subscription.planName' }
  - { name: gone, on: subscription.canceled, remove: '"Plan " + event.subscription.planName' }
`,
    'rules.test.yml': `
tests:
  - name: a plan
    source: custom
    body: { event: subscription.started, email: kim@example.com, plan: Gold }
    expect: { add: [Plan Gold] }
`,
    '.env': 'WIX_SITE_ID=99999999-8888-4777-8666-555555555555\n',
  },
  'a studio whose labels stay true': {
    'rules.yml': `
contacts: { missing: create }
labels:
  - { label: Customer, while: 'history.orders.exists(o, o.paid)' }
  - oneOf:
      Regular: history.within("90d").events.exists(e, e.name == "booking.created" && e.count >= 5)
      Newcomer: history.events.exists(e, e.name == "booking.created")
  - { label: Ask how it was, while: 'history.orders.exists(o, o.fulfilled)', after: 2w }
  - { each: 'history.subscriptions.filter(s, s.active && has(s.planName)).map(s, "Plan " + s.planName)', most: 3 }
rules:
  - { name: autumn, on: order.paid, when: 'event.order.discountCodes.exists(c, c == "AUTUMN")', add: [Came in autumn] }
`,
    'rules.test.yml': `
tests:
  - name: a purchase that goes back
    source: custom
    given:
      - { at: 2026-01-05, body: { event: order.paid, order_id: "1", email: kim@example.com, total: 20, currency: EUR } }
      - { at: 2026-01-20, body: { event: order.refunded, order_id: "1", email: kim@example.com } }
    expect:
      - { at: 2026-01-05, labels: [Customer] }
      - { at: 2026-01-20, labels: [] }
`,
    '.env': 'WIX_APP_ID=app\nWIX_APP_SECRET=hush\nWIX_INSTANCE_ID=instance\nHISTORY_YEARS=9\n',
  },
  'a shop that takes the labels of the project for its own ends': {
    'rules.yml': `
rules:
  - { name: customers, on: order.refunded, add: [Customer, VIP] }
  - { name: big spenders, on: order.paid, when: "false", remove: [VIP] }
  - { name: refunds, on: order.paid, remove: [Customer] }
`,
    'rules.test.yml': `
tests:
  - name: paid takes Customer
    source: custom
    body: { event: order.paid, email: kim@example.com, order_id: A-1, total: 900, currency: USD }
    expect: { remove: [Customer] }
`,
    '.env': 'WIX_API_KEY=somebody-elses-key\nTUNNEL_HOST=shop.example.com\n',
  },
};

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'earmark-user-'));
  await cp(ROOT, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !LEFT_OUT.test(path.slice(ROOT.length + 1)),
  });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await writeFile(join(copy, 'courses.csv'), 'value,label\nC-1,Pottery\nC-2,Drawing\n');
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** @returns the exit code, and what was printed */
function run(...args: readonly string[]): Promise<{ code: unknown; printed: string }> {
  const env = { PATH: process.env.PATH };
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: copy, env }, (error, stdout, stderr) => {
      done({ code: error?.code ?? 0, printed: `${stdout}${stderr}` });
    });
  });
}

test.each(Object.entries(SHOPS))('the suites hold with the files of %s', async (_, files) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(copy, name), text);

  const own = await run('cli/earmark.ts', 'rules', 'test');
  const suites = await run(
    '--disable-warning=ExperimentalWarning',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--maxWorkers=1',
    ...SUITES,
  );

  expect(own).toEqual({ code: 0, printed: expect.stringMatching(/^1 test, passed|all passed/m) });
  expect(suites.code === 0 || suites.printed.slice(-3_000)).toBe(true);
});
