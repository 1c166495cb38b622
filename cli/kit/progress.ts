import { Presets, SingleBar } from 'cli-progress';
import { visible } from '../../lib/runtime/visible.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressBar {
  /** So many are done. */
  to(done: number): void;
  stop(): void;
}

/** A bar on the error stream where a person looks on, and nothing elsewhere. */
export function progress({ screen }: Terminal, what: string, total: number): ProgressBar {
  if (!screen) return { to: () => {}, stop: () => {} };
  const format = `${visible(what)} [{bar}] {value}/{total} {eta_formatted}`;
  const bar = new SingleBar({ format, stream: screen, clearOnComplete: true }, Presets.legacy);
  bar.start(total, 0);
  return { to: (done) => bar.update(done), stop: () => bar.stop() };
}
