import { type AddCommand, withTarget } from '../../kit/command.ts';

const ABOUT =
  'Erases what Earmark keeps of a person: history, state, references, and facts that wait.';

const MORE = `
It first shows what is kept. On a terminal it asks then; elsewhere it wants
--yes.

Labels at Wix stay as they are, and so do the contact and what the senders have.
The next event of the person begins a new history. Jobs of theirs that still
wait in the queue would, too: ./earmark explain says what is under way.
Dead letters that name the person are listed, and deleted with --dead-letters.

Exit code 1: nothing is kept of that person, or not all could be erased.

Examples:
  ./earmark forget ada@example.com
  ./earmark forget ada@example.com --dead-letters --yes --stage prod`;

/** `earmark forget`. */
export const addForget: AddCommand = (program, context) => {
  withTarget(program.command('forget'))
    .description(ABOUT)
    .argument('<who>', 'an e-mail address, a phone number, or the id of a contact or member of Wix')
    .option('--dead-letters', 'delete the dead letters that name the person, too')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (who, options) => (await import('./run.ts')).forget(who, options, context));
};
