import { beforeAll, expect, test } from '@jest/globals';
import { STANDING_RULES } from '../../samples/standing.ts';
import { deployPolicy, GRANTED_TYPES } from '../../scripts/deploy-policy.ts';
import { compileTemplate } from '../../scripts/template.ts';

/** The types of the largest template there is: one with standing labels. Conditions leave nothing out of it. */
let types: readonly string[];
beforeAll(async () => {
  const { Resources } = await compileTemplate({ rules: STANDING_RULES });
  types = [...new Set(Object.values(Resources).map(({ Type }) => Type))];
});

test('each resource type of the template is in the policy, and no other', () => {
  expect([...GRANTED_TYPES].sort()).toEqual(types.toSorted());
});

test('AWS takes it: at most 6,144 characters without blanks, and no name twice', () => {
  const { Statement } = deployPolicy();
  const names = Statement.map(({ Sid }) => Sid);
  expect(JSON.stringify(deployPolicy()).length).toBeLessThanOrEqual(6_144);
  expect(new Set(names).size).toBe(names.length);
});

test('what is not Earmark’s is named by no statement but those whose actions take no name', () => {
  const everything = deployPolicy().Statement.filter(({ Resource }) => Resource.includes('*'));
  expect(everything.map(({ Sid }) => Sid)).toEqual(['Template', 'Mappings', 'AccessLog']);
});
