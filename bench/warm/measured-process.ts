import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Events to work off one after the other. */
export interface Block {
  readonly events: readonly unknown[];
  /** By how much the process's `Date.now` goes ahead before each event. */
  readonly apartMs: number;
}

export interface Measured {
  /** Processor time of the whole process, user and system, from the first event to the last answer. */
  readonly cpuMs: number;
  /** What the handler gave for each event. */
  readonly answers: readonly unknown[];
}

/** A process of its own that holds one warm function. */
export interface MeasuredProcess {
  /** @throws when the handler throws, which ends the process */
  work(events: readonly unknown[], apartMs?: number): Promise<Measured>;
  /** How many lines it has logged. */
  logged(): number;
  stop(): void;
}

/**
 * @param bundle CommonJS, exports `handler`
 * @param environment all that it sees
 */
export function startMeasured(
  bundle: string,
  environment: Readonly<Record<string, string>>,
): MeasuredProcess {
  const log = `${bundle}.log`;
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [bundle], {
    env: { ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Into a file, so that nobody is woken by a line: what a wake-up costs is the machine's.
    stdio: ['ignore', openSync(log, 'w'), 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The process of ${bundle} ended before it was done (${signal ?? code}).`);
  });
  ended.catch(() => {});
  return {
    async work(events, apartMs = 0) {
      child.send({ events, apartMs } satisfies Block);
      const [measured] = await Promise.race([once(child, 'message'), ended]);
      return measured;
    },
    logged: () => readFileSync(log, 'utf8').split('\n').length - 1,
    stop: () => child.kill('SIGKILL'),
  };
}
