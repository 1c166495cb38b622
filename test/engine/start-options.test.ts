import { expect, test } from '@jest/globals';
import { readStartOptions } from '../../engine/start-options.ts';

test.each([
  ['', { isFresh: false, isHelp: false, rules: 'rules.yml' }],
  ['--fresh --rules clients/anna/rules.yml', { isFresh: true, rules: 'clients/anna/rules.yml' }],
  ['-h', { isHelp: true }],
])('npm start -- %s', (line, options) => {
  expect(readStartOptions(line.split(' ').filter(Boolean))).toMatchObject(options);
});

test.each([
  ['--fres', "npm start: Unknown option '--fres'. `npm start -- --help` has the options."],
  ['--rules', "npm start: Option '--rules <value>' argument missing. `npm start"],
  ['--rules --fresh', "npm start: Option '--rules' argument is ambiguous. `npm start"],
  ['fresh', "npm start: Unexpected argument 'fresh'"],
])('npm start -- %s is refused', (line, problem) => {
  expect(readStartOptions(line.split(' '))).toEqual({ problem: expect.stringContaining(problem) });
});
