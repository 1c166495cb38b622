import { table } from '../../../terminal/table.ts';
import { DEFAULT_HISTORY_YEARS } from '../../kit/retention.ts';
import { many, span } from '../../kit/words.ts';
import type { StandingCost, StandingCosts } from './standing-cost.ts';

const HEAD = ['standing label', 'looks back', 'waits', 'reviews'];
/** A label column that leaves room for the others in 80 columns. */
const WIDEST = 40;

/** Events a year of a contact that is reckoned with: an order each quarter. */
const EVENTS_A_YEAR = 4;

export function renderStandingCosts({ definitions, event }: StandingCosts): string {
  const { stateWrites: writes, historyReads: reads, reviews } = event;
  const aYear = EVENTS_A_YEAR * (reviews - 1);
  return [
    'What it costs at most to keep the standing labels true:',
    '',
    table([HEAD, ...definitions.map(rowOf)], [3]),
    '',
    'reviews: how often an event of a contact makes Earmark look at it again later;',
    `of all labels together ${reviews - 1}, and 1 more when the event is ${DEFAULT_HISTORY_YEARS} years old. With ${EVENTS_A_YEAR}`,
    `events a year that is ${many(aYear, 'review')} a year. One that changes nothing is a read.`,
    `Store: an event is a write for each fact and ${writes.unchanged} of the contact's state (${writes.changed} where a`,
    `label changes), and ${reads.unchanged} read of the history (${reads.changed} where a label changes).`,
    "Calls to Wix: what changes goes into the event's one add and one remove; a label",
    'that stays costs none, and a contact that is known no look-up.',
    '',
  ].join('\n');
}

function rowOf({ labels, most, windows, afterMs, reviews }: StandingCost): string[] {
  const names = labels.length > 0 ? labels.join(', ') : `computed, ${most ?? ''} at most`;
  const name = names.length > WIDEST ? `${names.slice(0, WIDEST - 1)}…` : names;
  const waits = afterMs === undefined ? '' : span(afterMs);
  return [name, windows.join(', '), waits, String(reviews)];
}
