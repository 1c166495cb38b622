import type { AddCommand } from '../../kit/command.ts';

const ABOUT =
  'Makes a project of your own in a folder: your rules, tests, sources and settings, with Earmark apart from them as a ' +
  'git submodule, so that an upgrade is one command and no merge.';

const MORE = `
It writes into an empty or new folder, or beside what lies there, and never over
a file. The folder becomes a git repository where it is in none. Nothing is
committed.

Exit codes: 0 it is there, 1 it could not be made, 2 a file is in the way.

Examples:
  ./earmark init ../my-shop
  ./earmark init ../my-shop --dry-run
  ./earmark init ../my-shop --from https://git.example.com/earmark.git`;

/** `earmark init`. */
export const addInit: AddCommand = (program, context) => {
  program
    .command('init')
    .summary('Makes a project of your own, with Earmark apart from your files.')
    .description(ABOUT)
    .argument('<folder>', 'where')
    .option('--from <url>', 'where upgrades come from (default: the origin of this clone)')
    .option('--dry-run', 'say which files would be written, and write none')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (folder, options) => (await import('./run.ts')).init(folder, options, context));
};
