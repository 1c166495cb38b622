import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBesideIn } from '../../../lib/rules/authoring/beside.ts';
import { loadRules, RulesError } from '../../../lib/rules/authoring/load.ts';
import { fixedNames, type RulesConfig } from '../../../lib/rules/config.ts';
import { errorText } from '../../kit/failure.ts';
import { many } from '../../kit/words.ts';
import { type Diagnosis, fail, pass, warn } from './finding.ts';

/** What the functions run on (`runtime` of serverless.yml). */
const NODE_MAJOR = 24;

/** @param version as `process.versions.node` has it */
export function judgeNode(version: string): Diagnosis {
  const what = `Node ${version}`;
  return Number.parseInt(version, 10) === NODE_MAJOR
    ? pass(what)
    : warn(
        `${what}, and the functions run on Node ${NODE_MAJOR}`,
        'Use npx and the npm scripts: they take the Node that npm ci installed.',
      );
}

/** rules.yml of a folder, or what is wrong with it. */
export async function readRules(
  folder: string,
): Promise<{ readonly findings: readonly Diagnosis[]; readonly rules?: RulesConfig }> {
  const text = await readFile(join(folder, 'rules.yml'), 'utf8').catch((error: unknown) => error);
  if (typeof text !== 'string') {
    const advice = `Run earmark in the project's folder, where rules.yml is.`;
    return { findings: [fail(`rules.yml cannot be read: ${errorText(text)}`, advice)] };
  }
  try {
    const rules = loadRules(text, 'rules.yml', readBesideIn(folder));
    return {
      rules,
      findings: [pass(`rules.yml compiles: ${many(rules.rules.length, 'rule')}`)],
    };
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    const advice = 'Put it right: docs/rules.md explains every word.';
    return { findings: error.message.split('\n').map((line) => fail(line, advice)) };
  }
}

/** The label names that stand in the rules and their tables as they are; those of expressions are not known. */
export function namesIn({ rules, tables }: RulesConfig): {
  names: readonly string[];
  computed: boolean;
} {
  const lists = rules
    .flatMap(({ add, remove }) => [add, remove])
    .filter((one) => one !== undefined);
  return {
    names: [...new Set(lists.flatMap((list) => fixedNames(list, tables)))],
    computed: lists.some((list) => 'cel' in list),
  };
}
