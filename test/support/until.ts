import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves to the first truthy value that `read` gives, asked again every few milliseconds. The test's
 * own time limit ends a wait for what never comes.
 */
export async function until<T>(
  read: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  for (;;) {
    const value = await read();
    if (value) return value as Exclude<T, undefined | null | false | 0 | ''>;
    await sleep(5);
  }
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
