import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { runTests } from '../../cli/commands/rules/run-tests.ts';
import { loadTests } from '../../cli/commands/rules/test-file.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { NOW } from '../sources/fixtures.ts';

export const read = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Rules, standing labels and tests of them, as a recipe has them in its blocks. */
export interface Recipe {
  readonly rules?: readonly object[];
  readonly labels?: readonly object[];
  readonly tests: readonly object[];
  readonly tables?: object;
}

/** Runs a recipe's tests as `rules test` does; a line for each that is not as expected. */
export async function failuresOf(
  { tests, ...rules }: Recipe,
  name: string,
): Promise<readonly string[]> {
  const config = loadRules(stringify(rules), name);
  const results = await runTests(config, loadTests(stringify({ tests }), name), name, NOW);
  const seen = results.flatMap(({ got, moments }) => [
    ...(got?.add ?? []),
    ...(got?.remove ?? []),
    ...moments.flatMap((one) => one.got),
  ]);
  return [
    ...results.filter(({ passed }) => !passed).flatMap(({ problems }) => problems),
    ...(seen.length === 0 ? ['no test of it comes to a label'] : []),
  ];
}

/** The sections of a page that begin with a heading, each with its blocks of YAML. */
export const sectionsOf = (page: string, heading: string) =>
  read(page)
    .split(/^(?=#{1,3} )/m)
    .filter((section) => section.startsWith(`${heading} `))
    .map((section) => {
      const [first = ''] = section.split('\n', 1);
      const blocks = [...section.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml);
      return [first.slice(heading.length + 1), blocks.join('')] as const;
    });
