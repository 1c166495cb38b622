import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CsvError, parse } from 'csv-parse';
import { CliFailure } from '../../kit/failure.ts';

/** Longer than this is no order: a quote was opened and never closed. */
const LONGEST_ROW = 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

export interface CsvRow {
  /** Where it begins in the file; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Hears how many bytes were read by now. */
export type OnRead = (bytes: number) => void;

/**
 * Opens a CSV file: UTF-8 with a byte order mark or without; comma, semicolon or tab; LF or CRLF.
 * @throws CliFailure when there is no such file, it is empty, or its quotes do not close
 */
export async function openTable(path: string, onRead: OnRead = () => {}) {
  const delimiter = delimiterOf(await head(path));
  const rows = read(path, delimiter, onRead)[Symbol.asyncIterator]();
  const first = await rows.next();
  if (first.done)
    throw new CliFailure(`${path} is empty. It needs a first line with column names.`);
  return {
    delimiter,
    columns: first.value.cells.map((cell) => cell.trim()),
    rows: { [Symbol.asyncIterator]: () => rows } as AsyncIterable<CsvRow>,
  };
}

async function head(path: string): Promise<string> {
  return text(createReadStream(path, { end: HEAD_BYTES - 1 })).catch((error: Error) => {
    throw new CliFailure(`${path} cannot be read: ${error.message}`);
  });
}

/** The one that the first line has most of, outside quotes. */
function delimiterOf(beginning: string): string {
  const [line = ''] = beginning.replaceAll(/"[^"]*"/g, '').split(/\r?\n/);
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

async function* read(path: string, delimiter: string, onRead: OnRead): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  const file = createReadStream(path);
  file.on('error', (error) => parser.destroy(error)).pipe(parser);
  let line = 1;
  try {
    for await (const { record, info } of parser) {
      onRead(file.bytesRead);
      yield { line, cells: record };
      line = info.lines + 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CliFailure(
      `${path}:${line}: this is no CSV from here on: ${error.message}\n` +
        'Mostly a quote that is opened and not closed. Nothing was changed; export the file anew.',
    );
  } finally {
    file.destroy();
  }
}
