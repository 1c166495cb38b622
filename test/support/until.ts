import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below the time limit of a test, for a wait in vain to say what it waited for. A busy machine may take long. */
const PATIENCE_MS = 300_000;

/**
 * Resolves to the first truthy value that `read` gives, asked again every few milliseconds.
 * @throws when that does not come within 300 s
 */
export async function until<T>(
  read: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const value = await read();
    if (value) return value as Exclude<T, undefined | null | false | 0 | ''>;
    await sleep(5);
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain for ${read}`);
}

/** True while there is a process of that id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Linux lists the parent of each process; elsewhere none is found. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
