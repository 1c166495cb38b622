import { Option } from 'commander';
import { type AddCommand, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';

const ABOUT =
  'Holds the standing labels of all contacts in Wix against what they should be by rules.yml, and puts them right: ' +
  'after labels were changed by hand, say, or definitions were edited. Labels of rules are left alone.';

const MORE = `
It looks at every contact of which Earmark keeps a history, and says what
differs. With --apply Wix then labels in bulk, and the workers look at who is
left. What cannot be decided stays as it is. Ctrl-C does no harm: run it
again, and it plans what is left.

Exit code 1: some contacts were left to the workers.

Examples:
  ./earmark reconcile
  ./earmark reconcile --apply --stage prod
  ./earmark reconcile --json | jq .labels`;

/** `earmark reconcile`. */
export const addReconcile: AddCommand = (program, context) => {
  withRules(withTarget(program.command('reconcile')))
    .summary('Puts standing labels right that were changed by hand.')
    .description(ABOUT)
    .addOption(new Option('--plan', 'only say what differs (the default)').conflicts('apply'))
    .option('--apply', 'put it right')
    .option('--remove', 'also take off labels that rules.yml no longer names')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (options) => (await import('./run.ts')).reconcile(options, context));
};
