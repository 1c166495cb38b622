import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { runTests } from '../../cli/commands/rules/run-tests.ts';
import { loadTests } from '../../cli/commands/rules/test-file.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { NOW } from '../sources/fixtures.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Rules and tests of them, as a recipe has them in one block. */
interface Recipe {
  readonly rules: readonly object[];
  readonly tests: readonly object[];
  readonly tables?: object;
}

/** Runs a recipe's tests as `rules test` does; a line for each that is not as expected. */
async function failuresOf({ tests, ...rules }: Recipe, name: string): Promise<readonly string[]> {
  const config = loadRules(stringify(rules), name);
  const results = await runTests(config, loadTests(stringify({ tests }), name), name, NOW);
  const matched = new Set(results.flatMap(({ got }) => [...got.add, ...got.remove]));
  return [
    ...results.filter(({ passed }) => !passed).flatMap(({ problems }) => problems),
    ...(matched.size === 0 ? ['no test of it comes to a label'] : []),
  ];
}

describe('docs/recipes.md', () => {
  const recipes = read('docs/recipes.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const blocks = [...section.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml);
      return [section.split('\n', 1)[0] ?? '', blocks.join('')] as const;
    });

  test('holds recipes, each with rules and tests', () => {
    expect(recipes.length).toBeGreaterThan(15);
    expect(recipes.filter(([, yaml]) => !/^rules:/m.test(yaml) || !/^tests:/m.test(yaml))).toEqual(
      [],
    );
  });

  test.each(recipes)('%s', async (title, yaml) => {
    expect(await failuresOf(parse(yaml), title)).toEqual([]);
  });
});

describe('the customer-tag tasks of Mechanic’s library', () => {
  /** `| task | what it does | whole or what is missing |`. */
  const rows = [...read('docs/mechanic-tasks.md').matchAll(/^\| (.+?) \| (.+?) \| (.+?) \|$/gm)]
    .map(([, task = '', , verdict = '']) => ({ task, whole: verdict === 'whole' }))
    .filter(({ task }) => task !== 'task' && !task.startsWith('-'));
  const recipes: Readonly<Record<string, Recipe>> = parse(read('test/rules/mechanic-tasks.yml'));
  const whole: string[] = [];

  test('are 46, and those that are whole have rules to show for it', () => {
    expect(rows).toHaveLength(46);
    expect(new Set(rows.map(({ task }) => task)).size).toBe(46);
    expect(rows.flatMap((row) => (row.whole ? [row.task] : [])).sort()).toEqual(
      Object.keys(recipes).sort(),
    );
  });

  test.each(Object.entries(recipes))('%s', async (task, recipe) => {
    expect(await failuresOf(recipe, task)).toEqual([]);
    whole.push(task);
  });

  test('of which 17 at least are whole', () => {
    expect(whole.length).toBeGreaterThanOrEqual(17);
  });

  afterAll(() => {
    process.stdout.write(
      `Mechanic's customer-tag tasks: ${whole.length} of ${rows.length} whole\n`,
    );
  });
});
