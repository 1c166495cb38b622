import circus from 'jest-circus/runner';
import { noteDryRun, readDryRun } from './dry-run.mjs';

// Jest's `testRunner` under Stryker. One failed test kills a mutant, yet Stryker's jest runner goes on
// to the last test, and loads every test file, those too of which it wants no test. This one stops at
// the first failure and passes over such files. It can kill nothing by itself: only a test that fails
// does. (`bail` cannot be used: https://github.com/jestjs/jest/issues/11766. Stryker takes a test
// runner only with "jest-circus" in its path.)

const mutant = () => process.env.__STRYKER_ACTIVE_MUTANT__;

/** The last mutant that a test killed. */
let killed;

/** A result with one skipped test; jest takes a result with none for an error. */
const passedOver = (testFilePath) => ({
  testFilePath,
  skipped: true,
  leaks: false,
  openHandles: [],
  numFailingTests: 0,
  numPassingTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  perfStats: { start: 0, end: 0, runtime: 0, slow: false },
  snapshot: { added: 0, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
  testResults: [
    { ancestorTitles: [], title: '', fullName: '', status: 'pending', failureMessages: [] },
  ],
});

function stopAtFirstFailure(environment) {
  const inner = environment.handleTestEvent?.bind(environment);
  environment.handleTestEvent = async (event, state) => {
    await inner?.(event, state);
    if (event.name === 'test_done' && event.test.errors.length > 0) killed = mutant();
    if (event.name === 'test_start' && killed === mutant()) event.test.mode = 'skip';
  };
}

function isWanted(rootDir, testPath, testNamePattern) {
  if (testNamePattern === undefined) return true;
  const pattern = new RegExp(testNamePattern, 'i');
  const seen = readDryRun(rootDir)[testPath];
  return seen === undefined || seen.tests.some((name) => pattern.test(name));
}

export default async function run(globalConfig, config, environment, runtime, testPath, send) {
  const { rootDir } = config;
  const runFile = () => circus.default(globalConfig, config, environment, runtime, testPath, send);
  if (mutant() === undefined) {
    const result = await runFile();
    const names = result.testResults.map(({ fullName }) => fullName);
    noteDryRun(rootDir, testPath, result.perfStats.end - result.perfStats.start, names);
    return result;
  }
  if (killed === mutant() || !isWanted(rootDir, testPath, globalConfig.testNamePattern)) {
    return passedOver(testPath);
  }
  stopAtFirstFailure(environment);
  return runFile();
}
