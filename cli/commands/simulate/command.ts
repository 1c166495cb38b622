import { Option } from 'commander';
import type { AddCommand } from '../../kit/command.ts';

const ABOUT = `Makes the simulated Wix of the local engine give trouble, to see what becomes of
events meanwhile and afterwards, and to try the runbook
(docs/operations.md). Without a name it lists the presets and which are on;
several may be on at once. The page of the engine has the same switches.`;

const MORE = `
off ends all that is on, off <preset> one of them. merged and label-deleted are
done at once and are never on: nothing takes them back.

It is for the simulated Wix alone: a stage and a real site are refused.

Exit codes: 0 done, 1 there is nothing that it could be done to, 2 the command
line is wrong, 3 the engine cannot be reached.

Examples:
  ./earmark simulate
  ./earmark simulate down
  ./earmark simulate off`;

/** `earmark simulate` */
export const addSimulate: AddCommand = (program, context) => {
  program
    .command('simulate')
    .argument('[preset]', 'what Wix shall do, or off')
    .argument('[which]', 'after off: the preset that is to end (default: all)')
    .summary('Makes the simulated Wix of the local engine give trouble.')
    .description(ABOUT)
    .option('--json', 'print one JSON document')
    // Known only to say why not.
    .addOption(new Option('--stage <name>').hideHelp())
    .addHelpText('after', MORE)
    .action(async (preset, which, options) =>
      (await import('./run.ts')).simulate(preset, which, options, context),
    );
};
