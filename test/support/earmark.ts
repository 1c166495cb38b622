import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { COMMANDS } from '../../cli/commands/index.ts';
import type { Outside } from '../../cli/kit/command.ts';
import { engineAheadMs, openEngine } from '../../cli/kit/engine-target.ts';
import { runProgram } from '../../cli/kit/program.ts';
import type { EngineState } from '../../engine/state.ts';
import { readState } from '../../engine/state.ts';
import { SHOP } from '../../samples/shop.ts';
import { recordLogFile, recordSecrets } from './log-watch/record.ts';
import { childrenOf, until } from './until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NO_STATE = '/nonexistent/engine.json';

/** What `npm start` runs, as a process: at free ports, in a clean environment, with a state of its own. */
export interface EngineProcess {
  readonly state: EngineState;
  /** For EARMARK_STATE: where the `earmark` command finds this engine. */
  readonly statePath: string;
  /** What it has written so far. */
  readonly printed: { readonly out: string; readonly err: string };
  /** A control endpoint of its simulated Wix (docs/simulator.md), e.g. `contacts?email=…`; its JSON. */
  simulator(path: string, init?: RequestInit): Promise<Record<string, never>>;
  stop(): Promise<void>;
  /** Kills the engine and its functions by SIGKILL. Its folder stays. */
  kill(): Promise<void>;
}

/**
 * Starts an engine and waits until its samples are delivered: about five seconds.
 * @param of one that was killed, in whose folder it is to be
 * @param cwd the folder of the rules (default: SHOP)
 */
export async function startEngineProcess(
  env: Readonly<Record<string, string>> = {},
  { of, args = [], cwd }: { of?: EngineProcess; args?: readonly string[]; cwd?: string } = {},
): Promise<EngineProcess> {
  const folder = of ? dirname(of.statePath) : await mkdtemp(join(tmpdir(), 'earmark-state-'));
  const statePath = join(folder, 'engine.json');
  const settings = {
    PORT: '0',
    WIX_SIMULATOR_PORT: '0',
    WIX_REQUESTS_PER_MINUTE: '1000000',
    WIX_SIMULATOR_REQUESTS_PER_MINUTE: '1000000',
    EARMARK_STATE: statePath,
    ...env,
  };
  const child = spawnNode([join(ROOT, 'engine/start.ts'), ...args], settings, cwd);
  const printed = collect(child);
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`The engine ended:\n${printed.err}`);
      return printed.out.includes('Ctrl-C ends Earmark');
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const state = await readState(statePath);
  if (!state) throw new Error('The engine wrote no state.');
  return {
    state,
    statePath,
    printed,
    async simulator(path, init) {
      const response = await fetch(`${state.wixUrl}/_simulator/${path}`, init);
      return (await response.json()) as Record<string, never>;
    },
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGINT');
      await exit;
      recordSecrets(Object.values(state.signingSecrets));
      recordLogFile(state.logFile);
      await rm(folder, { recursive: true });
    },
    async kill() {
      const exit = once(child, 'exit');
      const functions = childrenOf(child.pid ?? 0);
      child.kill('SIGKILL');
      for (const pid of functions) process.kill(pid, 'SIGKILL');
      await exit;
    },
  };
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface EarmarkOptions {
  /** The state of the engine to work on; without one the command finds no engine. */
  readonly statePath?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it is run in (default: SHOP). */
  readonly cwd?: string;
}

/** An `earmark` command that runs, as a process of its own. */
export function startEarmark(args: readonly string[], options: EarmarkOptions = {}) {
  const { statePath = NO_STATE, env = {}, cwd = SHOP } = options;
  const child = spawnNode(
    [join(ROOT, 'cli/earmark.ts'), ...args],
    { EARMARK_STATE: statePath, ...env },
    cwd,
  );
  const printed = collect(child);
  const finished: Promise<Finished> = once(child, 'close').then(([code]) => ({ code, ...printed }));
  return { child, printed, finished };
}

/** Runs `earmark` with these arguments to its end. */
export const earmark = (...[args, options]: Parameters<typeof startEarmark>): Promise<Finished> =>
  startEarmark(args, options).finished;

let lastHere: Promise<unknown> = Promise.resolve();

/**
 * Runs `earmark` in this process, which takes a tenth of the time: for what a process adds nothing to.
 * One after another, for commands leave their exit code in `process.exitCode`.
 */
export function earmarkHere(
  args: readonly string[],
  {
    statePath = NO_STATE,
    cwd = SHOP,
    openTarget = () => openEngine({ EARMARK_STATE: statePath }),
    now = Date.now,
  }: Pick<EarmarkOptions, 'statePath' | 'cwd'> & Partial<Pick<Outside, 'openTarget' | 'now'>> = {},
): Promise<Finished> {
  const run = async (): Promise<Finished> => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const printed = Promise.all([text(out), text(err)]);
    const context: Outside = {
      terminal: { out, err, signal: new AbortController().signal },
      openTarget,
      folder: cwd,
      now,
      engineAheadMs: () => engineAheadMs({ EARMARK_STATE: statePath }),
    };
    const before = process.exitCode;
    process.exitCode = undefined;
    const code = await runProgram(args, COMMANDS, context);
    process.exitCode = before;
    out.end();
    err.end();
    const [outText, errText] = await printed;
    return { code, out: outText, err: errText };
  };
  const finished = lastHere.then(run);
  lastHere = finished;
  return finished;
}

function spawnNode(args: readonly string[], env: Readonly<Record<string, string>>, cwd = SHOP) {
  const flags = ['--disable-warning=ExperimentalWarning'];
  return spawn(process.execPath, [...flags, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
}

function collect(child: ChildProcess): { out: string; err: string } {
  const printed = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    printed.err += chunk;
  });
  return printed;
}
