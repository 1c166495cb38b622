import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSettling, type FilesLook } from './settling.ts';

/** A look takes some tens of microseconds. */
const LOOK_MS = 200;

/**
 * Gives a look at files for another time, size or number on the disk. As a file is at its first look, it should be.
 * @param first the file that must be there
 * @param others the paths of the others
 * @param folders what lists the files of a folder that are watched: a further one counts at once
 */
export function createLook(
  first: string,
  others: ReadonlySet<string> = new Set(),
  folder: () => readonly string[] = () => [],
): () => FilesLook {
  const known = new Map<string, string>();
  let version = 0;
  const note = (thing: string, stamp: string): void => {
    if ((known.get(thing) ?? stamp) !== stamp) version += 1;
    known.set(thing, stamp);
  };
  return () => {
    for (const path of new Set([first, ...others])) note(path, stampOf(path));
    for (const path of folder()) note(path, stampOf(path));
    note('names in the folder', folder().join('\n'));
    return { version, isGone: !statSync(first, { throwIfNoEntry: false })?.size };
  };
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : 'gone';
}

export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Waits so many milliseconds, or until the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Looks at files again and again, and calls `onSaved` when they were saved and nobody writes to them any more. It asks
 * for their times and sizes and does not wait for news (fs.watch): none come from network drives and from folders that
 * a container or WSL shares with its host, nor of a file after another was renamed into its place, and elsewhere one
 * save brings several.
 * @param onSaved is over before the next look
 */
export async function watchFiles(
  look: () => FilesLook,
  taken: FilesLook,
  onSaved: () => Promise<void>,
  { signal, now = () => performance.now(), wait = waitUnref }: WatchOptions,
): Promise<void> {
  const isSaved = createSettling(taken.version);
  while (!signal.aborted) {
    await wait(LOOK_MS, signal);
    if (!signal.aborted && isSaved(look(), now())) await onSaved();
  }
}

/** It keeps no process alive. */
const waitUnref = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { ref: false, signal }).catch(() => {});
