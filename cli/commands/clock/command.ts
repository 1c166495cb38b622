import { type Command, Option } from 'commander';
import type { AddCommand } from '../../kit/command.ts';

const ABOUT =
  'Says what time it is for the local engine, or moves it on, to see standing labels come and go. Reviews are done as ' +
  'they come due on the way, each at its time; then it says whose labels changed. Time never goes back.';

const MORE = `
Time is so many minutes, hours, days or weeks ahead (+90m, +12h, +30d, +2w),
or a time that is to come (2027-05-31, 2027-05-31T09:00Z).

It is for the simulated Wix alone: a real site has no other time than its own.
npm start -- --fresh sets it back, with all that the engine holds.

Exit codes: 0 the time is what was asked for and all that was due is done, 1
some of it is not, 2 the command line is wrong, 3 the engine cannot be
reached.

Examples:
  ./earmark clock
  ./earmark clock +181d`;

export const addClock: AddCommand = (program, context) => {
  program
    .command('clock')
    .argument('[time]', 'how far to move it on, or to when')
    .summary('Says what time it is for the local engine, and moves it on.')
    .description(ABOUT)
    // Known only to say why not.
    .addOption(new Option('--stage <name>').hideHelp())
    .addHelpText('after', MORE)
    // `-1d` is no option, and deserves an answer of its own.
    .allowUnknownOption()
    .action(async (time: string | undefined, options, command: Command) => {
      if (time && /^-(?!\d)/.test(time)) command.error(`error: unknown option '${time}'`);
      await (await import('./run.ts')).clock(time, options, context);
    });
};
