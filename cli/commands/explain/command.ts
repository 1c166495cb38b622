import { type AddCommand, wholeNumber, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';

const ABOUT = 'Shows what became of an event, or of all events of a person: rules, tries, answers.';

const MORE = `
It reads the log of the engine, or CloudWatch Logs of a stage.

The logs hold no e-mail address. A person is found by a hash of the address
that the log lines carry, and by the contacts that Wix has under it. A part of
an event or job id is enough from 8 characters on. CloudWatch bills what a
query reads: a short --since is cheap.

Exit code 1: nothing was found.

Examples:
  ./earmark explain ada@example.com
  ./earmark explain '#1042'
  ./earmark explain 3f5e7a90c1d2 --stage prod --since 2h
  ./earmark explain evt_1QxYz --json`;

/** Each event is a condition of a query, and a query takes 10,000 characters. */
const MOST_EVENTS = 50;

/** `earmark explain`. */
export const addExplain: AddCommand = (program, context) => {
  withRules(withTarget(program.command('explain')))
    .description(ABOUT)
    .argument(
      '<who-or-what>',
      'an e-mail address, a Wix contact id, an order number (#1042), an event id or a job id',
    )
    .option('--since <when>', 'how far to look back: 30m, 12h, 7d, 2w, or a date in UTC', '7d')
    .option(
      '--limit <count>',
      'the most events to show, the latest ones',
      wholeNumber(MOST_EVENTS),
      20,
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (subject, options) =>
      (await import('./run.ts')).explain(subject, options, context),
    );
};
