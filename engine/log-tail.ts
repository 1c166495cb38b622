import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { olderThan } from './log-file.ts';

export interface LogTail {
  /** The whole lines that were written since the last call, oldest first. They are read as they are taken. */
  lines(): Generator<string>;
  close(): void;
}

interface OpenLog {
  readonly file: number;
  readonly inode: number;
  /** Where the first line begins that was not given yet. */
  position: number;
}

const CHUNK_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/**
 * Reads a log (engine/log-file.ts) from the oldest line that is kept, and what is written later: each line once, in
 * order, whether the log begins anew between two calls or another engine begins its own. Lines that were gone before
 * they could be read are left out. It needs no more memory than the longest line.
 * @param path the log; it need not be there yet
 */
export function openLogTail(path: string): LogTail {
  let current: OpenLog | undefined;

  /** The log after the current one; undefined while that is the newest. */
  function next(): OpenLog | undefined {
    const newest = open(path);
    if (newest === undefined || newest.inode === current?.inode) return discard(newest);
    const older = open(olderThan(path));
    if (older === undefined || [newest.inode, current?.inode].includes(older.inode)) {
      discard(older);
      return newest;
    }
    discard(newest);
    return older;
  }

  return {
    *lines() {
      for (;;) {
        // Looked for first: to a log that another one has followed nothing is added.
        const following = next();
        if (current) yield* restOf(current);
        if (following === undefined) return;
        discard(current);
        current = following;
      }
    },
    close() {
      current = discard(current);
    },
  };
}

function open(path: string): OpenLog | undefined {
  try {
    const file = openSync(path, 'r');
    return { file, inode: fstatSync(file).ino, position: 0 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function discard(log: OpenLog | undefined): undefined {
  if (log) closeSync(log.file);
}

/** A line that is not whole yet is read again at the next call: a full disk may have it taken back. */
function* restOf(log: OpenLog): Generator<string> {
  // Somebody emptied it.
  if (fstatSync(log.file).size < log.position) log.position = 0;
  let chunk = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const read = readSync(log.file, chunk, 0, chunk.length, log.position);
    const whole = chunk.lastIndexOf(LINE_END, read - 1) + 1;
    if (read === 0 || (whole === 0 && read < chunk.length)) return;
    if (whole === 0) {
      chunk = Buffer.alloc(chunk.length * 2);
      continue;
    }
    for (const line of chunk.toString('utf8', 0, whole - 1).split('\n')) {
      log.position += Buffer.byteLength(line) + 1;
      yield line;
    }
  }
}
