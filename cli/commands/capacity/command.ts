import { InvalidArgumentError } from 'commander';
import { DEFAULT_REQUESTS_PER_MINUTE } from '../../../lib/labelling/settings.ts';
import { type AddCommand, wholeNumber } from '../../kit/command.ts';

const ABOUT =
  'Says how many events a minute and a day a Wix site can take, by the calls that the rules cost, how long a ' +
  'burst lasts, and what a million events cost on AWS. Reads rules.yml, and calls no service.';

const EXAMPLES = `
Examples:
  ./earmark capacity --sources shopify,stripe
  ./earmark capacity --sources wix --repeat 30% --events-per-day 20000
  ./earmark capacity --json | jq .month.evenly.afterAllowances.usd`;

export const addCapacity: AddCommand = (program, context) => {
  program
    .command('capacity')
    .summary('Says how many events a site takes with your rules, and what they cost.')
    .description(ABOUT)
    .option('--rules <file>', 'the rules', 'rules.yml')
    .option('--sources <names>', 'the sources in use, as in shopify,stripe (default: all)')
    .option(
      '--events-per-day <count>',
      'say what so many cost, and whether they fit',
      wholeNumber(),
    )
    .option(
      '--repeat <share>',
      'events of a customer who earned the same labels within five minutes',
      share,
      0,
    )
    .option(
      '--calls-per-minute <count>',
      'wixRequestsPerMinute of the deployment',
      wholeNumber(),
      DEFAULT_REQUESTS_PER_MINUTE,
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (options) => (await import('./run.ts')).capacity(options, context));
};

function share(text: string): number {
  // With its sign: 0.3 may be meant as either.
  const percent = /^\d{1,3}(?:\.\d+)?%$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (percent <= 100) return percent / 100;
  throw new InvalidArgumentError('It must be a percentage, such as 30%.');
}
