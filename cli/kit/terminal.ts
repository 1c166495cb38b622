import { Presets, SingleBar } from 'cli-progress';
import {
  cleanWriter,
  columnsOf,
  isColoured,
  type Style,
  styled,
  type Writer,
} from '../../engine/writer.ts';
import { unbroken, visible } from '../../lib/runtime/visible.ts';

/** What a command line is given to write to. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Aborts at Ctrl-C: a command then ends what it has in hand, says where it stopped, and returns. */
  readonly signal: AbortSignal;
}

/** Where a command writes. Results go to `out`, and whatever is no result to `err`. */
export interface Terminal {
  readonly out: Writer;
  readonly err: Writer;
  readonly signal: AbortSignal;
  /** Whether `paint` paints. */
  readonly isColoured?: boolean;
  /** The error stream as it is, where a person looks on: for what moves the cursor, in this file and `ask.ts`. */
  readonly screen?: NodeJS.WritableStream;
}

/** A terminal that gets nothing from outside which it would obey: whatever a command writes is cleaned. */
export const openTerminal = ({ out, err, signal }: Streams): Terminal => ({
  out: cleanWriter(out),
  err: cleanWriter(err),
  signal,
  isColoured: isColoured(out),
  ...(err.isTTY && { screen: err }),
});

/** Colours on a terminal alone, and not with NO_COLOR. */
export function paint(
  { isColoured: colours }: Pick<Terminal, 'isColoured'>,
  style: Style,
  text: string,
): string {
  return colours ? styled(style, text) : text;
}

/** What `--json` prints: one document, and nothing else on `out`. */
export function writeJson({ out }: Terminal, document: object): void {
  out.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Columns of text, each as wide as its widest cell; `right` names the columns of numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const cells = rows.map((row) =>
    row.map((text) => {
      const cell = unbroken(text);
      return { cell, width: columnsOf(cell) };
    }),
  );
  const widths = (rows[0] ?? []).map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, row[column]?.width ?? 0), 0),
  );
  return cells
    .map((row) =>
      row
        .map(({ cell, width }, i) => {
          const pad = ' '.repeat(Math.max(0, (widths[i] ?? 0) - width));
          return right.includes(i) ? pad + cell : cell + pad;
        })
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
export function progress({ screen }: Terminal, what: string, total: number): Progress {
  if (!screen) return { to: () => {}, stop: () => {} };
  const format = `${visible(what)} [{bar}] {value}/{total} {eta_formatted}`;
  const bar = new SingleBar({ format, stream: screen, clearOnComplete: true }, Presets.legacy);
  bar.start(total, 0);
  return { to: (done) => bar.update(done), stop: () => bar.stop() };
}
