import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;

/** About 8,000 events. The log then begins anew, and what was before it is kept once: `engine.log.1`. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface LogFileOptions {
  /** Hears of the first line that is lost, and of no other. */
  readonly onTrouble: (message: string) => void;
  readonly mostBytes?: number;
  /** Appends all of a text, or throws; tests pass a disk that is full. */
  readonly append?: (file: number, text: string) => void;
}

/** A file of its own, for who still reads the one before, and written to at its end, wherever it is cut. */
const open = (path: string): number =>
  openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0o600);

export const olderThan = (path: string): string => `${path}.1`;

/**
 * Begins a log that only its owner may read, and gives what writes a line to it. The file holds whole lines
 * alone, for others read it meanwhile. A disk that takes nothing costs lines, and nothing else.
 * @throws the system's error where there can be no such file
 */
export function openLogFile(path: string, options: LogFileOptions): (line: string) => void {
  const { onTrouble, mostBytes = MOST_BYTES, append = appendFileSync } = options;
  for (const before of [olderThan(path), path]) rmSync(before, { force: true });
  let file = open(path);
  let size = 0;
  let isReported = false;

  function beginAnew(): void {
    if (existsSync(path)) renameSync(path, olderThan(path));
    const next = open(path);
    closeSync(file);
    file = next;
    size = 0;
  }

  return (line) => {
    const text = `${line}\n`;
    const bytes = Buffer.byteLength(text);
    try {
      if (size > 0 && size + bytes > mostBytes) beginAnew();
      append(file, text);
      size += bytes;
    } catch (error) {
      cut(file, size);
      if (isReported) return;
      isReported = true;
      onTrouble(
        `Lines of ${path} are lost while it cannot be written: ${(error as Error).message}`,
      );
    }
  };
}

/** Takes away the line that was begun. What cannot be cut is a line that nobody can read. */
function cut(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {}
}

/** All that is kept of a log, the oldest line first. */
export async function readLogFile(path: string): Promise<string> {
  const older = await readFile(olderThan(path), 'utf8').catch(() => '');
  return older + (await readFile(path, 'utf8'));
}
