import { type Command, InvalidArgumentError } from 'commander';
import { type AddCommand, repeatable } from '../../kit/command.ts';

const LIST_EXAMPLES = `
Examples:
  ./earmark sources list
  ./earmark sources list --json`;

const CHECK_EXAMPLES = `
It reads every sample of every file as a delivery, and compares with what the
sample expects. A remark names what no sample shows, where a typo would not be
noticed; remarks fail only with --strict.

Examples:
  ./earmark sources check
  ./earmark sources check my-sources/acme.yml --strict`;

const TRY_EXAMPLES = `
The body is as the sender posts it (a file, or - for the standard input), a
JSON file {"headers": {…}, "body": …}, or a delivery out of a dead letter. No
signature is needed.

Examples:
  ./earmark sources try body.json        # which source fits
  ./earmark sources try body.json --as acme --header 'x-topic: order.paid'`;

const NEW_EXAMPLES = `
It writes my-sources/NAME.yml, never over a file that is there. Persons,
secrets and addresses of the bodies are replaced by invented ones. Look at
each line of it: what it could not find it says.

Examples:
  ./earmark sources new acme --from order.json --from refund.json
  ./earmark sources new acme --from order.json --header 'x-topic: paid'`;

/** `earmark sources list`, `check`, `try` and `new`. */
export const addSources: AddCommand = (program, context) => {
  const sources = program
    .command('sources')
    .description(
      'Lists the senders that can be read, and checks and tries the files that describe them.',
    );
  sources
    .command('list')
    .description('Every source: its title, where it is described, its proof, its setting.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (options) => {
      (await import('./list.ts')).list(options, context);
    });
  sources
    .command('check')
    .description('Checks the files of sources, with all their samples.')
    .argument('[files...]', 'files of sources (default: all of sources/ and my-sources/)')
    .option('--strict', 'end with 1 when there are remarks')
    .option('--json', 'print one JSON document')
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (files, options) => {
      await (await import('./check.ts')).check(files, options, context);
    });
  addTry(sources).action(async (file, options) => {
    await (await import('./try.ts')).tryBody(file, options, context);
  });
  addNew(sources).action(async (name, options) => {
    await (await import('./new.ts')).newSource(name, options, context);
  });
};

const addNew = (sources: Command): Command =>
  sources
    .command('new')
    .description('Drafts the file of a sender from bodies that it posted.')
    .argument('<name>', 'the name of the source, as in my-sources/NAME.yml')
    .requiredOption('--from <file>', 'a body; may be repeated', repeatable)
    .option('--header <name: value>', 'a header of the deliveries; may be repeated', header)
    .option('--docs <url>', "the page of the sender's documentation", 'https://example.com')
    .option('--stdout', 'print the file instead of writing it')
    .addHelpText('after', NEW_EXAMPLES);

const addTry = (sources: Command): Command =>
  sources
    .command('try')
    .description('Shows where each field of a body is found, or where it was looked for in vain.')
    .argument('<file>', 'a body that the sender posted')
    .option('--as <name>', 'read it as this source (default: the one that fits best)')
    .option('--topic <topic>', 'its topic, where that stands in a header')
    .option('--header <name: value>', 'a header of the delivery; may be repeated', header)
    .option('--json', 'print one JSON document')
    .addHelpText('after', TRY_EXAMPLES);

function header(written: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^:=\s]+)\s*[:=]\s*(.*)$/s.exec(written) ?? [];
  if (!name || value === undefined) throw new InvalidArgumentError("Write it as 'name: value'.");
  return { ...before, [name.toLowerCase()]: value };
}
