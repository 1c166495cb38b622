import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { fixedNames, type RulesConfig } from '../../../lib/rules/config.ts';
import { type Payload, payloadOf, payloadOfData, textHeaders } from './payload.ts';
import { PayloadProblem } from './problem.ts';
import { changes } from './report.ts';
import type { RulesTest } from './test-file.ts';
import { tryPayload } from './try.ts';
import { openTrial, type Verdict } from './verdict.ts';

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  readonly expected: { readonly add: readonly string[]; readonly remove: readonly string[] };
  readonly got: { readonly add: readonly string[]; readonly remove: readonly string[] };
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
  /** What to know about one that passed: it was passed over. */
  readonly note?: string;
}

/**
 * Runs the tests of a file, each through the reader and the rules as a delivery goes.
 * @param path the file of the tests: theirs are relative to it
 */
export async function runTests(
  config: RulesConfig,
  tests: readonly RulesTest[],
  path: string,
  now: number,
): Promise<readonly TestResult[]> {
  const trial = openTrial(config);
  const results: TestResult[] = [];
  for (const test of tests) {
    const { name, line, expect: expected } = test;
    const base = { name, line, expected, got: { add: [], remove: [] } };
    try {
      const tried = tryPayload(trial, await payloadOfTest(test, dirname(path), now));
      if (tried.kind === 'events') {
        const { add, remove, verdicts, namesNobody } = tried;
        const problems = [
          ...failures(verdicts),
          ...differences(config, verdicts, expected, { add, remove }),
          ...(namesNobody ? ['the event names nobody: it would become a dead letter'] : []),
        ];
        results.push({ ...base, got: { add, remove }, problems, passed: problems.length === 0 });
        continue;
      }
      const note = `${tried.kind === 'ignored' ? 'passed over' : 'unreadable'}: ${tried.reason}`;
      const passed = tried.kind === 'ignored' && changes(expected) === 'nothing';
      results.push({
        ...base,
        passed,
        ...(passed ? { note, problems: [] } : { problems: [note] }),
      });
    } catch (error) {
      if (!(error instanceof PayloadProblem)) throw error;
      results.push({ ...base, passed: false, problems: [error.message] });
    }
  }
  return results;
}

async function payloadOfTest(
  { source, topic, headers = {}, body, file }: RulesTest,
  folder: string,
  now: number,
): Promise<Payload> {
  const options = { source, topic, headers: textHeaders(headers), now };
  if (source !== undefined && file === undefined) return payloadOfData(source, body, options);
  const path = resolve(folder, file ?? '');
  const bytes = await readFile(path).catch(() => {
    throw new PayloadProblem(`there is no file ${file} beside the tests`);
  });
  return payloadOf(bytes, path.split(sep).slice(0, -1), options);
}

function failures(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ rule, failure }) =>
    failure ? [`rule "${rule}" fails: ${failure}`] : [],
  );
}

type Labels = TestResult['expected'];

/** What is missing and what is too much, each with the rules that had to do with it. */
function differences(
  config: RulesConfig,
  verdicts: readonly Verdict[],
  expected: Labels,
  got: Labels,
): string[] {
  return (['add', 'remove'] as const).flatMap((verb) => {
    const sign = verb === 'add' ? '+' : '-';
    const missing = expected[verb].filter((name) => !got[verb].includes(name));
    const extra = got[verb].filter((name) => !expected[verb].includes(name));
    return [
      ...missing.flatMap((name) => whyMissing(config, verdicts, verb, name)),
      ...extra.map((name) => {
        const by = verdicts.filter((verdict) => verdict[verb].includes(name));
        return `${sign}${name} was not expected: it is of ${by.map(({ rule }) => `"${rule}"`).join(', ')}`;
      }),
    ];
  });
}

function whyMissing(
  { rules, tables }: RulesConfig,
  verdicts: readonly Verdict[],
  verb: 'add' | 'remove',
  name: string,
): string[] {
  const told = `${verb === 'add' ? '+' : '-'}${name} is missing`;
  const named = verdicts.filter((_, i) => fixedNames(rules[i]?.[verb], tables).includes(name));
  // Where no rule names it, it may be meant to be computed.
  const computed = verdicts.filter((_, i) => 'cel' in (rules[i]?.[verb] ?? {}));
  const able = named.length > 0 ? named : computed;
  if (able.length === 0) return [`${told}: no rule can ${verb} it`];
  return able.flatMap(({ rule, why, matched, ...given }) => {
    if (why !== undefined) return [`${told}: "${rule}": no, ${why}`];
    if (!matched) return [];
    if (!given[verb].includes(name)) return [`${told}: "${rule}" gives ${changes(given)}`];
    return [`${told}: "${rule}" gives it, and a later rule undoes it`];
  });
}
