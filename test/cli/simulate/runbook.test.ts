import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { SHOWN } from '../../../cli/commands/simulate/words.ts';
import { isPreset } from '../../../simulators/presets/presets.ts';

const read = (page: string) =>
  readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');

/** The sections of the runbook, each with the presets that it names. */
const sections = read('operations.md')
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    heading: section.split('\n', 1)[0],
    names: [...section.matchAll(/\.\/earmark simulate (?!off\b)([a-z-]+)/g)].map(
      ([, name]) => name,
    ),
  }));

test('each preset is named by the section of the runbook whose case it is, and by no other', () => {
  const named = sections.flatMap(({ heading, names }) => names.map((name) => [name, heading]));

  expect(Object.fromEntries(named)).toEqual(
    Object.fromEntries(Object.entries(SHOWN).map(([name, { runbook }]) => [name, runbook])),
  );
  expect(named).toHaveLength(Object.keys(SHOWN).length);
});

test('the reference has them all, with the same sections', () => {
  const rows = [
    ...read('commands.md').matchAll(/^\| `([a-z-]+)` \| .* \| \[(.+)\]\(operations\.md#/gm),
  ];
  const listed = rows.filter(([, name = '']) => isPreset(name)).map(([, name, to]) => [name, to]);

  expect(listed).toEqual(Object.entries(SHOWN).map(([name, { runbook }]) => [name, runbook]));
});
