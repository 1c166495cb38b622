import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readState } from '../../engine/state.ts';
import { SAMPLE_BUYERS, sampleDelivery } from '../../samples/samples.ts';
import {
  type EngineProcess,
  earmark,
  earmarkHere,
  startEngineProcess,
} from '../support/earmark.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'earmark-saved-'));
const save = (name: string, text: string) => writeFileSync(join(folder, name), text);

const HEAD = 'contacts: { missing: create }\nrules:\n';
const rule = (name: string, label: string, more = '') =>
  `  - { name: ${name}, on: order.paid, add: [${label}]${more} }\n`;
const FIRST = `${HEAD}${rule('customers', 'Customer')}`;

let engine: EngineProcess;
beforeAll(async () => {
  save('rules.yml', FIRST);
  engine = await startEngineProcess({}, { cwd: folder });
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

/** Saves, and waits until the engine has said something of it. @returns what it said */
async function saveAndHear(name: string, text: string, sign: RegExp): Promise<string> {
  const before = engine.printed.out.length;
  save(name, text);
  return until(() => {
    const said = engine.printed.out.slice(before);
    return sign.test(said) ? said : undefined;
  });
}

async function deliver(email: string): Promise<number> {
  const secret = engine.state.signingSecrets.custom ?? '';
  const buyer = { ...SAMPLE_BUYERS.custom, email, phone: '' };
  const { headers, body } = sampleDelivery('custom', { secret, now: Date.now(), buyer });
  const url = `${engine.state.url}/webhooks/custom`;
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

async function labelsOf(email: string): Promise<readonly string[]> {
  const found = (await engine.simulator(`contacts?email=${email}`)) as {
    contacts?: { labels: readonly string[] }[];
  };
  return found.contacts?.[0]?.labels ?? [];
}

/** The labels of somebody who bought just now. */
async function labelsAfterOrder(email: string): Promise<readonly string[]> {
  expect(await deliver(email)).toBe(200);
  return until(async () => {
    const labels = await labelsOf(email);
    return labels.length > 0 && labels;
  });
}

test('saved rules run while deliveries come: none is lost, none is answered with an error', async () => {
  // Act
  const answers = new Map<string, number>();
  let isTaken = false;
  const stream = (async () => {
    for (let n = 0, after = 0; after < 10; n += 1) {
      if (isTaken) after += 1;
      const email = `stream-${n}@example.com`;
      answers.set(email, await deliver(email));
    }
  })();
  await until(() => answers.size > 5);
  const said = await saveAndHear('rules.yml', FIRST + rule('spring', 'Spring'), /run now.*\n.*\n/);
  isTaken = true;
  await stream;

  // Assess
  expect(said).toContain('The saved rules run now:\n  rule added: "spring"\n');
  expect(new Set(answers.values())).toEqual(new Set([200]));
  const emails = [...answers.keys()];
  await until(async () => {
    const labels = await Promise.all(emails.map(labelsOf));
    return labels.every((each) => each.includes('Customer'));
  });
  expect(await labelsOf(emails.at(0) ?? '')).toEqual(['Customer']);
  expect(await labelsOf(emails.at(-1) ?? '')).toEqual(['Customer', 'Spring']);
  // What was there before is there still.
  expect(await labelsOf('margaret@example.com')).toEqual(['Customer']);
  const { url, rules } = (await readState(engine.statePath)) ?? {};
  expect(url).toBe(engine.state.url);
  expect(rules?.hash).not.toBe(engine.state.rules?.hash);
});

test('rules that do not compile are shown with their places, and the former ones run', async () => {
  const before = (await readState(engine.statePath))?.rules;

  const said = await saveAndHear(
    'rules.yml',
    `${HEAD}${rule('customers', 'Customer', ', when: event.order.totl > 1.0')}`,
    /still run/,
  );

  expect(said).toMatch(/^rules\.yml:3:\d+: .*totl/m);
  expect(said).toContain('The former rules still run.');
  expect(await labelsAfterOrder('broken@example.com')).toEqual(['Customer', 'Spring']);
  expect((await readState(engine.statePath))?.rules).toEqual(before);
  const here = { statePath: engine.statePath, cwd: folder };
  const asked = [['explain', 'broken@example.com'], ['send', 'custom', '--no-wait'], ['doctor']];
  for (const args of asked) {
    const { rules } = JSON.parse((await earmarkHere([...args, '--json'], here)).out);
    expect(rules).toMatchObject({ differ: true, running: before });
  }
  const { err } = await earmarkHere(['send', 'custom', '--no-wait'], here);
  expect(err).toMatch(/^The folder's rules, saved .*, do not compile and do not run:\n/);

  // What ran before is no news.
  const mended = await saveAndHear('rules.yml', FIRST + rule('spring', 'Spring'), /They say/);
  expect(mended).toContain('The saved rules compile again. They say what runs.');
});

test('a source of one’s own is there when it is saved', async () => {
  mkdirSync(join(folder, 'my-sources'));
  copyFileSync(resolve('sources/polar.yml'), join(folder, 'my-sources/acme.yml'));
  const said = await saveAndHear(
    'rules.yml',
    FIRST + rule('of acme', 'Acme', ', sources: [acme]'),
    /source added/,
  );

  expect(said).toMatch(/rule added: "of acme"\n {2}rule removed: "spring"\n {2}source added: acme/);
  const sent = await earmark(
    ['send', 'acme', 'order.paid', '--email', 'kim@example.com', '--json'],
    { statePath: engine.statePath, cwd: folder },
  );
  expect(sent).toMatchObject({ code: 0, err: expect.not.stringContaining('rules') });
  expect(await labelsOf('kim@example.com')).toEqual(['Acme', 'Customer']);
});

test('standing labels come, change for everybody, and go', async () => {
  const labels = (cel: string) => `labels:\n  - { label: Regular, while: "${cel}" }\n`;
  const come = await saveAndHear(
    'rules.yml',
    FIRST + labels('history.orders.size() >= 2'),
    /run now.*\n.*\n/,
  );
  expect(come).toContain('standing label added: Regular');
  expect(await labelsAfterOrder('ann@example.com')).toEqual(['Customer']);

  // Nobody buys: all contacts are looked at, when no worker is at work any more that knows the former definition.
  const changed = await saveAndHear(
    'rules.yml',
    FIRST + labels('history.orders.size() >= 1'),
    /run now.*\n.*\n.*\n/,
  );
  expect(changed).toContain('standing label changed: Regular\n');
  expect(changed).toContain('./earmark clock +4m');
  const moved = await earmark(['clock', '+4m'], { statePath: engine.statePath, cwd: folder });
  expect(moved).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ann@example\.com {2}\+Regular/),
  });
  await until(async () => (await labelsOf('ann@example.com')).includes('Regular'));

  const gone = await saveAndHear('rules.yml', FIRST, /run now.*\n.*\n/);
  expect(gone).toContain('standing label removed: Regular');
  expect(await labelsAfterOrder('eve@example.com')).toEqual(['Customer']);
  expect((await readState(engine.statePath))?.historyTable).toBeUndefined();
});

test('tests of the rules are run when they are saved', async () => {
  const tests = (label: string) => `tests:
  - name: who buys
    source: custom
    body: { event: order.paid, email: kim@example.com, order_id: "1", total: 5, currency: EUR }
    expect: { add: [${label}] }
`;

  const good = await saveAndHear('rules.test.yml', tests('Customer'), /of the rules/);
  expect(good).toContain('1 test of the rules passes\n');

  const bad = await saveAndHear('rules.test.yml', tests('Client'), /of the rules/);
  expect(bad).toContain('1 of 1 test of the rules fails: "who buys" (rules.test.yml:2); ./earmark');
});
