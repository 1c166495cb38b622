import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { parseJson } from '../lib/runtime/json.ts';

const EARMARK = fileURLToPath(new URL('../cli/earmark.ts', import.meta.url));

const Outcome = z.object({
  file: z.string(),
  tests: z.array(z.object({ name: z.string(), line: z.number(), passed: z.boolean() })),
});
/** What became of the tests of the rules. */
export type TestsOutcome = z.infer<typeof Outcome>;

/**
 * Runs the tests beside a rules file. In a process of its own: the command line stands above the engine, and
 * a hundred tests would hold up deliveries here.
 * @param rules absolute
 * @throws Error with what is wrong with the file of the tests
 */
export async function runRulesTests(rules: string, signal: AbortSignal): Promise<TestsOutcome> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      EARMARK,
      'rules',
      'test',
      '--rules',
      basename(rules),
      '--json',
    ],
    { cwd: dirname(rules), signal, maxBuffer: 64 * 1024 * 1024 },
    // It ends with 1 where a test failed.
  ).catch((error: { stdout?: string; stderr?: string }) => {
    if (error.stdout === undefined) throw error;
    return { stdout: error.stdout, stderr: error.stderr ?? '' };
  });
  const { data } = Outcome.safeParse(parseJson(stdout));
  if (!data) throw new Error(stderr.trim() || 'The tests of the rules cannot be run.');
  return data;
}

/** More names nobody reads in one line. */
const MOST_NAMES = 3;

/** In one line: `5 tests of the rules pass`, or which of them fail. */
export function renderTests({ file, tests }: TestsOutcome): string {
  const failed = tests.filter(({ passed }) => !passed);
  const all = tests.length === 1 ? '1 test' : `${tests.length} tests`;
  if (failed.length === 0) return `${all} of the rules pass${tests.length === 1 ? 'es' : ''}`;
  const names = failed
    .slice(0, MOST_NAMES)
    .map(({ name, line }) => `"${name}" (${file}:${line})`)
    .join(', ');
  const more = failed.length > MOST_NAMES ? `, and ${failed.length - MOST_NAMES} more` : '';
  const verb = failed.length === 1 ? 'fails' : 'fail';
  return `${failed.length} of ${all} of the rules ${verb}: ${names}${more}; ./earmark rules test says why`;
}
