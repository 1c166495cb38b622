import { dirname, resolve } from 'node:path';
import type { LabelChanges, Verb } from '../../../lib/rules/changes.ts';
import { fixedNames, type RulesConfig } from '../../../lib/rules/config.ts';
import { paint, type Terminal } from '../../kit/terminal.ts';
import {
  deliveryOf,
  deliveryOfData,
  PayloadProblem,
  textHeaders,
  type UnsignedDelivery,
} from './payload.ts';
import { readPayloadFile } from './payload-files.ts';
import { renderChanges, renderUnmapped } from './render.ts';
import type { RulesTest } from './test-file.ts';
import { compileTrial, type RuleVerdict, type Tried, tryPayload } from './try.ts';

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  readonly expected: LabelChanges;
  readonly got: LabelChanges;
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
  /** Why one passed without running a rule. */
  readonly note?: string;
}

/**
 * Runs the tests of a file, each through the reader and the rules as a delivery goes.
 * @param path the file of the tests: their own paths are relative to it
 */
export async function runTests(
  config: RulesConfig,
  tests: readonly RulesTest[],
  path: string,
  now: number,
): Promise<readonly TestResult[]> {
  const trial = compileTrial(config);
  const results: TestResult[] = [];
  for (const test of tests) {
    const { name, line, expect: expected } = test;
    const found = await deliveryOfTest(test, dirname(path), now)
      .then((delivery) => compared(config, expected, tryPayload(trial, delivery)))
      .catch((error: unknown) => {
        if (error instanceof PayloadProblem) return { problems: [error.message] };
        throw error;
      });
    const passed = found.problems.length === 0;
    results.push({ name, line, passed, expected, got: { add: [], remove: [] }, ...found });
  }
  return results;
}

async function deliveryOfTest(
  { source, topic, headers = {}, body, file }: RulesTest,
  folder: string,
  now: number,
): Promise<UnsignedDelivery> {
  const options = { source, topic, headers: textHeaders(headers), now };
  if (source !== undefined && file === undefined) return deliveryOfData(source, body, options);
  const { bytes, folders } = await readPayloadFile(resolve(folder, file ?? '')).catch(() => {
    throw new PayloadProblem(`there is no file ${file} beside the tests`);
  });
  return deliveryOf(bytes, folders, options);
}

function compared(
  config: RulesConfig,
  expected: LabelChanges,
  tried: Tried,
): Pick<TestResult, 'problems'> & Partial<TestResult> {
  if (tried.kind !== 'events') {
    const note = renderUnmapped(tried);
    const expectsNothing = expected.add.length + expected.remove.length === 0;
    return tried.kind === 'ignored' && expectsNothing
      ? { note, problems: [] }
      : { problems: [note] };
  }
  const { add, remove, verdicts, namesNobody } = tried;
  const got = { add, remove };
  const failures = verdicts.flatMap(({ rule, failure }) =>
    failure ? [`rule "${rule}" fails: ${failure}`] : [],
  );
  const problems = [
    ...failures,
    ...differences(config, verdicts, expected, got),
    ...(namesNobody ? ['the event names nobody: it would become a dead letter'] : []),
  ];
  return { got, problems };
}

/** Labels that are missing and labels that are too many, each with the rules that took part. */
function differences(
  config: RulesConfig,
  verdicts: readonly RuleVerdict[],
  expected: LabelChanges,
  got: LabelChanges,
): string[] {
  return (['add', 'remove'] as const).flatMap((verb) => {
    const missing = expected[verb].filter((name) => !got[verb].includes(name));
    const extra = got[verb].filter((name) => !expected[verb].includes(name));
    return [
      ...missing.flatMap((name) => whyMissing(config, verdicts, verb, name)),
      ...extra.map((name) => {
        const by = verdicts.filter((verdict) => verdict[verb].includes(name));
        return `${SIGNS[verb]}${name} was not expected: it is of ${by.map(({ rule }) => `"${rule}"`).join(', ')}`;
      }),
    ];
  });
}

const SIGNS = { add: '+', remove: '-' } as const;

function whyMissing(
  { rules, tables }: RulesConfig,
  verdicts: readonly RuleVerdict[],
  verb: Verb,
  name: string,
): string[] {
  const what = `${SIGNS[verb]}${name} is missing`;
  const named = verdicts.filter((_, i) => fixedNames(rules[i]?.[verb], tables).includes(name));
  // Where no rule names it, an expression may be meant to give it.
  const computed = verdicts.filter((_, i) => 'cel' in (rules[i]?.[verb] ?? {}));
  const able = named.length > 0 ? named : computed;
  if (able.length === 0) return [`${what}: no rule can ${verb} it`];
  return able.flatMap(({ rule, why, matched, ...given }) => {
    if (why !== undefined) return [`${what}: "${rule}": no, ${why}`];
    if (!matched) return [];
    return given[verb].includes(name)
      ? [`${what}: "${rule}" gives it, and a later rule undoes it`]
      : [`${what}: "${rule}" gives ${renderChanges(given)}`];
  });
}

/** A line for a test that passed, and several for one that failed. */
export function renderTest(terminal: Terminal, file: string, result: TestResult): string[] {
  const { name, passed, line, expected, got, problems, note } = result;
  if (passed) return [`${paint(terminal, 'green', 'ok  ')}  ${name}${note ? ` (${note})` : ''}`];
  return [
    `${paint(terminal, 'red', 'FAIL')}  ${name} (${file}:${line})`,
    `      expected  ${renderChanges(expected)}`,
    `      got       ${renderChanges(got)}`,
    ...problems.map((problem) => `      ${problem}`),
  ];
}
