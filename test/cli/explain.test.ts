import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type EngineProcess,
  earmark,
  earmarkHere,
  startEngineProcess,
} from '../support/earmark.ts';
import { until } from '../support/until.ts';

let engine: EngineProcess;
let folder: string;
beforeAll(async () => {
  engine = await startEngineProcess();
  folder = await mkdtemp(join(tmpdir(), 'earmark-explain-'));
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true });
});

const explain = (...args: string[]) => earmarkHere(['explain', ...args], engine);

interface Sent {
  readonly eventId: string;
  readonly story?: {
    readonly jobId: string;
    readonly steps: readonly { readonly contactId?: string; readonly outcome?: string }[];
  };
}
/** Sends a sample and waits for its first try. */
async function sent(...args: string[]): Promise<Sent> {
  const { out, err } = await earmarkHere(['send', ...args, '--json'], engine);
  if (!out) throw new Error(err);
  return JSON.parse(out);
}

const fault = (body: object) =>
  engine.simulator('faults', { method: 'POST', body: JSON.stringify(body) });
const addContact = (body: object) =>
  engine.simulator('contacts', { method: 'POST', body: JSON.stringify(body) });

test('an event is shown from the delivery to the label, however it is named', async () => {
  // Arrange
  const { eventId, story } = await sent('shopify', '--email', 'ada@shop.example');
  const contactId = story?.steps.find((step) => step.contactId)?.contactId ?? '';
  const jobId = story?.jobId ?? '';
  const names = [eventId, eventId.split(':')[1] ?? '', jobId, jobId.slice(0, 8), contactId];

  // Act
  const shown = await Promise.all([
    ...names.map((name) => explain(name)),
    earmark(['explain', 'Ada@shop.example'], engine),
  ]);

  // Assess
  for (const { code, out, err } of shown) {
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('1 event in the logs of the local engine since ');
    const lines = out.split('\n').slice(2);
    expect(lines).toEqual([
      'order.paid  shopify orders/paid',
      `  event ${eventId}`,
      `  job   ${jobId}`,
      expect.stringMatching(/^ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}came in \(answered 200\)$/),
      `${' '.repeat(23)}rules "customers", "big spenders" matched: add Customer, VIP`,
      expect.stringContaining(`  try 1: added Customer, VIP (contact ${contactId})`),
      '  → Done.',
      '',
    ]);
  }
  expect(shown.at(-1)?.out).toContain(`Ada@shop.example (contact ${contactId}): `);
});

test('a person who is no contact yet is found by e-mail, and so is what came of it later', async () => {
  // Arrange
  const email = 'late@shop.example';
  await sent('woocommerce', '--email', email, '--no-contact');

  // Act
  const before = await explain(email);
  await addContact({ email });
  const after = await until(async () => {
    const { out } = await explain(email);
    return out.includes('→ Done.') && out;
  });

  // Assess
  expect(before.out).toContain('the site has no such contact; next try at ');
  expect(before.out).toMatch(/→ Waits for the contact; next try about \d\d:\d\d:\d\d\./);
  expect(after).toContain('try 1: the site has no such contact');
  expect(after).toMatch(/try \d: added Customer, VIP \(contact /);
});

test('an event of Wix that names a contact by id is found by the e-mail of that contact', async () => {
  // Arrange
  const email = 'wix@shop.example';
  const { eventId } = await sent('wix', '--email', email, '--set', 'buyerInfo.email=');

  // Act
  const { out } = await explain(email);

  // Assess
  expect(out).toContain(`event ${eventId}`);
});

test('what Wix answered is shown, and a dead letter says where to look', async () => {
  // Arrange
  await fault({ operation: 'labelContact', status: 503 });
  await sent('custom', '--email', 'flaky@shop.example');
  const precondition = { message: '', details: { applicationError: { code: 'NOT_YET' } } };
  await fault({ operation: 'queryContacts', status: 428, body: precondition });
  const { story } = await sent('custom', '--email', 'dead@shop.example');

  // Act
  const flaky = await explain('flaky@shop.example');
  const dead = await explain('dead@shop.example');

  // Assess
  expect(flaky.out).toMatch(
    /try 1: Wix did not answer as it should \(labelContact: 503, Wix request [\w-]+\); next try at/,
  );
  expect(dead.out).toMatch(
    /try 1: given up: a precondition of Wix is not met \(queryContacts: 428 NOT_YET, Wix request/,
  );
  expect(dead.out).toContain(
    `→ Dead: a precondition of Wix is not met. See it: ./earmark dead-letters show ${story?.jobId}\n`,
  );
});

test('what no rule wanted, and what could not be read, says why and what to do', async () => {
  // Arrange
  const ignored = await sent('woocommerce', 'customer.created', '--email', 'ign@shop.example');
  const nobody = await sent('custom', '--set', 'email=', '--set', 'phone=');

  // Act
  const [first, second, byEmail] = await Promise.all([
    explain(ignored.eventId),
    explain(nobody.eventId),
    explain('ign@shop.example'),
  ]);

  // Assess
  expect(byEmail.out).toContain('came in, and was ignored (answered 200): no rule matched');
  expect(first.out).toContain('came in, and was ignored (answered 200): no rule matched');
  expect(first.out).toContain('rules test FILE --source woocommerce --topic customer.created');
  expect(second.out).toContain('could not go on: it is kept as a dead letter (answered 200)');
  expect(second.out).toContain('→ Dead: it names nobody. See it: ./earmark dead-letters show ');
});

test('--json has the same as data; the latest events are shown, in order', async () => {
  // Arrange
  const email = 'often@shop.example';
  const ids: string[] = [];
  for (const type of ['order.paid', 'order.refunded', 'order.paid']) {
    ids.push((await sent('custom', type, '--email', email)).eventId);
  }

  // Act
  const { code, out } = await explain(email, '--json', '--limit', '2');
  const text = await explain(email, '--limit', '2');

  // Assess
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(document).toMatchObject({
    subject: email,
    target: 'the local engine',
    contactIds: [expect.any(String)],
    more: 1,
    events: [
      { eventId: ids[1], state: 'done', types: ['order.refunded'], steps: [{}, {}] },
      { eventId: ids[2], state: 'done', types: ['order.paid'], steps: [{}, {}] },
    ],
  });
  expect(text.out).toContain('the latest 2 of 3 events in the logs');
  expect(text.out).toContain('--limit 3 shows all.');
});

test('nothing found is said with what was looked for and what it may mean', async () => {
  const [person, id, json] = await Promise.all([
    explain('stranger@shop.example', '--since', '2h'),
    explain('evt_unknown'),
    explain('evt_unknown', '--json'),
  ]);

  expect([person.code, id.code, json.code]).toEqual([1, 1, 1]);
  expect(person.out).toContain(
    'Nothing about stranger@shop.example in the logs of the local engine',
  );
  expect(person.out).toContain('its contacts: none that Wix shows');
  expect(person.out).toContain('What it may mean:\n  - ');
  expect(id.out).toContain('event ids that hold it');
  expect(JSON.parse(json.out)).toMatchObject({ events: [], more: 0 });
});

test('what came before --since is not shown', async () => {
  const { eventId } = await sent('custom', '--email', 'since@shop.example');

  const { code } = await explain(eventId, '--since', '0s');

  expect(code).toBe(1);
});

test('where Wix cannot be asked, the logs alone are searched', async () => {
  // Arrange
  const { eventId } = await sent('shopify', '--email', 'alone@shop.example');
  const statePath = join(folder, 'engine.json');
  const settings = { ...engine.state.settings, WIX_API_URL: 'http://127.0.0.1:9' };
  await writeFile(statePath, JSON.stringify({ ...engine.state, settings }));

  // Act
  const { code, out, err } = await earmarkHere(['explain', 'alone@shop.example'], { statePath });

  // Assess
  expect(code).toBe(0);
  expect(out).toContain(`event ${eventId}`);
  expect(err).toContain('Wix could not be asked who that is');
});

describe('the command line', () => {
  test.each<[string, string[], string]>([
    ['a blank subject', [' '], 'it is blank'],
    ['a time that is none', ['abc', '--since', 'yesterday'], '--since is "yesterday". Write'],
    ['a limit that is none', ['abc', '--limit', '0'], 'A whole number from 1 to 50'],
  ])('%s is refused', async (_, args, message) => {
    const { code, out, err } = await explain(...args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('no engine is said', async () => {
    const { code, err } = await earmarkHere(['explain', 'ada@example.com']);

    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('npm start') });
  });
});

test('a time without a zone is UTC, wherever the command runs', async () => {
  const args = ['explain', 'stranger@shop.example', '--since', '2025-11-20T09:00'];
  const { statePath } = engine;

  const { out } = await earmark(args, { statePath, env: { TZ: 'America/New_York' } });

  expect(out).toContain('since 2025-11-20 09:00:00 UTC');
});

test('a line that may be about it and cannot be read is reported, and where it is', async () => {
  const { eventId } = await sent('custom', '--email', 'broken@shop.example');
  const line = `"time":"${new Date().toISOString()}" "eventId":"${eventId}" broken`;
  await appendFile(
    engine.state.logFile,
    `${JSON.stringify({ function: 'label', message: 'output', line })}\nhalf a line of ${eventId}`,
  );

  const text = await explain(eventId);
  const json = await explain(eventId, '--json');

  expect(text.err).toContain('1 line of the log that may be about it cannot be read (label at ');
  expect(JSON.parse(json.out)).toMatchObject({
    events: [{ eventId }],
    unreadable: [expect.stringMatching(/^label at /)],
  });
});
