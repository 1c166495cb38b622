import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { takeSourcesBeside } from '../lib/sources/authoring/own-folder.ts';
import { type Keep, openJournal } from '../simulators/journal.ts';
import { cleanWriter, isColoured } from '../terminal/writer.ts';
import { banner, HELP, whatNext } from './banner.ts';
import { openBuilds } from './builds.ts';
import { type Engine, startEngine } from './engine.ts';
import { openKeptDeliveries } from './kept-deliveries.ts';
import { watchForPage } from './page/watch-for-page.ts';
import { deliverSamples } from './samples.ts';
import { openSaved } from './saved.ts';
import { createPaint, renderLine } from './screen.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';
import { shownSources } from './shown-sources.ts';
import { readStartOptions, type StartOptions } from './start-options.ts';
import {
  deliveriesFolderOf,
  journalPath,
  openState,
  readState,
  type StateFile,
  statePath,
  tableFolder,
} from './state.ts';
import type { InForce } from './take-over.ts';

const STATE_PATH = statePath(process.env);
/** Not `.serverless`: packaging empties that, and processes are started from here for as long as it runs. */
const OUT_DIR = join(dirname(STATE_PATH), 'build', basename(STATE_PATH, '.json'));

const paint = createPaint(isColoured(process.stdout));
const screen = cleanWriter(process.stdout);
const errors = cleanWriter(process.stderr);
const stopping = new AbortController();
/** Says of which source, or function, something was shown. */
const shown = new EventEmitter();

const print = (text: string): void => void screen.write(`${text}\n`);
const printError = (text: string): void => void errors.write(`${text}\n`);

function show(text: string | undefined): void {
  if (text === undefined) return;
  print(text);
  shown.emit(`of ${text.split(' ', 1)}`);
}

/** What the page does through the commands loads them, and that is not for the start. */
const openTarget = async () => (await import('../cli/kit/engine-target.ts')).openEngine();

const reportTrouble = (message: string): void => print(paint.bad(message));

/** The reader of the output may go (`| head`), and the disk that it goes to may be full. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** Settings may stand in `.env`; what the environment has already wins. */
function readEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** It would empty the log of the one that runs, and `earmark` would find only one of the two. */
async function refuseSecond(): Promise<void> {
  const running = await readState(STATE_PATH);
  if (!running || !(await answers(running.url))) return;
  throw new Error(
    `Earmark runs already, on ${running.url}. End that one, or start another beside it: ` +
      'EARMARK_STATE=.earmark/other/engine.json PORT=0 WIX_SIMULATOR_PORT=0 npm start',
  );
}

/** A process number that was left behind may be another's by now. */
const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );

async function main({ isFresh, rules }: StartOptions): Promise<void> {
  const file = resolve(rules);
  takeSourcesBeside(file);
  readEnvFile();
  await refuseSecond();
  const settings = readLocalSettings(process.env);
  print('Building the functions and compiling serverless.yml …');
  // One after the other: where the rules are broken, nothing has begun that would have to be ended.
  const saved = openSaved(file);
  const inForce: InForce = { settings, rules: saved.first() };
  const build = openBuilds(
    OUT_DIR,
    { rules: file, parameters: resolve('parameters.yml') },
    stopping.signal,
  );
  const built = await build();
  const state = await openState(STATE_PATH, reportTrouble);
  const path = journalPath(STATE_PATH, settings);
  const tables = tableFolder(path);
  const deliveries = deliveriesFolderOf(STATE_PATH);
  if (isFresh) {
    for (const one of [path, tables, deliveries]) rmSync(one, { force: true, recursive: true });
  }
  const { keep } = openJournal(path);
  const page = watchForPage({ keep, inForce, rulesPath: file, openTarget });
  const memoryId = memoryIdOf(keep);
  const makeKnown = (): Promise<void> => {
    const { hash, since } = inForce.rules;
    return state.write(engine, inForce.settings, { memoryId, rules: { hash, since } });
  };
  const engine: Engine = await startEngine({
    ...page.options,
    tableFolder: tables,
    ...built,
    settings,
    onLine: (name, line) => {
      state.log(name, line);
      page.onLine(name, line);
      const emailOf = (id: string) => engine.wix?.simulator.contact(id)?.primaryInfo.email;
      show(renderLine(name, line, paint, emailOf));
    },
    onAnswered: openKeptDeliveries(deliveries, {
      get environment() {
        return inForce.settings.environment;
      },
      onTrouble: reportTrouble,
    }),
    onError: (error) => show(paint.bad(messageOf(error))),
    onClockMoved: makeKnown,
  }).catch((error: unknown) => {
    throw withRemedy(error, settings);
  });
  page.begin(engine);
  await makeKnown();
  endOnAbort(engine, state);
  const sources = shownSources(inForce.rules.rules.config, settings);
  print(banner(engine, settings, sources, path, paint));
  if (engine.wix) await deliverSamples(engine, settings, sources, { print, paint, shown });
  else print('No samples: they would label contacts of a real site.');
  print(whatNext(engine, settings));
  await followSaved(engine, inForce, { saved, build, makeKnown });
}

interface Following {
  readonly saved: ReturnType<typeof openSaved>;
  readonly build: ReturnType<typeof openBuilds>;
  readonly makeKnown: () => Promise<void>;
}

/** Has saved rules run, until the engine ends. */
function followSaved(
  engine: Engine,
  inForce: InForce,
  { saved, build, makeKnown }: Following,
): Promise<void> {
  return saved.watch(inForce.rules, {
    signal: stopping.signal,
    async put(rules, isSame) {
      const built = await build();
      if (!isSame()) return false;
      const settings = readLocalSettings(process.env, inForce.settings);
      await engine.replaceFunctions({ ...built, settings });
      Object.assign(inForce, { settings, rules });
      await makeKnown();
      return true;
    },
    wake: engine.runSchedules,
    hasClock: engine.controlUrl !== undefined,
    onRefusal(problem) {
      inForce.refusal = problem;
    },
    print,
    paint,
  });
}

/** What the journal is known by, for as long as it is kept. */
function memoryIdOf(keep: Keep): string {
  const ids = keep<string>('engine');
  const id = ids.get('memory id') ?? randomUUID();
  ids.set('memory id', id);
  return id;
}

/** npm passes on the Ctrl-C that the terminal has sent here already: that is not a second one. */
const SAME_SIGNAL_MS = 500;

/** The first signal ends everything in order, be it during the build; a second one at once. */
function listenForSignals(): void {
  let since: number | undefined;
  const onSignal = () => {
    if (since === undefined) {
      since = Date.now();
      stopping.abort();
    } else if (Date.now() - since > SAME_SIGNAL_MS) process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function endOnAbort(engine: Engine, state: StateFile): void {
  const end = () => {
    Promise.all([engine.stop(), state.remove()]).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  if (stopping.signal.aborted) end();
  else stopping.signal.addEventListener('abort', end);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A port that is taken, as one line with the remedy; any other error as it is. */
function withRemedy(error: unknown, { simulatorPort }: LocalSettings): unknown {
  const causes = error instanceof Error ? [error, error.cause] : [];
  const taken = (causes as { code?: string; port?: number }[]).find(
    (cause) => cause?.code === 'EADDRINUSE',
  );
  if (!taken) return error;
  const name = taken.port === simulatorPort ? 'WIX_SIMULATOR_PORT' : 'PORT';
  return new Error(
    `Port ${taken.port} is in use. End what listens there, or choose another: ${name}=3100 npm start`,
  );
}

const options = readStartOptions(process.argv.slice(2));
if ('problem' in options) {
  printError(options.problem);
  process.exitCode = 1;
} else if (options.isHelp) print(HELP);
else {
  listenForSignals();
  await main(options).catch((error: unknown) => {
    if (stopping.signal.aborted) process.exit(130);
    printError(messageOf(error));
    process.exit(1);
  });
}
