import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Events to answer one after the other. */
export interface Block {
  readonly events: readonly unknown[];
  /** How far the process's `Date.now` is moved ahead before each event. */
  readonly apartMs: number;
}

export interface Measured {
  /** Of the whole process, user and system, from the first event to the last answer. */
  readonly cpuMs: number;
  readonly answers: readonly unknown[];
}

/**
 * A process that keeps one function warm.
 * @param environment all of the process's environment
 */
export function startWarm(bundle: string, environment: Readonly<Record<string, string>>) {
  const log = `${bundle}.log`;
  const child = fork(join(import.meta.dirname, 'warm-child.ts'), [bundle], {
    env: environment,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // To a file: a pipe would wake this process at every line, and that costs the machine's time.
    stdio: ['ignore', openSync(log, 'w'), 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The process of ${bundle} ended before it was done (${signal ?? code}).`);
  });
  ended.catch(() => {});
  return {
    /** @throws Error when the handler throws, which ends the process */
    async work(events: readonly unknown[], apartMs = 0): Promise<Measured> {
      child.send({ events, apartMs } satisfies Block);
      const [measured] = await Promise.race([once(child, 'message'), ended]);
      return measured;
    },
    /** How many lines it has logged. */
    logged: () => readFileSync(log, 'utf8').split('\n').length - 1,
    stop: () => child.kill('SIGKILL'),
  };
}
