import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { COMMANDS } from '../../cli/commands/index.ts';
import { createProgram, runProgram } from '../../cli/kit/program.ts';
import { openTerminal, paint } from '../../cli/kit/terminal.ts';
import { aDeadDelivery, aDeadJob, deadLettersOf } from '../support/dead-letters.ts';
import { type EngineProcess, earmarkHere, startEngineProcess } from '../support/earmark.ts';
import { FORBIDDEN, HOSTILE, SHOWN } from '../support/hostile.ts';

/** In double quotes YAML knows the escapes of JSON. */
const ONE_LINE = HOSTILE.replace('\u2028', '');
const RULES = `rules:
  - name: ${JSON.stringify(`buyers ${ONE_LINE}`)}
    on: [order.paid, form.submitted]
    add: ${JSON.stringify([`Label ${HOSTILE}`, `Label${HOSTILE}`])}
  - name: tiers
    on: custom
    when: ${JSON.stringify(`event.topic == "${HOSTILE}"`)}
    add: '"Tier " + string(event.data.tier)'
labels:
  - each: history.orders.map(o, "Order " + o.id)
  - label: ${JSON.stringify(`Standing ${ONE_LINE}`)}
    while: ${JSON.stringify(`history.events.exists(e, e.name == "${HOSTILE}")`)}
`;
const FIELDS = {
  event: 'order.paid',
  event_id: `an id ${HOSTILE}\n  → Done.`,
  email: 'mia@example.com',
  first_name: HOSTILE,
  total: 250,
  currency: 'USD',
  products: `Mug ${HOSTILE}`,
  tags: [HOSTILE],
};
const TESTS = `tests:
  - name: ${JSON.stringify(`a test ${HOSTILE}`)}
    source: custom
    body: ${JSON.stringify(FIELDS)}
    expect: { add: [Something else] }
  - name: ${JSON.stringify(`a history ${HOSTILE}`)}
    given: [{ at: 2026-01-05, source: custom, body: ${JSON.stringify(FIELDS)} }]
    expect: { labels: [${JSON.stringify(`Label ${ONE_LINE}`)}] }
`;
const SOURCE = `title: ${JSON.stringify(HOSTILE)}
docs: https://docs.example.com
checked: 2026-11-28
setup: [${JSON.stringify(HOSTILE)}]
secret: ${JSON.stringify(HOSTILE)}
signed: { scheme: path }
event: { topic: ${JSON.stringify(HOSTILE)} }
events:
  ${JSON.stringify(ONE_LINE)}: { is: order.paid }
samples:
  - { topic: ${JSON.stringify(HOSTILE)}, body: {}, expect: { is: order.paid } }
`;
const DEEP = '['.repeat(50_000) + ']'.repeat(50_000);
const CSV = [
  `Name,Email,Financial Status,Paid at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price,${HOSTILE}`,
  `"#1 ${HOSTILE}",mia@example.com,paid,2026-11-20 10:00:00 +0000,USD,250,1,"Mug ${HOSTILE}",250,x`,
  `"#2 ${HOSTILE}",not-an-address,"${HOSTILE}",yesterday,USD,1,1,Mug,1,x`,
  `"#3",kim@example.com,"${HOSTILE}",2026-11-20 10:00:00 +0000,USD,1,1,Mug,1,x`,
].join('\n');

/** Every command with something hostile wherever it takes a text; `id` is that of a dead letter. */
const RUNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'rules check': [[], ['--rules', 'broken.yml'], ['--rules', 'deep.json'], ['--rules', HOSTILE]],
  'rules test': [
    [],
    ['payload.json', '--source', 'custom'],
    [HOSTILE],
    ['odd.json'],
    ['deep.json', '--source', 'custom'],
  ],
  'rules try': [['rules.yml'], ['rules.yml', '--all'], ['deep.json'], [HOSTILE]],
  send: [
    ['custom', 'order.paid', '--set', `event_id="${HOSTILE}"`, '--set', `${HOSTILE}=1`],
    ['custom', 'order.paid', '--set', `products=${HOSTILE}`, '--dry-run'],
    [HOSTILE, 'order.paid'],
  ],
  log: [
    [],
    ['--source', HOSTILE],
    ['--person', `${HOSTILE}@example.com`],
    ['--person', HOSTILE],
    ['--order', HOSTILE],
    ['--status', HOSTILE],
    ['--since', HOSTILE],
  ],
  explain: [['mia@example.com'], [FIELDS.event_id], [HOSTILE]],
  forget: [['mia@example.com', '--yes'], [HOSTILE]],
  why: [['mia@example.com'], ['mia@example.com', HOSTILE], [HOSTILE]],
  'dead-letters list': [[], ['--reason', HOSTILE]],
  'dead-letters show': [['JOB'], ['JOB', '--body'], ['DELIVERY'], ['NEITHER'], ['DEEP'], [HOSTILE]],
  'dead-letters replay': [
    ['--dry-run', '--all'],
    ['--dry-run', '--all', '--recompute'],
    ['--dry-run', '--all', '--rules', HOSTILE],
  ],
  'dead-letters drop': [
    ['--id', `no such ${HOSTILE}`, '--yes'],
    ['--label', `no such ${HOSTILE}`, '--yes'],
  ],
  init: [
    [HOSTILE, '--dry-run'],
    ['.', '--from', HOSTILE],
  ],
  upgrade: [[], [HOSTILE]],
  clock: [[], ['+1d'], [HOSTILE], ['--stage', HOSTILE]],
  reconcile: [[], ['--rules', HOSTILE], ['--apply'], ['--stage', HOSTILE]],
  simulate: [[], [HOSTILE], ['off', HOSTILE], ['--stage', HOSTILE]],
  backfill: [
    ['orders.csv', '--dry-run', '--rate', '100000/min'],
    ['orders.csv', '--dry-run', '--map', `${HOSTILE}=x`],
    ['orders.csv', '--dry-run', '--map', `email=${HOSTILE}`],
    [HOSTILE],
  ],
  'sources list': [[], [HOSTILE]],
  'sources check': [['acme.yml'], ['broken.yml'], [HOSTILE]],
  'sources try': [
    ['payload.json'],
    ['payload.json', '--as', 'polar', '--topic', HOSTILE, '--header', `x: ${HOSTILE}`],
    ['payload.json', '--as', HOSTILE],
    ['deep.json'],
    [HOSTILE],
  ],
  'sources new': [
    ['acme', '--from', 'payload.json', '--stdout'],
    ['acme', '--from', 'deep.json', '--stdout'],
    [HOSTILE, '--from', 'payload.json'],
    ['acme', '--from', HOSTILE],
  ],
  doctor: [[], ['--stage', HOSTILE, '--region', HOSTILE]],
  capacity: [[], ['--per-day', HOSTILE]],
};

function leaves(command: Command, above: readonly string[] = []): readonly string[] {
  const path = [...above, ...(command.parent ? [command.name()] : [])];
  if (command.commands.length === 0) return [path.join(' ')];
  return command.commands.flatMap((sub) => leaves(sub, path));
}

/** What SQS takes of it. */
const NO_CONTROLS = HOSTILE.slice(HOSTILE.indexOf('\u009b'));

const sink = () => new PassThrough();
const program = createProgram(COMMANDS, {
  terminal: { out: sink(), err: sink(), signal: new AbortController().signal },
  openTarget: () => Promise.reject(new Error('nothing is opened')),
  folder: '.',
  now: Date.now,
});

let engine: EngineProcess;
let folder: string;
const ids = new Map<string, string>();

beforeAll(async () => {
  engine = await startEngineProcess();
  folder = await mkdtemp(join(tmpdir(), 'earmark-hostile-'));
  const files = {
    'rules.yml': RULES,
    'rules.test.yml': TESTS,
    'broken.yml': RULES.replace('on: custom', `on: ${JSON.stringify(HOSTILE)}`),
    'acme.yml': SOURCE,
    'payload.json': JSON.stringify(FIELDS),
    'odd.json': JSON.stringify({ source: HOSTILE, headers: {}, body: {} }),
    'orders.csv': CSV,
    'deep.json': DEEP,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  // The one path that does not count from the project's folder.
  ids.set('orders.csv', join(folder, 'orders.csv'));
  await deliver();
  await deadLetter();
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true });
});

/** One delivery that is labelled, and one of nobody knows where. */
async function deliver(): Promise<void> {
  const { url, signingSecrets } = engine.state;
  await engine.simulator('contacts', {
    method: 'POST',
    body: JSON.stringify({ email: 'mia@example.com', firstName: HOSTILE }),
  });
  await fetch(`${url}/webhooks/custom`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${signingSecrets.custom}`,
    },
    body: JSON.stringify(FIELDS),
  });
  await fetch(`${url}/webhooks/${encodeURIComponent(HOSTILE)}`, { method: 'POST' });
}

async function deadLetter(): Promise<void> {
  const deadLetters = deadLettersOf(engine);
  const job = aDeadJob(
    'transient',
    { email: 'kim@example.com', firstName: HOSTILE },
    { add: [HOSTILE] },
  );
  const neither = {
    body: NO_CONTROLS,
    group: 'g',
    deduplication: 'n',
    reason: 'unexpected-response' as const,
  };
  await deadLetters.deadLetter([
    { ...job, detail: HOSTILE },
    aDeadDelivery({ ...FIELDS, event_id: HOSTILE }),
    neither,
    { ...neither, body: DEEP, deduplication: 'd', reason: 'unreadable' },
  ]);
  const { newest } = await deadLetters.listing();
  const idOf = (reason: string) => newest.find((one) => one.reason === reason)?.id ?? '';
  ids.set('JOB', idOf('transient'));
  ids.set('DELIVERY', idOf('rule-failed'));
  ids.set('DEEP', idOf('unreadable'));
  ids.set('NEITHER', idOf('unexpected-response'));
  deadLetters.close();
}

test('every command is among those that are run here', () => {
  expect(Object.keys(RUNS).sort()).toEqual([...leaves(program)].sort());
});

const LINES = Object.entries(RUNS).flatMap(([command, runs]) =>
  runs.flatMap((args) => [
    [command, ...args],
    [command, ...args, '--json'],
    [command, ...args, '--no-such-option', HOSTILE],
  ]),
);

test.each(LINES.map((line) => [line.map((word) => JSON.stringify(word)).join(' '), line] as const))(
  '%s gives a terminal nothing to obey',
  async (_, [command = '', ...args]) => {
    // Act
    const given = args.map((arg) => ids.get(arg) ?? arg);
    const { code, out, err } = await earmarkHere([...command.split(' '), ...given], {
      statePath: engine.statePath,
      cwd: folder,
    });

    // Assess
    expect(out).not.toMatch(FORBIDDEN);
    expect(err).not.toMatch(FORBIDDEN);
    expect(out + err).not.toContain('fault of Earmark');
    expect([0, 1, 2, 3]).toContain(code);
    if (args.includes('--json') && out) JSON.parse(out);
  },
);

test.each([
  ['explain mia@example.com', SHOWN],
  ['rules check', SHOWN],
  ['rules test', SHOWN],
  ['rules test payload.json --source custom', SHOWN],
  ['dead-letters show JOB', SHOWN],
  ['dead-letters show DELIVERY', SHOWN],
  ['dead-letters show NEITHER', SHOWN],
  ['dead-letters replay --dry-run --all', SHOWN],
  ['backfill orders.csv --dry-run --map email=none', SHOWN],
])('%s shows what is there', async (line, shown) => {
  const args = line.split(' ').map((arg) => ids.get(arg) ?? arg);
  const { out, err } = await earmarkHere(args, { statePath: engine.statePath, cwd: folder });
  expect(out + err).toContain(shown);
});

test('an event id cannot write a line of the story', async () => {
  const options = { statePath: engine.statePath, cwd: folder };
  const { out } = await earmarkHere(['explain', 'mia@example.com'], options);
  expect(out).toContain(String.raw`\u000a  → Done.`);
});

test('our colours reach a terminal, and those of others do not', async () => {
  // Arrange: as FORCE_COLOR and a terminal would have it
  const screen = Object.assign(new PassThrough(), { isTTY: true, getColorDepth: () => 8 });
  const terminal = openTerminal({
    out: screen,
    err: screen,
    signal: new AbortController().signal,
  });

  // Act
  terminal.out.write(`${paint(terminal, 'red', `bad ${HOSTILE}`)} \u001b[32mgood\u001b[39m\n`);
  screen.end();

  // Assess
  const shown = await text(screen);
  const [before, red, bad, end, good] = shown.split(/(\p{Cc}\[(?:31|39)m)/u);
  expect([before, red, end]).toEqual(['', '\u001b[31m', '\u001b[39m']);
  expect(bad).not.toMatch(FORBIDDEN);
  expect(good).toBe(String.raw` \u001b[32mgood\u001b[39m`.concat('\n'));
});

test('an error that nobody foresaw is cleaned like any other', async () => {
  // Arrange
  const [out, err] = [new PassThrough(), new PassThrough()];
  const failing = (command: Command) => {
    command.command('fail').action(() => {
      throw new Error(HOSTILE);
    });
  };

  // Act
  const code = await runProgram(['fail'], [failing], {
    terminal: { out, err, signal: new AbortController().signal },
    openTarget: () => Promise.reject(new Error('nothing is opened')),
    folder: '.',
    engineAheadMs: async () => 0,
    now: Date.now,
  });
  err.end();

  // Assess
  const printed = await text(err);
  expect({ code, printed }).toEqual({ code: 1, printed: expect.stringContaining(SHOWN) });
  expect(printed).not.toMatch(FORBIDDEN);
});
