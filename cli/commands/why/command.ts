import { type AddCommand, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';

const ABOUT =
  'Shows why somebody has each standing label or has it not, and what would change that.';

const MORE = `
It reads the history that Earmark keeps of the person, by the \`labels:\` of the
rules.yml of this folder. Nothing is changed. Where the history does not know
the person yet, Wix is asked who that is.

on        the label was put on, or found there, the last time Earmark looked
off       it was not, or was taken off
as it is  its condition cannot be decided; the reason is shown

Exit code 1: nothing is kept of that person, or there is no such label.

Examples:
  ./earmark why ada@example.com
  ./earmark why ada@example.com VIP
  ./earmark why +4915112345678 --stage prod --json`;

/** `earmark why`. */
export const addWhy: AddCommand = (program, context) => {
  withRules(withTarget(program.command('why')))
    .description(ABOUT)
    .argument('<who>', 'an e-mail address, a phone number, or the id of a contact or member of Wix')
    .argument('[label]', 'only this label')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (who, label, options) =>
      (await import('./run.ts')).why(who, label, options, context),
    );
};
