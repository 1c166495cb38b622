import { type AddCommand, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';

const SUMMARY = 'Checks everything that an event needs on its way, and says what to do.';

const ABOUT =
  'Checks settings, secrets, queues, the webhook address, who receives alarms, Wix credentials and permissions, and clocks. ' +
  'It changes nothing: it reads, and asks Wix for what is there already or must be refused.';

const EXAMPLES = `
Each line passes (✓), warns (!) or fails (✗), and then says what to do.

Exit codes: 0 nothing failed (there may be warnings), 1 something failed, 3
the engine or stage cannot be reached.

Examples:
  ./earmark doctor                 # the engine of npm start
  ./earmark doctor --stage prod    # a deployed stage
  ./earmark doctor --json | jq '.checks[] | select(.status == "fail")'`;

export const addDoctor: AddCommand = (program, context) => {
  withRules(withTarget(program.command('doctor').summary(SUMMARY).description(ABOUT)))
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (options) => (await import('./run.ts')).doctor(options, context));
};
