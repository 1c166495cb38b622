import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aDeadDelivery, aDeadJob, deadLettersOf } from '../support/dead-letters.ts';
import {
  type EngineProcess,
  earmark,
  startEarmark,
  startEngineProcess,
} from '../support/earmark.ts';
import { aJob } from '../support/jobs.ts';
import { until } from '../support/until.ts';

const RENAMED = `rules:
  - { name: customers, on: order.paid, add: [Buyer] }
`;
const GUARDED = `rules:
  - { name: tiers, on: custom, add: '"Tier " + string(event.data.data.tier)' }
`;
const { cause: usualCause } = aJob();

const REASONS = ['transient', 'bad-request', 'contact-not-found', 'labels-quota-reached'] as const;
const EACH = 250;
const emailsOf = (reason: string) =>
  Array.from({ length: EACH }, (_, i) => `${reason}-${i}@example.com`);

let engine: EngineProcess;
let folder: string;
let deadLetters: ReturnType<typeof deadLettersOf>;

beforeAll(async () => {
  engine = await startEngineProcess();
  deadLetters = deadLettersOf(engine);
  folder = await mkdtemp(join(tmpdir(), 'earmark-dead-letters-'));
});
afterAll(async () => {
  deadLetters.close();
  await engine.stop();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => earmark(['dead-letters', ...args], engine);

/** Starts a replay that would take ten seconds, and stops it when some of it was done. */
async function interruptedReplay(reason: string, signal: NodeJS.Signals) {
  const command = ['dead-letters', 'replay', '--reason', reason, '--rate', '25/s'];
  const { child, finished } = startEarmark(command, engine);
  await until(async () => (await deadLetters.triesOf(reason)).length >= 40);
  child.kill(signal);
  return finished;
}

describe('1,000 jobs dead for four reasons', () => {
  beforeAll(async () => {
    for (const reason of REASONS) {
      await deadLetters.addContacts(emailsOf(reason));
      await deadLetters.deadLetter(emailsOf(reason).map((email) => aDeadJob(reason, { email })));
    }
  });

  test('are listed, counts first', async () => {
    const { code, out, err } = await run('list');

    expect(code).toBe(0);
    expect(out).toMatch(/^1,000 dead letters in the local engine\. The oldest is \d/);
    for (const reason of REASONS) expect(out).toMatch(new RegExp(`^ *250 {2}${reason} {2}`, 'm'));
    expect(out.match(/^[0-9a-f]{8} {2}/gm)).toHaveLength(10);
    expect(err).toBe('The newest 10 are shown: --limit shows more.\n');
  });

  test('one reason is replayed, stopped by Ctrl-C and replayed again: each once, the others stay', async () => {
    // Act
    const stopped = await interruptedReplay('labels-quota-reached', 'SIGINT');
    const between = await deadLetters.reasons();
    const again = await run('replay', '--reason', 'labels-quota-reached', '--rate', '500/s');

    // Assess
    expect(stopped.code).toBe(130);
    const first = Number(/^Replayed (\d+) dead letters/.exec(stopped.out)?.[1]);
    expect(first).toBeGreaterThanOrEqual(40);
    expect(stopped.err).toContain(
      `Stopped: ${EACH - first} dead letters that fit are still where they were`,
    );
    expect(between).toEqual({
      transient: EACH,
      'bad-request': EACH,
      'contact-not-found': EACH,
      'labels-quota-reached': EACH - first,
    });
    expect(again.code).toBe(0);
    expect(again.out).toContain(`Replayed ${EACH - first} dead letters in the local engine`);
    await expectEachDoneOnce('labels-quota-reached');
    expect(await deadLetters.reasons()).toEqual({
      transient: EACH,
      'bad-request': EACH,
      'contact-not-found': EACH,
    });
  });

  test('one that is killed loses none, and sends none twice', async () => {
    // Act
    await interruptedReplay('transient', 'SIGKILL');
    const soon = JSON.parse(
      (await run('replay', '--reason', 'transient', '--rate', '500/s', '--json')).out,
    );
    await until(async () => (await deadLetters.listing()).leasedByOthers === 0);
    const late = await run('replay', '--reason', 'transient', '--rate', '500/s');

    // Assess
    expect(soon.leasedByOthers).toBeGreaterThan(0);
    expect(late.code).toBe(0);
    await expectEachDoneOnce('transient');
    expect(await deadLetters.reasons()).toEqual({
      'bad-request': EACH,
      'contact-not-found': EACH,
    });
  });

  test('are dropped when that is confirmed, and are saved before', async () => {
    // Arrange
    const file = join(folder, 'dropped.jsonl');
    const command = ['drop', '--reason', 'bad-request', '--save', file];

    // Act
    const unfiltered = await run('drop', '--yes');
    const unconfirmed = await run(...command);
    const dropped = await run(...command, '--yes', '--json');
    const overwriting = await run('drop', '--all', '--yes', '--save', file);

    // Assess
    expect(unfiltered).toMatchObject({ code: 2, out: '' });
    expect(unfiltered.err).toMatch(/^Which dead letters\? Say --reason/);
    expect(unconfirmed).toMatchObject({ code: 2, out: '' });
    expect(unconfirmed.err).toContain('Nothing was dropped: say --yes as well.');
    expect(dropped.code).toBe(0);
    expect(JSON.parse(dropped.out)).toMatchObject({ dropped: EACH });
    const saved = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(saved.map(({ body }) => JSON.parse(body).contact.email).toSorted()).toEqual(
      emailsOf('bad-request').toSorted(),
    );
    expect(overwriting).toMatchObject({ code: 1, out: '' });
    expect(await deadLetters.reasons()).toEqual({ 'contact-not-found': EACH });
  });
});

test('dead letters of one contact are all seen; one that stays in front holds up none, and hides none', async () => {
  // Arrange
  const contact = { email: 'hedy@example.com' };
  await deadLetters.addContacts([contact.email]);
  const reasons = [
    'exception',
    'circuit-open',
    'exception',
    'circuit-open',
    'circuit-open',
  ] as const;
  await deadLetters.deadLetter(
    reasons.map((reason, i) =>
      aDeadJob(
        reason,
        contact,
        i === 1 ? { add: ['First'] } : { add: [], remove: ['First'], id: `${i}`.repeat(64) },
      ),
    ),
  );

  // Act
  const listed = await deadLetters.listing('--reason', 'exception', '--reason', 'circuit-open');
  const replayed = await run('replay', '--reason', 'circuit-open', '--json');

  // Assess
  expect(listed).toMatchObject({ fitting: 5, hidden: 0 });
  expect(JSON.parse(replayed.out)).toMatchObject({ replayed: 3, remaining: 0 });
  const tries = await until(async () => {
    const all = await deadLetters.triesOf('circuit-open');
    return all.length === 3 && all;
  });
  expect(tries.map(({ added, removed }) => [added, removed]).at(0)).toEqual([['First'], []]);
  expect((await deadLetters.listing('--reason', 'exception')).fitting).toBe(2);
  expect(await run('drop', '--reason', 'exception', '--yes')).toMatchObject({ code: 0 });
});

describe('a purchase that Wix refused', () => {
  test('is given up, is shown, and is replayed once the cause is put right', async () => {
    // Arrange
    await deadLetters.addContacts(['joan@example.com']);
    const refusal = { operation: 'queryContacts', status: 400, times: null };
    await engine.simulator('faults', { method: 'POST', body: JSON.stringify(refusal) });
    await purchase('joan@example.com', 'order-of-joan');
    const [deadLetter] = await until(async () => {
      const { newest } = await deadLetters.listing('--id', 'order.paid:order-of-joan');
      return newest.length > 0 && newest;
    });
    await engine.simulator('faults', { method: 'DELETE' });
    const id = deadLetter?.id ?? '';

    // Act
    const shown = await run('show', id.slice(0, 13));
    const dry = await run('replay', '--id', id, '--dry-run', '--json');
    const replayed = await run('replay', '--id', id);

    // Assess
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^reason +bad-request$/m);
    expect(shown.out).toMatch(/^operation +queryContacts$/m);
    expect(shown.out).toMatch(/^httpStatus +400$/m);
    expect(shown.out).toContain('"email": "joan@example.com"');
    expect(shown.err).toContain(`./earmark dead-letters replay --id ${id.slice(0, 8)}`);
    expect(dry.code).toBe(0);
    expect(JSON.parse(dry.out)).toMatchObject({
      wouldReplay: 1,
      reasons: { 'bad-request': 1 },
      labels: { Customer: 1 },
      stayed: [],
    });
    expect(replayed.code).toBe(0);
    expect(await until(async () => (await deadLetters.labelsOf('joan@example.com')).length)).toBe(
      1,
    );
    expect((await deadLetters.listing('--id', id)).fitting).toBe(0);
  });

  test('is replayed with what its rules give now, where that is known', async () => {
    // Arrange
    await writeFile(join(folder, 'rules.yml'), RENAMED);
    await deadLetters.addContacts(['mary@example.com']);
    const contact = { email: 'mary@example.com' };
    const cause = (rule: string) => ({ ...usualCause, rules: [rule] });
    await deadLetters.deadLetter([
      aDeadJob('transient', contact, { add: ['Customer'], cause: cause('customers') }),
      aDeadJob('throttled', { email: 'noor@example.com' }, { cause: cause('what they bought') }),
    ]);
    const command = ['dead-letters', 'replay', '--all', '--recompute', '--source', 'custom'];

    // Act
    const { code, out } = await earmark(
      [...command, '--newer-than', '1h', '--reason', 'transient', '--reason', 'throttled'],
      { ...engine, cwd: folder },
    );

    // Assess
    expect(code).toBe(1);
    expect(out).toContain('Replayed 1 dead letter in the local engine');
    expect(out).toContain('the rule "what they bought" is not in rules.yml any more');
    await until(async () => (await deadLetters.labelsOf('mary@example.com')).includes('Buyer'));
    expect(await deadLetters.labelsOf('mary@example.com')).toEqual(['Buyer']);
    expect((await deadLetters.listing('--reason', 'throttled')).fitting).toBe(1);
  });
});

describe('a delivery that could not be read or mapped', () => {
  test('goes through the current rules, and stays with the reason where they fail again', async () => {
    // Arrange
    await writeFile(join(folder, 'rules.yml'), GUARDED);
    await deadLetters.addContacts(['lise@example.com']);
    await deadLetters.deadLetter(
      [{ email: 'lise@example.com', data: { tier: 'gold' } }, { email: 'emmy@example.com' }].map(
        (fields) => aDeadDelivery({ event: 'tier', event_id: fields.email, ...fields }),
      ),
    );

    // Act
    const { code, out } = await earmark(
      ['dead-letters', 'replay', '--reason', 'rule-failed', '--rule', 'tiers'],
      { ...engine, cwd: folder },
    );

    // Assess
    expect(code).toBe(1);
    expect(out).toContain('Replayed 1 dead letter in the local engine');
    expect(out).toMatch(/1 dead letter stays where it is:\n +1 {2}rule-failed: "tiers": add: /);
    await until(async () => (await deadLetters.labelsOf('lise@example.com')).includes('Tier gold'));
    expect((await deadLetters.listing('--reason', 'rule-failed')).fitting).toBe(1);
  });

  test('is saved as `rules test` takes it', async () => {
    // Arrange
    const file = join(folder, 'dead-letter.json');
    const [deadLetter] = (await deadLetters.listing('--reason', 'rule-failed')).newest;

    // Act
    const shown = await run('show', deadLetter?.id ?? '', '--save', file);
    const body = await run('show', deadLetter?.id ?? '', '--body');
    const again = await run('show', deadLetter?.id ?? '', '--save', file);

    // Assess
    expect(shown.out).toContain('content-type: application/json');
    expect(shown.out).toContain('"email": "emmy@example.com"');
    expect(shown.err).toContain(
      `./earmark rules test dead-letter-${deadLetter?.id.slice(0, 8)}.json`,
    );
    expect(await readFile(file, 'utf8')).toBe(body.out.trimEnd());
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
    expect(JSON.parse(body.out)).toMatchObject({ kind: 'delivery', source: 'custom' });
  });
});

test('dead letters that stand behind ten of one contact are named, and are not dropped unseen', async () => {
  const contact = { email: 'crowd@example.com' };
  const ids = Array.from({ length: 12 }, (_, i) => `${i}`.padStart(64, '0'));
  await deadLetters.deadLetter(ids.map((id) => aDeadJob('deadline', contact, { id })));

  const dropped = await run('drop', '--reason', 'deadline', '--yes');
  const rest = await run('drop', '--reason', 'deadline', '--yes', '--json');

  expect(dropped).toMatchObject({
    code: 0,
    out: expect.stringContaining('Dropped 10 dead letters'),
  });
  expect(dropped.err).toContain('2 more stand behind others of the same contact');
  expect(JSON.parse(rest.out)).toMatchObject({ dropped: 2, hidden: 0, leasedByOthers: 0 });
});

test('what `explain` says of a delivery that was kept leads to its dead letter', async () => {
  const noBody = { event: 'order.paid', event_id: 'of-nobody', total: 1 };
  for (const body of [JSON.stringify(noBody), 'no JSON']) {
    const { id } = await post(body);
    const explained = await earmark(['explain', id], engine);
    const [, command = ''] = /See it: \.\/earmark (dead-letters show .*)/.exec(explained.out) ?? [];
    const shown = await earmark([...command.split(' '), '--json'], engine);

    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(shown.out)).toMatchObject({ kind: 'delivery', eventId: id });
    expect((await run('drop', '--id', id, '--yes')).code).toBe(0);
  }
});

test('one that is not there: show says so, list and replay are content', async () => {
  const shown = await run('show', 'nobody');
  const listed = await run('list', '--rule', 'no such rule');
  const replayed = await run('replay', '--rule', 'no such rule');
  const unfiltered = await run('replay');
  const badRate = await run('replay', '--all', '--rate', 'fast');

  expect(shown).toMatchObject({ code: 1, out: '' });
  expect(shown.err).toMatch(/^None of \d+ dead letters in the local engine has the id nobody\./);
  expect(listed.code).toBe(0);
  expect(listed.out).toMatch(/^None of \d+ dead letters fits in the local engine\.\n$/);
  expect(replayed).toMatchObject({ code: 0, out: 'No dead letter in the local engine fits.\n' });
  expect(unfiltered).toMatchObject({ code: 2, out: '' });
  expect(badRate).toMatchObject({
    code: 2,
    err: '"fast" is no rate. Write 60/min, 2/s or 600/h.\n',
  });
});

/** The worker had each job once, did it, and the contact has the label. */
async function expectEachDoneOnce(reason: string): Promise<void> {
  const tries = await until(async () => {
    const all = await deadLetters.triesOf(reason);
    return all.length >= EACH && all;
  });
  expect(tries.map(({ outcome }) => outcome)).toEqual(Array(EACH).fill('done'));
  expect(new Set(tries.map(({ jobId }) => jobId)).size).toBe(EACH);
  const { contacts } = await engine.simulator('contacts');
  const labels = new Map(
    (contacts as unknown as { email: string; labels: string[] }[]).map((one) => [
      one.email,
      one.labels,
    ]),
  );
  for (const email of emailsOf(reason)) expect(labels.get(email)).toEqual([`After ${reason}`]);
}

/** A delivery over the custom source. @returns what was answered */
async function post(body: string): Promise<{ readonly id: string }> {
  const response = await fetch(`${engine.state.url}/webhooks/custom`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${engine.state.signingSecrets.custom}`,
      'content-type': 'application/json',
    },
    body,
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { id: string };
}

/** A purchase over the custom source, as somebody's automation sends it. */
async function purchase(email: string, id: string): Promise<void> {
  const body = {
    event: 'order.paid',
    event_id: id,
    email,
    total: 20,
    currency: 'USD',
    products: 'Kettle',
  };
  await post(JSON.stringify(body));
}
