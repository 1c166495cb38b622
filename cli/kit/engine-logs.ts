import { setTimeout as sleep } from 'node:timers/promises';
import { readLogFile } from '../../engine/log-file.ts';
import { openLogTail } from '../../engine/log-tail.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import {
  type FunctionLogLine,
  type LogQuery,
  lineOf,
  STEP_LINES,
  type TailQuery,
} from './target.ts';

/** The lines of an engine's log that match, oldest first. @param path the log, of an engine that runs or has ended */
export async function readLog(path: string, query: LogQuery): Promise<readonly FunctionLogLine[]> {
  const lines = (await readLogFile(path)).split('\n');
  // The engine may be about to write what follows on the last line end.
  return lines.slice(0, -1).flatMap((line) => read(line, query));
}

/** Nobody sees a difference to less, and it costs next to nothing. */
const LOOK_MS = 250;

/** The lines `delivery` and `job` of an engine's log, and with `follow` those of engines to come. */
export async function* tailLog(
  path: string,
  { follow, signal, ...query }: TailQuery,
): AsyncGenerator<FunctionLogLine> {
  const log = openLogTail(path);
  try {
    for (;;) {
      for (const line of log.lines()) yield* read(line, { ...query, anyOf: STEP_LINES });
      if (!follow) return;
      await sleep(LOOK_MS, undefined, { signal });
    }
  } finally {
    log.close();
  }
}

/** What a function wrote and is no JSON stands in a line of the engine's own. */
const OUTPUT = '"message":"output"';

function read(line: string, query: LogQuery): FunctionLogLine[] {
  if (line.includes(OUTPUT)) {
    const { function: name, line: written } = (parseJson(line) ?? {}) as Record<string, unknown>;
    if (typeof written === 'string') return lineOf(written, `${name}`, query);
  }
  return lineOf(line, 'engine.log', query).flatMap((found) => {
    const { time, function: name } = parseJson(line) as FunctionLogLine;
    return time !== undefined && Date.parse(time) >= query.since
      ? [{ ...found, function: name }]
      : [];
  });
}
