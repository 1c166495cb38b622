import { type ProgressBar, progress } from '../../kit/progress.ts';
import type { Terminal } from '../../kit/terminal.ts';

/** Where nobody looks on, a line so often. */
const EVERY_MS = 30_000;

/** A bar where a person looks on; elsewhere a line now and then, for the log of a long run. */
export function follow(
  terminal: Terminal,
  what: string,
  total: number,
  now: () => number,
): ProgressBar {
  if (terminal.screen) return progress(terminal, what, total);
  const begunAt = now();
  let reportedAt = begunAt;
  return {
    to(done) {
      const at = now();
      if (at - reportedAt < EVERY_MS || done === 0) return;
      reportedAt = at;
      const minutes = Math.ceil((((at - begunAt) / done) * (total - done)) / 60_000);
      terminal.err.write(`${what}: ${done} of ${total}, about ${minutes} min left\n`);
    },
    stop: () => {},
  };
}
