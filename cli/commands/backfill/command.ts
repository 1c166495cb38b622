import { InvalidArgumentError, Option } from 'commander';
import { currencyCode } from '../../../lib/sources/payload/fields.ts';
import { type AddCommand, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';
import { BACKFILL_SOURCES } from './exports.ts';

const ABOUT = `Runs old orders of a CSV file through rules.yml, so that customers from before
get the labels that new ones get. It knows the exports of Shopify (orders),
Stripe (payments) and WooCommerce's extensions; for others --map says which
column is what. It says what it would do, asks, has Wix label in bulk where
many customers get the same labels, and sends the workers one job for each of
the others.`;

const EXAMPLES = `
Which jobs were sent stands in .earmark/backfill, beside lists that hold
e-mails: after Ctrl-C, or a crash, the same command goes on from there.

Without --rate it sends as many jobs as take a third of the calls that the
workers have for a site (docs/limits.md).

Examples:
  ./earmark backfill orders_export.csv --dry-run
  ./earmark backfill orders_export.csv --stage prod
  ./earmark backfill sales.csv --map email=Mail paidAt="Paid on" --dry-run
  ./earmark backfill payments.csv --rate 60/min --yes --json`;

/** `earmark backfill` */
export const addBackfill: AddCommand = (program, context) => {
  withRules(withTarget(program.command('backfill')))
    .summary('Runs old orders of a CSV file through the rules.')
    .description(ABOUT)
    .argument('<orders.csv>', 'the export: UTF-8, with column names in the first line')
    .addOption(
      new Option(
        '--source <name>',
        'whose orders they are (default: guessed by the columns)',
      ).choices(BACKFILL_SOURCES),
    )
    .option('--map <field=Column...>', 'which column is what, where the guess is wrong')
    .addOption(
      new Option(
        '--dates <first>',
        'how to read 3/4/2026 (default: as the other dates show)',
      ).choices(['day', 'month']),
    )
    .addOption(
      new Option(
        '--variants <what>',
        'what Shopify adds to the product in "Mug - Red" (webhooks leave it out)',
      ).choices(['cut', 'keep']),
    )
    .option(
      '--currency <code>',
      'of the amounts, where the file names none: EUR',
      (written: string) => {
        const code = currencyCode(written);
        if (code) return code;
        throw new InvalidArgumentError('It is three letters, as EUR.');
      },
    )
    .option('--dry-run', 'say what would be done, and send nothing')
    .option('--rate <jobs>', 'jobs per time: 30/min, 2/s (default: a third of the calls of a site)')
    .option('--no-bulk', 'send a job for each customer, also where many get the same labels')
    .option('--yes', 'do not ask')
    .option('--restart', 'send jobs again that an earlier run has sent')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) => (await import('./run.ts')).backfill(file, options, context));
};
