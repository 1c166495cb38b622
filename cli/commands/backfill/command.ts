import { Option } from 'commander';
import { type AddCommand, withTarget } from '../../kit/command.ts';
import { BACKFILL_SOURCES } from './exports.ts';

const ABOUT = `Runs old orders of a CSV file through rules.yml, so that customers from before get the labels that new ones get.
It knows the exports of Shopify (orders), Stripe (payments) and WooCommerce's extensions; for others --map says which column is what. It looks up who is a contact, says what it would do, and asks before it does it.`;

const EXAMPLES = `
Contacts that many orders give the same labels are labelled by Wix's bulk jobs, and the result is looked at. What was
done stands in .earmark/backfill (it holds e-mails): after Ctrl-C, or a crash, the same command goes on from there.

The workers do not know of these calls. 20 a minute is a tenth of the about 200 that a site gets and what they leave
(docs/limits.md).

Examples:
  npx earmark backfill orders_export.csv --dry-run
  npx earmark backfill orders_export.csv --stage prod
  npx earmark backfill sales.csv --map email=Mail paidAt="Paid on" total=Sum --source custom --dry-run
  npx earmark backfill payments.csv --rate 60/min --yes --json`;

/** `earmark backfill` */
export const addBackfill: AddCommand = (program, world) => {
  withTarget(program.command('backfill'))
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
        'how to read 3/4/2026 (default: as the other dates tell)',
      ).choices(['day', 'month']),
    )
    .addOption(
      new Option(
        '--variants <what>',
        'what Shopify adds to the product in "Mug - Red" (webhooks leave it out)',
      ).choices(['cut', 'keep']),
    )
    .option('--dry-run', 'look everybody up and say what would be done, and change nothing')
    .option('--rate <calls>', 'Wix calls per time: 20/min, 2/s', '20/min')
    .option('--yes', 'do not ask')
    .option('--restart', 'forget what is noted of an earlier run of this file')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) => (await import('./run.ts')).backfill(file, options, world));
};
