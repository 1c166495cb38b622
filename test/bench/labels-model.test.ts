import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { runModel } from '../../bench/labels/model.ts';
import { PROMISED } from '../../bench/labels/promises.ts';
import { storiesOf } from '../../bench/labels/report.ts';
import { loadRules } from '../../lib/rules/authoring/load.ts';
import { STANDING_RULES } from '../../samples/standing.ts';

/** The short form of `npm run bench:labels`, with another seed each time. */
test('each standing label is on its contact exactly while what came in says so', async () => {
  const seed = randomInt(2 ** 31);
  const options = { seed, customers: 8, days: 100, moments: 8 };
  const result = await runModel(options, PROMISED);
  expect(storiesOf(result).join('\n')).toBe('');
  expect(result.counts['quiet moments']).toBe(8);
  expect(result.counts['label-moments']).toBeGreaterThan(300);
});

describe('the model notices', () => {
  test('a definition that does not keep what it promises', async () => {
    const promised = PROMISED.map((one) =>
      'label' in one.definition && one.definition.label === 'Customer'
        ? { ...one, definition: { ...one.definition, while: 'history.orders.size() > 100' } }
        : one,
    );
    const { wrong } = await runModel({ seed: 1, customers: 6, days: 60, moments: 3 }, promised);
    expect(new Set(wrong.map(({ label }) => label))).toEqual(new Set(['Customer']));
  });
});

test('it holds the labels of the sample to their promises', () => {
  const { labels } = loadRules(readFileSync(STANDING_RULES, 'utf8'), 'rules.yml');
  const promised = PROMISED.map(({ definition }) => definition);
  for (const definition of labels ?? []) expect(promised).toContainEqual(definition);
});
