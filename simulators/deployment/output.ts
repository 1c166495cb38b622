import type { VirtualClock } from '../clock.ts';

/** A line that the product logged, and when on the virtual clock. */
export interface LogLine {
  readonly at: number;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** What was logged, in order; each line is parsed when it is asked for. */
export interface Log {
  lines(message?: string): readonly LogLine[];
}

/** Runs `work` while what it writes to standard output, the product's log, is kept instead of shown. */
export async function keepOutput<T>(
  clock: VirtualClock,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly log: Log }> {
  const kept: { readonly at: number; readonly text: string }[] = [];
  const { stdout } = process;
  const write = stdout.write;
  stdout.write = ((text: string) => {
    kept.push({ at: clock.now(), text });
    return true;
  }) as typeof write;
  try {
    const result = await work();
    const lines = (message?: string): LogLine[] =>
      kept
        .filter(({ text }) => message === undefined || text.includes(`"message":"${message}"`))
        .map(({ at, text }) => ({ ...JSON.parse(text), time: undefined, at }));
    return { result, log: { lines } };
  } finally {
    stdout.write = write;
  }
}
