import { finish, readOptions, showProgress, TRACE_COUNTS, TRACE_HELP, table } from './command.ts';
import { type DrainRow, measureDrain } from './throughput/drain.ts';

const HELP = `npm run bench:drain: how long a backlog lasts.

Queues events of distinct customers all at once and drains them with the real worker and with a naive
one, two processes each, on a virtual clock, against the simulated Wix with its 200 calls a minute. The
bound is what the calls that are needed take at that rate: one Label Contact an event, one Find Or
Create Label a name, and for e-mails one look-up for ten. Exits with 1 when Earmark at 196 calls a
minute takes more than 1.05 of the bound, makes more than 200 calls in any 60 s, or loses anything.

${TRACE_HELP}`;

const HEAD = [
  '',
  'minutes',
  'bound',
  'ratio',
  '60 s',
  'calls',
  '429',
  'lost',
  'dead letters',
  'billed',
  '',
];
const FOOT = `60 s: the most calls that reach Wix in any 60 s, of both processes. billed: minutes of Lambda.
Lost: no label and no dead letter. Dead letters: jobs given up.`;

function cells({ by, worker, judged, bound, ratio, figures, passed }: DrainRow): string[] {
  const { minutes, largestWindow, calls, throttled, lost, deadLetters, billedMinutes } = figures;
  const verdict = passed ? 'PASS' : 'FAIL';
  return [
    `by ${by}: ${worker}`,
    ...[minutes, bound].map((value) => value.toFixed(1)),
    ratio.toFixed(3),
    ...[largestWindow, calls, throttled, lost, deadLetters].map(String),
    billedMinutes.toFixed(1),
    judged ? verdict : '',
  ];
}

const options = readOptions(HELP, TRACE_COUNTS);
const rows = await measureDrain(options, showProgress);
const report = [
  `a backlog of ${options.events} events, seed ${options.seed}`,
  '',
  table([HEAD, ...rows.map(cells)]),
  '',
  FOOT,
].join('\n');
finish(options.json, { rows }, report, rows);
