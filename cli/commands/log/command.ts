import { Option } from 'commander';
import { type AddCommand, withTarget } from '../../kit/command.ts';

const ABOUT =
  'Shows what came in lately and what became of it, newest last; refused and ignored too.';

const MORE = `
A row: time, source, type of the event, who, outcome. Times are this
machine's. Who is the beginning of the contact's id, or where that is not
known of a hash of how the event names the contact (\`group\`).

With --follow it goes on until Ctrl-C, with a row for each step: the delivery,
then each try. Of a stage rows come 10 to 15 s after they were logged. With
--json that is a document a line.

Examples:
  ./earmark log
  ./earmark log --follow
  ./earmark log --stage prod --since 1d --status refused
  ./earmark log --order '#1042' --since 7d --json`;

const STATUSES = [
  ...['done', 'waiting', 'queued', 'dead-letter', 'partly-dead-letter', 'ignored', 'duplicate'],
  ...['refused', 'unknown-source', 'too-large', 'unavailable', 'ping'],
];

/** `earmark log`. */
export const addLog: AddCommand = (program, context) => {
  withTarget(program.command('log'))
    .description(ABOUT)
    .option('--since <when>', 'how far to look back: 30m, 12h, 7d, or a date in UTC', '1h')
    .option('--follow', 'go on with what comes in, until Ctrl-C')
    .option('--source <name>', 'only what this source sent; "earmark" for reviews')
    .addOption(new Option('--status <status>', 'only what stands so').choices(STATUSES))
    .option('--person <email>', 'only what is about this person')
    .option('--order <number>', 'only what is about this order')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (options) => (await import('./run.ts')).log(options, context));
};
