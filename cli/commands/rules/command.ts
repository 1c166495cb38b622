import { type Command, InvalidArgumentError } from 'commander';
import { type AddCommand, withTarget } from '../../kit/command.ts';

const CHECK_EXAMPLES = `
Warnings are what is surely a mistake, notes what to know. With errors it ends
with 1; with warnings, only with --strict.

Examples:
  ./earmark rules check
  ./earmark rules check --strict         # for a CI job: warnings fail it, too
  ./earmark rules check old-rules.yml --json`;

const TEST_EXAMPLES = `
A payload is the body as the platform sends it (a file, a folder of them, or -
for the standard input), a JSON file {"headers": {…}, "body": …}, or a
delivery out of a dead letter. No signature is needed. Without one, the tests
in rules.test.yml are run.

Examples:
  ./earmark rules test                   # the tests in rules.test.yml
  ./earmark rules test order.json --source shopify --topic orders/paid
  ./earmark rules test payloads/     # payloads/stripe/… is read as of stripe`;

const TRY_EXAMPLES = `
The local engine keeps what it takes: up to 2,000 deliveries, 64 MiB. The log
of a stage holds what comes in where it is deployed with keepDeliveries=true.
rules.yml of this folder stands for the rules that run. With standing labels
it compares what each person has now, too, who is taken to begin with these
deliveries. It ends with 1 when a rule of the file fails.

Examples:
  ./earmark rules try new-rules.yml
  ./earmark rules try new-rules.yml --since 30d --all --json
  ./earmark rules try new-rules.yml --stage prod`;

/** `earmark rules check`, `earmark rules test` and `earmark rules try`. */
export const addRules: AddCommand = (program, context) => {
  const rules = program
    .command('rules')
    .description('Checks rules.yml, and tries it on payloads before it touches a customer.');
  rules
    .command('check')
    .description('Compiles the rules, reports likely mistakes, and what an event can cost.')
    .argument('[file]', 'the rules', 'rules.yml')
    .option('--strict', 'end with 1 when there are warnings')
    .option('--json', 'print one JSON document')
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (file, options) => {
      await (await import('./check.ts')).check(file, options, context);
    });
  withTarget(rules.command('try'))
    .description('Shows what other rules would have made of the deliveries that were kept.')
    .argument('<file>', 'the other rules')
    .option('--since <when>', 'how far to look back: 12h, 7d, 2w, or a date in UTC', '7d')
    .option('--all', 'show deliveries that come to the same, too')
    .option('--json', 'print one JSON document')
    .addHelpText('after', TRY_EXAMPLES)
    .action(async (file, options) => {
      await (await import('./run-compare.ts')).tryRules(file, options, context);
    });
  addTest(rules).action(async (files, options) => {
    await (await import('./test.ts')).test(files, options, context);
  });
};

function addTest(rules: Command): Command {
  return rules
    .command('test')
    .description('Shows which rules match a payload, why others do not, and what labels come out.')
    .argument('[files...]', 'payloads, or folders of them')
    .option('--source <name>', 'the source that sends it')
    .option('--topic <topic>', 'its topic, where the source has that in a header')
    .option('--header <name=value>', 'a header of the delivery; may be repeated', header)
    .option('--rules <file>', 'the rules', 'rules.yml')
    .option('--json', 'print one JSON document')
    .addHelpText('after', TEST_EXAMPLES);
}

function header(written: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(written) ?? [];
  if (!name || value === undefined) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [name.toLowerCase()]: value };
}
