import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ColdStart } from './judge.ts';

const PROBE = join(import.meta.dirname, 'probe.cjs');

/** Who has not answered by then will not. */
const PATIENCE_MS = 20_000;

/**
 * Loads a bundle in a fresh process of this very Node and has it answer one event.
 * @param environment all of the process's environment
 * @throws Error with the process's own words when it gives no answer
 */
export async function coldStart(
  bundle: string,
  event: object,
  environment: Readonly<Record<string, string>>,
): Promise<ColdStart & { readonly answer: unknown }> {
  const child = spawn(process.execPath, [PROBE, bundle, JSON.stringify(event)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  const [output = '', errors = '', report = ''] = await Promise.all(
    child.stdio.slice(1, 4).map((stream) => text(stream as Readable)),
  );
  if (report === '') throw new Error(`${bundle} gave no answer.\n${output}${errors}`);
  return JSON.parse(report);
}
