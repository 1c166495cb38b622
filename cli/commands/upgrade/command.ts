import type { AddCommand } from '../../kit/command.ts';

const ABOUT =
  'Takes a newer Earmark into a project of your own: fetches it, installs its packages, says what is new, and runs the ' +
  'tests of your rules with it. No file of yours is touched.';

const MORE = `
Without a version it is the latest commit of the branch that Earmark's
repository shows first. A version is a tag, a branch or a commit, an older one
too. Nothing is committed: it says how to keep it, and how to go back.

Exit codes: 0 it is in use and the tests pass, 1 something is not well, and the
way back is shown.

Examples:
  ./earmark upgrade
  ./earmark upgrade v1.2.0`;

/** `earmark upgrade`. */
export const addUpgrade: AddCommand = (program, context) => {
  program
    .command('upgrade')
    .summary('Takes a newer Earmark into a project of your own.')
    .description(ABOUT)
    .argument('[version]', 'a tag, a branch or a commit')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (version, options) =>
      (await import('./run.ts')).upgrade(version, options, context),
    );
};
