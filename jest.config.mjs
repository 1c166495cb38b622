export default {
  testEnvironment: 'node',
  // Much of the time is spent waiting for processes that tests start.
  maxWorkers: '100%',
  // Tests start engines and processes, and the machine may be busy: this ends what hangs, and times nothing.
  testTimeout: 900_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts', '.yml'],
  // A test must hold with whatever rules and sources the user has written: these are the project's own.
  moduleNameMapper: {
    '^(?:\\.\\./)+rules\\.yml$': '<rootDir>/samples/shop/rules.yml',
    '/own-folder\\.ts$': '<rootDir>/test/support/own-folder.ts',
  },
  transform: { '\\.(ts|yml)$': '<rootDir>/scripts/jest-transform.mjs' },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'yml'],
  // Records what is logged in every test, and searches it for personal data and secrets when all are done.
  setupFilesAfterEnv: ['<rootDir>/test/support/log-watch/setup.ts'],
  reporters: ['default', '<rootDir>/test/support/log-watch/reporter.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.serverless/', '<rootDir>/.stryker-tmp/'],
};
