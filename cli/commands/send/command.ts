import { InvalidArgumentError } from 'commander';
import { CODE_SOURCES, EVENT_TYPES } from '../../../lib/events/event.ts';
import { type AddCommand, repeatable, wholeNumber, withTarget } from '../../kit/command.ts';
import { withRules } from '../../kit/rules-option.ts';

function amount(text: string): number {
  if (/^\d{1,9}(?:\.\d{1,3})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('An amount, as in 29.90.');
}

const ABOUT =
  'Sends one delivery as its platform would, signed, to the local engine, a stage or a URL.';

/** Names with commas between, in lines of 80 columns of which nine are indented. */
const listed = (names: readonly string[]): string =>
  names
    .join(', ')
    .match(/\S(?:.{0,70}$|.{0,69},(?= ))/g)
    ?.join(`\n${' '.repeat(9)}`) ?? '';

const MORE = `
Sources: ${listed(CODE_SOURCES)}
         and those of sources/ and my-sources/: ./earmark sources list
Events:  ${listed(EVENT_TYPES)}
Few sources send every event; for one that a source does not send, the error
lists those it does.

A sample of a described source is the first of that event in its file: what
names the person, its ids and its time are made new, and --total its amount.

--set reaches into the body (for wix into the order, contact or submission):
line_items.0.title=Desk. A value is JSON where it reads as such, else text.
--dry-run shows the body, so that you see the paths.

At the engine's simulated Wix the contact is made where it is missing, unless
--no-contact is given. At a stage contacts are real: name one with --email.

Exit codes: 1 it was refused or is a dead letter, 3 nobody answers.

Examples:
  ./earmark send shopify
  ./earmark send woocommerce order.refunded --set total=25.00
  ./earmark send polar order.paid --email kim@example.com --total 29.90
  ./earmark send wix form.submitted --set submissions.topic=Lamps --dry-run
  ./earmark send stripe order.paid --stage prod --email you@your-site.example`;

/** `earmark send`. */
export const addSend: AddCommand = (program, context) => {
  withRules(withTarget(program.command('send')))
    .description(ABOUT)
    .argument('<source>', 'the platform it comes from')
    .argument('[event]', 'what happened', 'order.paid')
    .option('--to <url>', 'post it there; a URL without a path gets /webhooks/<source>')
    .option('--email <address>', 'who it is about')
    .option('--contact-id <id>', "the Wix contact's id, where the source sends it")
    .option(
      '--set <path=value>',
      'set a value of the payload before it is signed; may be repeated',
      repeatable,
    )
    .option('--total <amount>', 'what was paid in all', amount)
    .option('--secret <text>', 'sign with this, and not with what the engine or the stage has')
    .option('--private-key <file>', 'sign a delivery of wix with this key (PEM)')
    .option('--no-contact', 'do not make the contact in the simulated Wix')
    .option(
      '--wait <seconds>',
      'wait so long for the labels, on the engine',
      wholeNumber(9_999),
      10,
    )
    .option('--no-wait', 'do not wait for the labels')
    .option('--dry-run', 'print the request and send nothing')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MORE)
    .action(async (source, event, options) =>
      (await import('./run.ts')).send(source, event, options, context),
    );
};
