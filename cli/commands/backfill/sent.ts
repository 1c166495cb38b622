import { open, readFile } from 'node:fs/promises';
import { CliFailure } from '../../kit/failure.ts';

/** The jobs that were sent, by id: a run that was cut off goes on behind them. */
export interface SentJobs {
  has(id: string): boolean;
  /** On disk when it returns. @throws CliFailure */
  add(ids: readonly string[]): Promise<void>;
}

/**
 * Opens the note of what was sent: the plan's digest, then a job id a line. It is begun anew with the first
 * job that is sent for another plan.
 */
export async function openSent(path: string, plan: string, restart: boolean): Promise<SentJobs> {
  const written = await textOf(path);
  // What stands behind the last whole line was cut off.
  const whole = written.slice(0, written.lastIndexOf('\n') + 1);
  const [begun, ...ids] = whole.split('\n');
  const isSame = begun === plan && !restart;
  const sent = new Set(isSame ? ids : []);
  let length = isSame ? whole.length : 0;

  async function write(text: string): Promise<void> {
    const file = await open(path, 'a', 0o600);
    try {
      await file.truncate(length);
      await file.appendFile(text);
      await file.datasync();
      length += text.length;
    } finally {
      await file.close();
    }
  }

  return {
    has: (id) => sent.has(id),
    async add(added) {
      const lines = [...(length === 0 ? [plan] : []), ...added].map((line) => `${line}\n`);
      await write(lines.join('')).catch((error: Error) => {
        throw new CliFailure(
          `${path} could not be written: ${error.message}\nWhat was sent before is noted. Make room: the same command, without --restart, goes on from there.`,
        );
      });
      for (const id of added) sent.add(id);
    },
  };
}

/** '' where there is no such file. One that cannot be read is not taken for empty, and begun anew. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
