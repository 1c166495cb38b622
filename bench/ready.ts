import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fail, finish, readOptions, showProgress, table } from './command.ts';
import { median, playRounds } from './measure.ts';

const HELP = `npm run bench:ready -- --beside FOLDER: how long npm start takes until it is ready.

Starts the engine of this checkout and that of another one, such as the commit before (git worktree add,
npm ci), in turn, each with rules and state of its own. Ready is the line with the address of the webhooks. Exits with 1
where this one takes more than a twentieth longer, in the median of the pairs.

  --beside FOLDER  the other checkout, installed
  --runs 10        pairs; one more warms up
  --json           print one JSON object
  --help`;

const LIMIT = 1.05;

/** Milliseconds from the start of the process until the engine of a checkout says where it listens. */
async function readyMs(folder: string): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'earmark-ready-'));
  const start = performance.now();
  const engine = spawn('node', ['--disable-warning=ExperimentalWarning', 'engine/start.ts'], {
    cwd: folder,
    env: {
      ...process.env,
      EARMARK_STATE: join(scratch, 'engine.json'),
      PORT: '0',
      WIX_SIMULATOR_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(engine, 'close');
  try {
    for await (const line of createInterface(engine.stdout)) {
      if (line.includes('/webhooks/{source}')) return performance.now() - start;
    }
    throw new Error(`The engine of ${folder} ended before it was ready.`);
  } finally {
    engine.kill('SIGTERM');
    engine.stdout.resume();
    await ended;
    rmSync(scratch, { recursive: true, force: true });
  }
}

const { runs, json, beside } = readOptions(
  HELP,
  { runs: { usual: 10, least: 1 } },
  { texts: ['beside'] },
);
if (beside === '') fail(HELP, '--beside names no checkout.');
const here = resolve(import.meta.dirname, '..');
const pairs = await playRounds(
  { warmUps: 1, rounds: runs, progress: showProgress },
  // Whoever is second finds the machine warmer: they take turns.
  async (round) => {
    const folders = [resolve(beside), here];
    if (round % 2 === 0) folders.reverse();
    const times = new Map<string, number>();
    for (const folder of folders) times.set(folder, await readyMs(folder));
    return { besideMs: times.get(resolve(beside)) ?? 0, hereMs: times.get(here) ?? 0 };
  },
);
const ratio = median(pairs.map(({ besideMs, hereMs }) => hereMs / besideMs));
const row = {
  besideMs: median(pairs.map((pair) => pair.besideMs)),
  hereMs: median(pairs.map((pair) => pair.hereMs)),
  ratio,
  limit: LIMIT,
  passed: ratio <= LIMIT,
};
const columns = ['', 'beside', 'here', 'here/beside', 'limit', ''];
const figures = [row.besideMs.toFixed(0), row.hereMs.toFixed(0), ratio.toFixed(3), `≤ ${LIMIT}`];
const report = table([columns, ['ready, ms', ...figures, row.passed ? 'PASS' : 'FAIL']]);
finish(json, { runs, ...row, pairs }, report, [row]);
