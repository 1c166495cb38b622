import { join } from 'node:path';
import { FileError } from '../../../lib/rules/authoring/load.ts';
import type { RulesConfig } from '../../../lib/rules/config.ts';
import { problemsIn } from '../../../lib/sources/authoring/files.ts';
import { OWN_NAME } from '../../../lib/sources/authoring/own-folder.ts';
import { asLine } from '../../../lib/yaml/problem.ts';
import { readRules } from '../../kit/current-rules.ts';
import { CliFailure } from '../../kit/failure.ts';
import { many } from '../../kit/words.ts';
import { type Diagnosis, fail, pass, warn } from './diagnosis.ts';

/** What the functions run on (`runtime` of serverless.yml). */
const NODE_MAJOR = 24;

/** @param version as `process.versions.node` has it */
export function judgeNode(version: string): Diagnosis {
  const what = `Node ${version}`;
  return Number.parseInt(version, 10) === NODE_MAJOR
    ? pass(what)
    : warn(
        `${what}, and the functions run on Node ${NODE_MAJOR}`,
        'Use ./earmark and the npm scripts: they take the Node that npm ci installed.',
      );
}

/** A failure of the command line as a finding: its first sentence, and then what to do. */
export function asDiagnosis({ message }: CliFailure): Diagnosis {
  const [what = '', ...advice] = message.split(/(?<=\.) |\n/);
  return fail(what, advice.join(' '));
}

/** The user's own sources in a folder: `npm start` and the build refuse a broken one. */
export function judgeOwnSources(folder: string): readonly Diagnosis[] {
  const advice = 'Put it right: docs/sources.md explains the form.';
  return problemsIn(join(folder, OWN_NAME)).map((one) => fail(asLine(one), advice));
}

/** A rules file, or what is wrong with it. */
export async function judgeRules(
  folder: string,
  file: string,
): Promise<{ readonly findings: readonly Diagnosis[]; readonly rules?: RulesConfig }> {
  try {
    const { config: rules } = await readRules(file, folder);
    return { rules, findings: [pass(`${file} compiles: ${many(rules.rules.length, 'rule')}`)] };
  } catch (error) {
    if (error instanceof CliFailure) return { findings: [asDiagnosis(error)] };
    if (!(error instanceof FileError)) throw error;
    const advice = 'Put it right: docs/rules.md explains every word.';
    return { findings: error.message.split('\n').map((line) => fail(line, advice)) };
  }
}
