import { dirname } from 'node:path';
import type { LabelChanges, Verb } from '../../../lib/rules/changes.ts';
import { fixedNames, type RulesConfig } from '../../../lib/rules/config.ts';
import { deliveryOfEvent, troublesOf } from './event-of-test.ts';
import { PayloadProblem } from './payload.ts';
import { afterDelivery, STRANGER } from './person.ts';
import { renderChanges, renderUnmapped } from './render.ts';
import { lookAt, type MomentResult, runHistory } from './run-history.ts';
import type { RulesTest } from './test-file.ts';
import { compileTrial, type RuleVerdict, type Trial, tryPayload } from './try.ts';

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  /** What the rules had to make of the one payload, and what they made of it. */
  readonly expected?: LabelChanges;
  readonly got?: LabelChanges;
  readonly moments: readonly MomentResult[];
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
  /** Why one passed without running a rule. */
  readonly note?: string;
}

type Found = Pick<TestResult, 'problems'> & Partial<TestResult>;

/**
 * Runs the tests of a file, each through the reader, the rules and the standing labels as a delivery goes.
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
    const { name, line } = test;
    const run = test.isHistory ? runHistory : runPayload;
    const found: Found = await run(trial, test, dirname(path), now).catch((error: unknown) => {
      if (error instanceof PayloadProblem) return { problems: [error.message] };
      throw error;
    });
    const expected = test.changes && { expected: test.changes, got: NOTHING };
    const passed = found.problems.length === 0;
    results.push({ name, line, passed, moments: [], ...expected, ...found });
  }
  return results;
}

const NOTHING: LabelChanges = { add: [], remove: [] };

async function runPayload(
  trial: Trial,
  { given: [event], changes, moments }: RulesTest,
  folder: string,
  now: number,
): Promise<Found> {
  const tried = tryPayload(trial, await deliveryOfEvent(event, folder, now));
  if (tried.kind === 'events') {
    const { add, remove, verdicts } = tried;
    const got = { add, remove };
    const person = afterDelivery(STRANGER, trial.standing, tried, now);
    const looked = moments.map(({ labels }) => lookAt(trial, person, now, labels));
    return {
      ...(changes && { got }),
      moments: looked.map(({ moment }) => moment),
      problems: [
        ...troublesOf(tried),
        ...(changes ? differences(trial.config, verdicts, changes, got) : []),
        ...looked.flatMap(({ problems }) => problems),
      ],
    };
  }
  const note = renderUnmapped(tried);
  const expectsNothing =
    (changes === undefined || changes.add.length + changes.remove.length === 0) &&
    moments.every(({ labels }) => labels.length === 0);
  return tried.kind === 'ignored' && expectsNothing ? { note, problems: [] } : { problems: [note] };
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
