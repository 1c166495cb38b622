import { type FileHandle, open, readFile } from 'node:fs/promises';
import { parseJson } from '../../../lib/runtime/json.ts';
import { createTurns } from '../../../lib/runtime/turns.ts';
import { CliFailure } from '../../kit/failure.ts';

/**
 * What was done, one JSON line for each step, on disk before the next step begins. A step that stands here is
 * never done again; one that was cut off in the middle is done again, which harms nobody.
 */
export interface Journal {
  /** The result of a step: as noted, or else `run` now, and noted. */
  once<T>(step: string, run: () => Promise<T>): Promise<T>;
  /** The same for what is to be done anew though it was noted: the last time counts. */
  anew<T>(step: string, run: () => Promise<T>): Promise<T>;
  /** Whether a step whose name begins so was done. */
  has(beginning: string): boolean;
  close(): Promise<void>;
}

/** The same journal, that tells how many steps were done or found done. */
export function counted(journal: Journal, onStep: (steps: number) => void): Journal {
  let steps = 0;
  return {
    ...journal,
    async once(step, run) {
      const result = await journal.once(step, run);
      steps += 1;
      onStep(steps);
      return result;
    },
  };
}

/** Opens the journal, or begins one. It holds e-mails: only its owner can read it. */
export async function openJournal(path: string): Promise<Journal> {
  const written = await textOf(path);
  const { steps, length } = readJournal(written);
  const file = await open(path, 'a', 0o600);
  // What stands behind the last whole line was cut off when the process was killed.
  const bytes = Buffer.byteLength(written.slice(0, length));
  await file.truncate(bytes);
  return journalOn(steps, appendTo(file, path, bytes));
}

/** '' where there is no such file. One that cannot be read is not taken for empty, and begun anew. */
export async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** The file of a journal, as much of it as the journal needs. */
export type JournalFile = Pick<FileHandle, 'appendFile' | 'datasync' | 'truncate' | 'close'>;

interface Appending {
  /** On disk when it returns. @throws CliFailure, and then nothing of the line stays */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/** @param bytes how long the file is */
export function appendTo(file: JournalFile, path: string, bytes: number): Appending {
  let length = bytes;
  const inTurn = createTurns();
  const append = async (line: string): Promise<void> => {
    try {
      await file.appendFile(line);
      await file.datasync();
      length += Buffer.byteLength(line);
    } catch (error) {
      // Half a line would spoil the next.
      await file.truncate(length).catch(() => {});
      throw new CliFailure(
        `${path} could not be written: ${(error as Error).message}\nWhat was done before is noted. Make room: the same command, without --restart, goes on from there.`,
      );
    }
  };
  return { append: (line) => inTurn(path, () => append(line)), close: () => file.close() };
}

/** The whole lines of a journal, and how many characters they are. */
export function readJournal(text: string): { steps: Map<string, unknown>; length: number } {
  const length = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, length).split('\n').filter(Boolean);
  const steps = lines.flatMap((line): [string, unknown][] => {
    const entry = parseJson(line);
    return Array.isArray(entry) && typeof entry[0] === 'string' ? [[entry[0], entry[1]]] : [];
  });
  return { steps: new Map(steps), length };
}

function journalOn(steps: Map<string, unknown>, file: Appending): Journal {
  async function anew<T>(step: string, run: () => Promise<T>): Promise<T> {
    const result = await run();
    await file.append(`${JSON.stringify([step, result ?? null])}\n`);
    steps.set(step, result);
    return result;
  }
  return {
    anew,
    once: async <T>(step: string, run: () => Promise<T>): Promise<T> =>
      steps.has(step) ? (steps.get(step) as T) : anew(step, run),
    has: (beginning) => steps.keys().some((step) => step.startsWith(beginning)),
    close: () => file.close(),
  };
}
