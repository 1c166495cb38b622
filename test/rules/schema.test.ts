import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { rulesJsonSchema } from '../../lib/rules/authoring/schema.ts';
import { compileRules } from '../../lib/rules/match.ts';
import { sourceNames } from '../../lib/sources/index.ts';
import rules from '../../rules.yml';
import { SHOP_RULES } from '../../samples/shop.ts';

describe('rules.schema.json', () => {
  test('describes every key, for editors to show', () => {
    const undescribed = descriptions(rulesJsonSchema(sourceNames())).filter(
      ([, text]) => text === undefined,
    );

    expect(undescribed).toEqual([]);
  });
});

describe('a rules.yml that is imported', () => {
  test('is a RulesConfig, and compiles', () => {
    const text = readFileSync(SHOP_RULES, 'utf8');

    expect(rules).toEqual(loadRules(text, 'rules.yml'));
    expect(compileRules(rules).rules).toHaveLength(rules.rules.length);
  });
});

/** Every property of a JSON Schema with its description. */
function descriptions(schema: object): [string, unknown][] {
  const { properties, items } = schema as { properties?: Record<string, object>; items?: object };
  const own = Object.entries(properties ?? {}).flatMap(([name, inner]): [string, unknown][] => [
    [name, (inner as { description?: unknown }).description],
    ...descriptions(inner),
  ]);
  return items === undefined ? own : [...own, ...descriptions(items)];
}
