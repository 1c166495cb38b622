import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const PROBE = join(import.meta.dirname, 'probe.cjs');
const TIMEOUT_MS = 300_000;

/** What a process had used by a point of its life. */
interface Used {
  /** Since the process began. */
  readonly ms: number;
  /** Of all threads. */
  readonly cpuMs: number;
  readonly memoryMib: number;
}

/** The points: Node has started, the first event is read, the bundle loaded, that event answered, all are. */
type Point = 'boot' | 'began' | 'loaded' | 'first' | 'last';

export interface ProcessReport extends Readonly<Record<Point, Used>> {
  /** To the last event. */
  readonly answer: unknown;
  /** What the function logged. */
  readonly lines: readonly string[];
}

/**
 * Runs a bundle in a fresh process of this Node, which answers `events` one after the other.
 * @param environment all of the process's environment
 * @param flags of Node
 * @throws Error with the process's output when it fails
 */
export async function runCold(
  bundle: string,
  events: readonly object[],
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<ProcessReport> {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-bench-'));
  try {
    const eventsFile = join(folder, 'events.jsonl');
    writeFileSync(eventsFile, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const child = spawn(process.execPath, [...flags, PROBE, bundle, eventsFile], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const [output = '', errors = '', report = ''] = await Promise.all(
      child.stdio.slice(1, 4).map((stream) => text(stream as Readable)),
    );
    if (report === '') throw new Error(`${bundle} gave no answer.\n${output}${errors}`);
    return { ...JSON.parse(report), lines: output.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
