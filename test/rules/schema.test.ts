import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compileRules } from '../../lib/rules/match.ts';
import { rulesJsonSchema } from '../../lib/rules/schema.ts';
import rules from '../../rules.yml';

describe('rules.schema.json', () => {
  test('is what the schema says now (else: npm run rules:schema)', () => {
    const published = readFileSync(new URL('../../rules.schema.json', import.meta.url), 'utf8');

    expect(JSON.parse(published)).toEqual(rulesJsonSchema());
  });

  test('describes every key, for editors to show', () => {
    const undescribed = descriptions(rulesJsonSchema()).filter(([, text]) => text === undefined);

    expect(undescribed).toEqual([]);
  });
});

describe('the repository’s rules.yml', () => {
  test('is the example of the documentation, and compiles', () => {
    expect(compileRules(rules).rules.map(({ rule }) => rule.name)).toEqual([
      'customers',
      'big spenders',
      'what they bought',
      'refunds',
    ]);
  });

  test('is a RulesConfig when imported', () => {
    expect(rules).toEqual({
      missing: 'wait',
      rules: [
        { name: 'customers', on: ['order.paid'], add: { labels: ['Customer'] } },
        {
          name: 'big spenders',
          on: ['order.paid'],
          when: 'event.order.total >= 200.0 && event.order.currency == "USD"',
          add: { labels: ['VIP'] },
        },
        {
          name: 'what they bought',
          on: ['order.paid'],
          add: { cel: 'event.order.items.map(i, "Bought " + i.title)' },
        },
        { name: 'refunds', on: ['order.refunded'], remove: { labels: ['Customer'] } },
      ],
    });
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
