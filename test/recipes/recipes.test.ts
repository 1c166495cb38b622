import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { failuresOf, type Recipe, read, sectionsOf } from './recipe.ts';

describe('docs/recipes.md', () => {
  const recipes = sectionsOf('docs/recipes.md', '##');

  test('holds recipes, each with rules or labels, and tests', () => {
    expect(recipes.length).toBeGreaterThan(15);
    const isWhole = (yaml: string) => /^(?:rules|labels):/m.test(yaml) && /^tests:/m.test(yaml);
    expect(recipes.filter(([, yaml]) => !isWhole(yaml))).toEqual([]);
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
  const recipes: Readonly<Record<string, Recipe>> = parse(read('test/recipes/mechanic-tasks.yml'), {
    merge: true,
  });
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

  test('of which 34 at least are whole', () => {
    expect(whole.length).toBeGreaterThanOrEqual(34);
  });

  afterAll(() => {
    process.stdout.write(
      `Mechanic's customer-tag tasks: ${whole.length} of ${rows.length} whole\n`,
    );
  });
});
