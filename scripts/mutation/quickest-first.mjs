import { readDryRun } from './dry-run.mjs';

/** Jest's `testSequencer` under Stryker: the quickest file first, as the first failure ends the run. */
export default class QuickestFirst {
  sort(tests) {
    const [first] = tests;
    const seen = first ? readDryRun(first.context.config.rootDir) : {};
    const ms = ({ path }) => seen[path]?.ms ?? 0;
    return tests.toSorted((a, b) => ms(a) - ms(b));
  }

  cacheResults() {}
}
