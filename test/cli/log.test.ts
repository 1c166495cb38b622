import { copyFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SHOP } from '../../samples/shop.ts';
import {
  type EngineProcess,
  earmark,
  earmarkHere,
  startEarmark,
  startEngineProcess,
} from '../support/earmark.ts';
import { until } from '../support/until.ts';

let engine: EngineProcess;
beforeAll(async () => {
  engine = await startEngineProcess();
});
afterAll(() => rm(dirname(engine.statePath), { recursive: true }));

const EMAIL = 'ada@shop.example';
const rows = (out: string) => out.split('\n').filter((line) => /^\d\d:\d\d:\d\d {2}/.test(line));

async function post(source: string, headers: Readonly<Record<string, string>> = {}) {
  const url = `${engine.state.url}/webhooks/${source}`;
  await (await fetch(url, { method: 'POST', headers, body: '{}' })).text();
}

test('what came in is followed as it comes, listed, and still there when the engine has ended', async () => {
  // Act: followed
  const follower = startEarmark(['log', '--follow', '--source', 'shopify'], engine);
  await until(() => follower.printed.err.includes('Following the local engine. Ctrl-C ends it.'));
  const set = ['--set', 'name="#1042"', '--set', 'order_number=1042'];
  await earmarkHere(['send', 'shopify', '--email', EMAIL, ...set], engine);
  await post('shopify', { 'x-shopify-topic': 'orders/paid', 'x-shopify-hmac-sha256': 'AAAA' });
  await until(() => follower.printed.out.includes('refused'));
  follower.child.kill('SIGINT');
  const { code } = await follower.finished;

  // Assess
  expect(code).toBe(130);
  const followed = rows(follower.printed.out).slice(-3);
  expect(followed).toEqual([
    expect.stringMatching(/ {2}shopify {6}order\.paid {10}[\da-f]{8} {2}queued \+Customer \+VIP$/),
    expect.stringMatching(/ {2}order\.paid {10}[\da-f]{8} {2}labelled \+Customer \+VIP$/),
    expect.stringContaining('refused: the signature matches no configured secret'),
  ]);

  // Act: listed
  await post('nobody');
  const listed = await earmarkHere(['log'], engine);
  const byOrder = await earmarkHere(['log', '--order', '#1042', '--json'], engine);
  const byPerson = await earmarkHere(['log', '--person', EMAIL], engine);
  const refused = await earmarkHere(['log', '--status', 'unknown-source'], engine);

  // Assess
  expect(rows(listed.out).at(-1)).toMatch(/ {2}unknown .* refused: there is no such source$/);
  expect(listed.err).toMatch(/^the local engine, since [\d: -]+: \d+ done, .*refused/);
  const { rows: found } = JSON.parse(byOrder.out);
  expect(found).toEqual([
    expect.objectContaining({ state: 'done', types: ['order.paid'], order: '1042' }),
  ]);
  expect(rows(byPerson.out)).toEqual([expect.stringContaining('labelled +Customer +VIP')]);
  expect(rows(refused.out)).toHaveLength(1);
  expect(listed.out).not.toContain(EMAIL);

  // Act: other rules on what was kept
  const folder = dirname(engine.statePath);
  await copyFile(join(SHOP, 'rules.yml'), join(folder, 'rules.yml'));
  await writeFile(
    join(folder, 'other.yml'),
    'rules:\n  - { name: buyers, on: order.paid, when: event.order.number == "1042", add: [Buyer] }\n',
  );
  const inFolder = { ...engine, cwd: folder };
  const compared = await earmarkHere(['rules', 'try', 'other.yml'], inFolder);

  // Assess
  expect(compared.err).toBe('');
  const lines = compared.out.split('\n');
  const ours = lines.findIndex((line) => line.includes(EMAIL));
  expect(lines.slice(ours, ours + 3)).toEqual([
    expect.stringMatching(
      /^[\d-]+ [\d:]+ {2}shopify order\.paid {2}ada@shop\.example {2}[\da-f]{8}$/,
    ),
    '  rules.yml  +Customer, +VIP',
    '  other.yml  +Buyer',
  ]);
  expect(lines.at(-2)).toMatch(/^\d+ deliveries: \d+ the same, \d+ differ$/);

  // Act: when the engine has ended
  await engine.kill();
  const left = await earmark(['log', '--person', EMAIL], engine);
  const explained = await earmarkHere(['explain', '#1042'], engine);
  const person = await earmarkHere(['explain', EMAIL], engine);

  // Assess
  const later = await earmarkHere(['rules', 'try', 'other.yml'], inFolder);
  expect(later.out).toBe(compared.out);
  expect(rows(left.out)).toEqual(rows(byPerson.out));
  expect(left.err).toContain('Wix could not be asked who that is (the engine has ended).');
  expect(explained.out).toContain('1 event in the logs of the local engine (it has ended) since ');
  expect(explained.out).toContain('→ Done.');
  expect(person.out).toContain('→ Done.');
  expect(person.err).toContain('Wix could not be asked who that is (the engine has ended)');
});

test.each([
  ['--person', 'nobody', '--person is "nobody", which is no e-mail address.'],
  ['--source', 'shopfy', 'There is no source "shopfy". Did you mean `shopify`?'],
  ['--since', 'soon', '--since is "soon". Write how long ago'],
  ['--status', 'lost', 'Allowed choices are done, waiting, queued'],
])('%s %s is refused with what can be given', async (option, value, said) => {
  const { code, err } = await earmarkHere(['log', option, value], engine);
  expect(err).toContain(said);
  expect(code).toBe(2);
});

test('where no engine ever ran there is nothing to show', async () => {
  const { code, err } = await earmarkHere(['log']);
  expect(code).toBe(3);
  expect(err).toContain('The local engine does not run.');
});
