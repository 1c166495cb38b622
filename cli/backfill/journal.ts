import { type FileHandle, open, readFile } from 'node:fs/promises';
import { parseJson } from '../../lib/runtime/json.ts';

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
  const written = await readFile(path, 'utf8').catch(() => '');
  const { steps, length } = readJournal(written);
  const file = await open(path, 'a', 0o600);
  // What stands behind the last whole line was cut off when the process was killed.
  await file.truncate(Buffer.byteLength(written.slice(0, length)));
  return journalOn(steps, file);
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

function journalOn(steps: Map<string, unknown>, file: FileHandle): Journal {
  async function anew<T>(step: string, run: () => Promise<T>): Promise<T> {
    const result = await run();
    await file.write(`${JSON.stringify([step, result ?? null])}\n`);
    await file.datasync();
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
