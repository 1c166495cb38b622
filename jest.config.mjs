export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts', '.yml'],
  transform: { '\\.(ts|yml)$': '<rootDir>/scripts/jest-transform.mjs' },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'yml'],
  modulePathIgnorePatterns: ['<rootDir>/.serverless/', '<rootDir>/.stryker-tmp/'],
};
