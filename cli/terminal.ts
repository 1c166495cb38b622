import { styleText } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Where a command writes. Results go to `out`, and whatever is no result to `err`. */
export interface Terminal {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Aborts at Ctrl-C: a command then ends what it has in hand, says where it stopped, and returns. */
  readonly signal: AbortSignal;
}

/** Colours on a terminal alone, and not with NO_COLOR. */
export function paint(terminal: Terminal, style: Style, text: string): string {
  return styleText(style, text, { stream: terminal.out as NodeJS.WriteStream });
}

/** What `--json` prints: one document, and nothing else on `out`. */
export function writeJson({ out }: Terminal, document: object): void {
  out.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Columns of text, each as wide as its widest cell; `right` names the columns of numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export interface Progress {
  /** So many are done. */
  to(done: number): void;
  stop(): void;
}

/** A bar on the error stream where a person looks on, and nothing elsewhere. */
export function progress({ err }: Terminal, what: string, total: number): Progress {
  if (!err.isTTY) return { to: () => {}, stop: () => {} };
  const format = `${what} [{bar}] {value}/{total} {eta_formatted}`;
  const bar = new SingleBar({ format, stream: err, clearOnComplete: true }, Presets.legacy);
  bar.start(total, 0);
  return { to: (done) => bar.update(done), stop: () => bar.stop() };
}
