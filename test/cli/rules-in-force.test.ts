import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { rulesFindings } from '../../cli/commands/doctor/rules.ts';
import {
  compareWithRunning,
  differenceInWords,
  warnOfOtherRules,
} from '../../cli/kit/rules-in-force.ts';
import type { Target } from '../../cli/kit/target.ts';
import type { Terminal } from '../../cli/kit/terminal.ts';
import { readProjectRules } from '../../lib/rules/authoring/beside.ts';
import { rulesHash } from '../../lib/rules/authoring/decisive.ts';

const folder = mkdtempSync(join(tmpdir(), 'earmark-in-force-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'rules.yml');
const table = join(folder, 'skus.csv');
const at = (path: string, iso: string) => utimesSync(path, new Date(iso), new Date(iso));
beforeEach(() => {
  writeFileSync(
    file,
    'tables: { skus: skus.csv }\nrules: [{ name: a, on: order.paid, add: { table: skus, keys: event.order.id } }]\n',
  );
  writeFileSync(table, 'value,label\nA1,Desk\n');
  at(file, '2026-11-28T10:05:30Z');
  at(table, '2026-11-28T11:00:00Z');
});

const running = (hash: string) => ({ hash, since: '2026-11-27T09:00:00.000Z' });
const ENGINE = { name: 'the local engine', kind: 'engine' } as const;
const STAGE = { name: 'stage prod in eu-west-1', kind: 'stage' } as const;

test('the rules of the folder are what runs', () => {
  const hash = rulesHash(readProjectRules(file));
  const target = { ...STAGE, rules: running(hash) };

  const compared = compareWithRunning(join(folder, 'rules.yml'), target);

  expect(compared).toEqual({
    here: { savedAt: '2026-11-28T11:00:00.000Z', hash },
    running: target.rules,
    differ: false,
  });
  expect(differenceInWords(compared, target, { stage: 'prod' })).toBeUndefined();
  expect(rulesFindings(compared, target, {})).toEqual([
    { status: 'pass', what: 'what runs are the rules of this folder' },
  ]);
});

test('a table that is another is a difference: deploy', () => {
  const hash = rulesHash(readProjectRules(file));
  writeFileSync(table, 'value,label\nA1,Table\n');
  at(table, '2026-11-28T12:00:00Z');
  const target = { ...STAGE, rules: running(hash) };

  const compared = compareWithRunning(join(folder, 'rules.yml'), target);

  expect(compared).toMatchObject({ differ: true, here: { savedAt: '2026-11-28T12:00:00.000Z' } });
  const lines = differenceInWords(compared, target, { stage: 'prod', region: 'eu-west-1' });
  expect(lines).toEqual([
    "The folder's rules, saved 2026-11-28 12:00, are not those that run:",
    'stage prod in eu-west-1 runs those deployed 2026-11-27 09:00 (UTC).',
    "Name the stage's own with --rules, or deploy these: npx serverless deploy --stage prod --region eu-west-1",
  ]);
  expect(rulesFindings(compared, target, {})).toMatchObject([{ status: 'warn' }]);
});

test('rules that do not compile are a difference: put them right', () => {
  writeFileSync(file, 'rules: [{ name: a }]\n');

  const compared = compareWithRunning(join(folder, 'rules.yml'), {
    rules: running('0123456789ab'),
  });

  expect(compared).toMatchObject({
    differ: true,
    here: { problem: expect.stringMatching(/:1:\d+:/) },
  });
  expect(differenceInWords(compared, ENGINE, {})).toEqual([
    expect.stringMatching(/^The folder's rules, saved .{16}, do not compile and do not run:$/),
    'the local engine runs those taken 2026-11-27 09:00 (UTC).',
    'Put them right: ./earmark rules check',
  ]);
});

test('nothing is said where the folder has no rules, and what runs may not be known', () => {
  const nowhere = join(folder, 'nowhere');
  const target = { ...ENGINE, rules: running('0123456789ab') };

  expect(compareWithRunning(join(nowhere, 'rules.yml'), target)).toBeUndefined();
  expect(compareWithRunning(join(folder, 'rules.yml'), {})).toBeUndefined();
  expect(rulesFindings(undefined, target, {})).toEqual([]);
  expect(rulesFindings(undefined, STAGE, {})).toMatchObject([
    { status: 'warn', what: 'stage prod in eu-west-1 does not say which rules it runs' },
  ]);
});

test('the rules of one client are not those of another’s stage, and a command says so first', () => {
  // Arrange
  const clients = join(folder, 'clients/anna');
  mkdirSync(clients, { recursive: true });
  writeFileSync(join(clients, 'rules.yml'), 'rules: [{ name: a, on: order.paid, add: [Anna] }]\n');
  const target = { ...STAGE, rules: running(rulesHash(readProjectRules(file))) } as Target;
  const err: string[] = [];
  const terminal = { err: { write: (text: string) => err.push(text) } } as unknown as Terminal;
  const context = { folder, terminal };

  // Act
  warnOfOtherRules(target, { stage: 'prod' }, context);
  const same = err.join('');
  const rules = 'clients/anna/rules.yml';
  const compared = warnOfOtherRules(target, { stage: 'prod', rules }, context);

  // Assess
  expect(same).toBe('');
  expect(compared).toMatchObject({ differ: true });
  expect(err.join('')).toMatch(/^clients\/anna\/rules\.yml, saved .*, are not those that run:\n/);
});
