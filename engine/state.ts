import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import { parseJson } from '../lib/runtime/json.ts';
import { toJson } from '../lib/runtime/log-line.ts';
import { siteIn } from '../lib/runtime/settings.ts';
import type { Engine } from './engine.ts';
import { openLogFile } from './log-file.ts';
import type { LocalSettings } from './settings.ts';

const text = z.string();
const texts = z.record(text, text);

/** What the `earmark` command knows of a running engine. It holds secrets, so only its owner can read it. */
const EngineState = z.object({
  pid: z.number(),
  /** Webhooks are posted to `${url}/webhooks/{source}`. */
  url: text,
  sqsEndpoint: text,
  queueUrl: text,
  deadLetterQueueUrl: text,
  /** Where the emulator of DynamoDB listens; absent where rules.yml has no `labels:`. */
  dynamoDbEndpoint: z.optional(text),
  /** The table of histories; absent where rules.yml has no `labels:`. */
  historyTable: z.optional(text),
  /** For how many years facts are kept, as the functions read it; absent where the template does not say. */
  historyYears: z.optional(text),
  /** Absent when a real site is labelled. */
  wixUrl: z.optional(text),
  /** Where the clock is moved (engine/control.ts); absent when a real site is labelled. */
  controlUrl: z.optional(text),
  /** How far the engine's time is ahead of the system's. Milliseconds. */
  aheadMs: z.number(),
  /** The functions' settings as they are in force. */
  settings: texts,
  /** Those of them that are development defaults, not the user's. */
  defaults: z.array(text),
  /** What the user set as if it were a source's secret, and is the setting of no source. */
  unread: z.array(text),
  /** What each source signs with here: for `wix` a private key. */
  signingSecrets: texts,
  /** Which rules run: their hash (lib/rules/authoring/decisive.ts), and since when. ISO 8601. */
  rules: z.optional(z.object({ hash: text, since: text })),
  /** Another one after `npm start -- --fresh`: what the engine held before is forgotten. */
  memoryId: z.optional(text),
  /** One line for each that a function wrote: its own JSON, with the function's name as `function`. */
  logFile: text,
});
export type EngineState = z.infer<typeof EngineState>;

/** Where the state is: `.earmark/engine.json` of the project's folder, or what EARMARK_STATE says. */
export const statePath = (env: NodeJS.ProcessEnv): string =>
  resolve(env.EARMARK_STATE ?? '.earmark/engine.json');

/** The log of the engine whose state is at a path: it stays when the engine has ended. */
export const logFileOf = (path: string): string => path.replace(/(?:\.json)?$/, '.log');

/** The folder of the deliveries that such an engine kept (engine/kept-deliveries.ts): they stay, too. */
export const deliveriesFolderOf = (path: string): string =>
  path.replace(/(?:\.json)?$/, '.deliveries');

/**
 * Where queues and the simulated Wix keep what they hold. Each site has a file of its own, so that no job of
 * the simulated Wix ever comes to a real one.
 */
export function journalPath(path: string, settings: LocalSettings): string {
  const { environment } = settings;
  const site = siteIn({ get: (name) => environment[name] }) ?? '';
  const name = `${settings.simulatedWix ? 'simulated' : 'real'}-${site.replace(/[^\w-]+/g, '-')}`;
  return path.replace(/(?:\.json)?$/, `.${name}.journal`);
}

/** The folder where the histories of the same site are kept. @param journal its journal */
export const tableFolder = (journal: string): string => journal.replace(/\.journal$/, '.history');

export type StateFile = Awaited<ReturnType<typeof openState>>;

/** Begins a new log beside the state. `onTrouble` hears once what a full disk costs. */
export async function openState(path: string, onTrouble: (message: string) => void) {
  const logFile = logFileOf(path);
  await mkdir(dirname(path), { recursive: true });
  const writeLine = openLogFile(logFile, { onTrouble });
  return {
    /** Writes a line of a function's log. */
    log(functionName: string, line: string): void {
      const value = parseJson(line);
      const fields = value instanceof Object ? value : { message: 'output', line };
      writeLine(toJson({ function: functionName, ...fields }));
    },
    /** Makes the engine known. Where that cannot be written, `onTrouble` hears of it. */
    async write(
      engine: Engine,
      { environment, signingSecrets, defaults, unread }: LocalSettings,
      more: Pick<EngineState, 'memoryId' | 'rules'> = {},
    ): Promise<void> {
      const state: EngineState = {
        pid: process.pid,
        url: engine.url,
        sqsEndpoint: engine.queues.endpoint,
        queueUrl: engine.queueUrl,
        deadLetterQueueUrl: engine.deadLetterQueueUrl,
        ...(engine.history && {
          dynamoDbEndpoint: engine.history.endpoint,
          historyTable: engine.history.table,
          historyYears: engine.history.years,
        }),
        ...(engine.wix && { wixUrl: engine.wix.url }),
        ...(engine.controlUrl && { controlUrl: engine.controlUrl }),
        aheadMs: engine.clock.aheadMs(),
        settings: { ...environment, ...(engine.wix && { WIX_API_URL: engine.wix.url }) },
        defaults: [...defaults],
        unread: [...unread],
        signingSecrets,
        ...more,
        logFile,
      };
      await writeWhole(path, JSON.stringify(state, null, 2)).catch((error: Error) =>
        onTrouble(`"./earmark" will not find this engine: ${path}: ${error.message}`),
      );
    },
    /** Makes its end known. The log stays, to be read. */
    async remove(): Promise<void> {
      // Another engine, started since, has its own there.
      if ((await readState(path))?.pid === process.pid) await rm(path, { force: true });
    },
  };
}

/** All of a file or nothing of it, for others read it meanwhile. */
async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, content, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The state of the engine that runs, or undefined when none does. */
export async function readState(path: string): Promise<EngineState | undefined> {
  const read = await readFile(path, 'utf8').catch(() => '');
  const { data } = EngineState.safeParse(parseJson(read));
  return data && isAlive(data.pid) ? data : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
