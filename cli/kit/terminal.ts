import { fitted } from '../../terminal/fitted.ts';
import { cleanWriter, isColoured, type Style, styled, type Writer } from '../../terminal/writer.ts';

/** What a command line is given to write to. */
export interface Streams {
  readonly out: NodeJS.WritableStream & { readonly columns?: number };
  readonly err: NodeJS.WritableStream & { readonly columns?: number; readonly isTTY?: boolean };
  /** Aborts at Ctrl-C: a command then ends what it has in hand, says where it stopped, and returns. */
  readonly signal: AbortSignal;
}

/** Where a command writes. Results go to `out`, and whatever is no result to `err`; a terminal gets lines that fit it. */
export interface Terminal {
  readonly out: Writer;
  readonly err: Writer;
  readonly signal: AbortSignal;
  /** `out` without any line broken, for data: see `whole`. */
  readonly data?: Writer;
  /** The columns of `out`; undefined where it is no terminal. */
  readonly columns?: number;
  /** Whether `paint` paints. */
  readonly isColoured?: boolean;
  /** The error stream as it is, where a person looks on: for what moves the cursor, in this file and `ask.ts`. */
  readonly screen?: NodeJS.WritableStream;
}

/** A terminal that gets nothing from outside which it would obey: whatever a command writes is cleaned. */
export const openTerminal = ({ out, err, signal }: Streams): Terminal => ({
  out: fittedWriter(out),
  err: fittedWriter(err),
  data: cleanWriter(out),
  signal,
  ...(out.columns && { columns: out.columns }),
  isColoured: isColoured(out),
  ...(err.isTTY && { screen: err }),
});

function fittedWriter(stream: Streams['out']): Writer {
  const { columns } = stream;
  const clean = cleanWriter(stream);
  return columns ? { write: (text) => clean.write(fitted(text, columns)) } : clean;
}

/** Where data goes, such as JSON or a body: as it is, for a line that is broken would be other data. */
export const whole = ({ data, out }: Terminal): Writer => data ?? out;

/** Colours on a terminal alone, and not with NO_COLOR. */
export function paint(
  { isColoured: colours }: Pick<Terminal, 'isColoured'>,
  style: Style,
  text: string,
): string {
  return colours ? styled(style, text) : text;
}

/** What `--json` prints: one document, and nothing else on `out`. */
export function writeJson(terminal: Terminal, document: object): void {
  whole(terminal).write(`${JSON.stringify(document, null, 2)}\n`);
}
