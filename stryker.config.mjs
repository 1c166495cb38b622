/** Mutation testing: `npm run test:mutation`. https://stryker-mutator.io/docs/stryker-js/configuration/ */
export default {
  mutate: ['lib/labelling/**/*.ts', 'lib/wix/calls/limiter.ts', 'lib/wix/calls/budget.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: {
    configFile: 'jest.config.mjs',
    config: {
      testMatch: [
        '<rootDir>/test/labelling/**/*.test.ts',
        '<rootDir>/test/wix/**/*.test.ts',
        '<rootDir>/test/runtime/settings.test.ts',
      ],
      // Hundreds of random runs for each mutant would take a day. What is killed is killed without them.
      testPathIgnorePatterns: ['\\.property\\.test\\.ts$'],
      // Faster, with the same verdicts: they say how.
      testRunner: '<rootDir>/scripts/mutation/jest-circus.mjs',
      testSequencer: '<rootDir>/scripts/mutation/quickest-first.mjs',
    },
  },
  // Each mutant meets the tests that run its line. One in code that runs when its module is loaded
  // meets all that load the module. None is left out (no `ignoreStatic`).
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Jest keeps the ES modules of every run in memory, over a gigabyte after some dozens.
  maxTestRunnerReuse: 30,
  // A mutant that takes longer counts as killed, so none may do so because the machine is busy. Beside
  // twice the tests' own time.
  timeoutMS: 60_000,
  timeoutFactor: 2,
  // No such file, for Stryker rewrites it by an API that TypeScript 7 does not have.
  tsconfigFile: 'tsconfig.none.json',
  // The tests' transform does not look at types.
  disableTypeChecks: false,
  ignorePatterns: ['.earmark', '.serverless', 'coverage'],
  cleanTempDir: 'always',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowEmojis: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};
