import { finish, readOptions, showProgress, TRACE_COUNTS, TRACE_HELP, table } from './command.ts';
import { type CallsResult, type CallsRow, measureCalls } from './throughput/calls.ts';
import { measureReturning, type ReturningRow } from './throughput/returning.ts';

const HELP = `npm run bench:calls: how many Wix calls an event costs.

Plays traces of events with the real worker and with a naive one, on a virtual clock, against the
simulated Wix with its 200 calls a minute: two processes, 40 label names in all, events that arrive
faster than a site takes them. Every call that reaches Wix counts, also one that is refused. Exits with
1 when a limit is passed, or when Earmark leaves a contact without a label it should have.

${TRACE_HELP}`;

/** The default of WIX_REQUESTS_PER_MINUTE. */
const CALLS_A_MINUTE = 180;
const MINUTES_A_DAY = 1440;

const FOOT = `"a minute", "a day": the events that ${CALLS_A_MINUTE} calls a minute are enough for.
Calls an event, unless said otherwise. "added calls": those about a customer by a process that has
labelled this customer already; the other process cannot know and asks once.
Lost: no label and no dead letter. Dead letters: jobs given up.`;

const options = readOptions(HELP, TRACE_COUNTS);

type Row = CallsRow | ReturningRow;

function report({
  rows,
  figures,
}: Pick<CallsResult, 'figures'> & { rows: readonly Row[] }): string {
  const number = ({ digits }: Row, value: number): string => value.toFixed(digits);
  const verdict = ({ limit, passed }: Row): string => {
    if (limit === undefined) return passed ? '' : 'FAIL';
    return passed ? 'PASS' : 'FAIL';
  };
  const capacity = ({ digits, earmark }: Row): string[] => {
    // A row without digits counts calls, and not by the event.
    if (digits === 0) return ['', ''];
    const aMinute = CALLS_A_MINUTE / earmark;
    return [aMinute, aMinute * MINUTES_A_DAY].map((events) => String(Math.floor(events)));
  };
  const calls = rows.map((row) => [
    row.name,
    number(row, row.earmark),
    row.limit === undefined ? '' : `≤ ${row.limit}`,
    'naive' in row ? number(row, row.naive) : '',
    ...capacity(row),
    verdict(row),
  ]);
  const outcomes = figures.map(({ name, earmark, naive }) =>
    [name, ...[earmark, naive].flatMap(({ lost, deadLetters }) => [lost, deadLetters])].map(String),
  );
  return [
    `${options.events} events a trace, seed ${options.seed}`,
    '',
    table([['calls', 'Earmark', 'limit', 'naive', 'a minute', 'a day', ''], ...calls]),
    '',
    table([['events', 'Earmark lost', 'dead letters', 'naive lost', 'dead letters'], ...outcomes]),
    '',
    FOOT,
  ].join('\n');
}

const { figures, rows } = await measureCalls(options, showProgress);
showProgress('returning customers');
const returning = await measureReturning(options);
showProgress('');
const result = { figures, rows: [...rows, ...returning] };
finish(options.json, result, report(result), result.rows);
