import { type Command, Option } from 'commander';
import { MISSING_POLICIES } from '../../../lib/events/event.ts';
import { type AddCommand, repeatable, wholeNumber, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';

const ABOUT = `Shows the events that Earmark gave up on and why, and lets them go again. A
dead letter holds a job, or a webhook that was verified and could not be read.
SQS deletes it after 14 days.`;

const EXAMPLES = `
Examples:
  ./earmark dead-letters list
  ./earmark dead-letters show 1f2e3d4c
  ./earmark dead-letters replay --reason labels-quota-reached --dry-run
  ./earmark dead-letters replay --reason labels-quota-reached --rate 60/min
  ./earmark dead-letters drop --older-than 7d --save dropped.jsonl`;

const ID =
  "an event's id, a dead letter's or its job's; of these two the first eight characters will do";

/** `./earmark dead-letters list|show|replay|drop` */
export const addDeadLetters: AddCommand = (program, context) => {
  const group = program
    .command('dead-letters')
    .alias('dl')
    .summary('Lists, shows, replays or drops the events that Earmark gave up on.')
    .description(ABOUT)
    .addHelpText('after', EXAMPLES);

  withFilters(withTarget(group.command('list')))
    .description('Counts by reason, with what to do about each, and the newest dead letters.')
    .option(
      '--limit <number>',
      'show so many dead letters (default: 10, with --json all)',
      wholeNumber(),
    )
    .option('--json', 'print one JSON document, of all but the bodies')
    .addHelpText(
      'after',
      `
Examples:
  ./earmark dead-letters list --newer-than 2h
  ./earmark dead-letters list --rule "big spenders" --limit 50
  ./earmark dead-letters list --stage prod --json`,
    )
    .action(async (options) => (await import('./list.ts')).list(options, context));

  withTarget(group.command('show'))
    .argument('<id>', ID)
    .description('Everything of one dead letter, and how to go on from there.')
    .option('--body', 'the body alone, as it stands in the queue')
    .option(
      '--save <file>',
      'write the body to a file too: `./earmark rules test` takes a delivery so',
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  ./earmark dead-letters show 1f2e3d4c
  ./earmark dead-letters show 1f2e3d4c --save dead-letter.json`,
    )
    .action(async (id, options) => (await import('./show.ts')).show(id, options, context));

  withFilters(withRules(withTarget(group.command('replay'))))
    .description(
      'Queues the jobs again, evenly, and deletes each dead letter once its job is queued.',
    )
    .option('--all', 'every dead letter')
    .option(
      '--rate <jobs>',
      "jobs per time: 60/min, 2/s, 600/h (default: a third of the site's budget of calls)",
    )
    .option('--recompute', 'give a job the labels that its rules give now, not those that it holds')
    .addOption(
      new Option(
        '--missing <policy>',
        'where the person is no contact of the site, in place of what the job says',
      ).choices(MISSING_POLICIES),
    )
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
A raw delivery always goes through the rules of this folder, or of --rules.
Ctrl-C stops after the dead letter in hand; the same command goes on later. A
job that is given up again is a new dead letter.

Examples:
  ./earmark dead-letters replay --reason labels-quota-reached --rate 60/min
  ./earmark dead-letters replay --reason contact-not-found --missing create
  ./earmark dead-letters replay --id 1f2e3d4c --stage prod`,
    )
    .action(async (options) => (await import('./replay.ts')).replay(options, context));

  withFilters(withTarget(group.command('drop')))
    .description('Deletes dead letters for good. On a terminal it asks for their number first.')
    .option('--all', 'every dead letter')
    .option('--yes', 'do not ask')
    .option('--save <file>', 'write the dead letters to a new file first, one JSON object a line')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  ./earmark dead-letters drop --reason unreadable --save unreadable.jsonl
  ./earmark dead-letters drop --id 1f2e3d4c --yes`,
    )
    .action(async (options) => (await import('./drop.ts')).drop(options, context));
};

/** The filters, the same for all commands that work on several. Each may be given several times. */
function withFilters(command: Command): Command {
  return command
    .option('--reason <reason>', 'of this reason', repeatable)
    .option('--source <name>', 'of this source: shopify, stripe, …', repeatable)
    .option('--site <id>', 'jobs of this Wix site', repeatable)
    .option('--rule <name>', 'of this rule: matched, or failed', repeatable)
    .option('--label <name>', 'jobs with this label left to add or to remove', repeatable)
    .option('--id <id>', ID, repeatable)
    .option('--older-than <age>', 'given up longer ago: 90s, 15m, 2h, 3d')
    .option('--newer-than <age>', 'given up since then');
}
