import { finish, readOptions, showProgress, table } from './command.ts';
import { measureStart } from './start/measure.ts';

const HELP = `npm run bench:start: what the two functions add to a cold start.

Starts fresh processes of this Node in turn: an empty handler; \`receive\` and \`label\` as they deploy; and
a textbook build of the same sources, bundled as AWS's guide says, with ordinary zod, the AWS clients as
they are, and rules.yml read at the start; and \`receive\` without the sources that a file describes. Measured are the start-up (until the handler is loaded) and the
first answer, each from the beginning of the process. Exits with 1 when a limit is passed or an answer
is wrong.

  --runs 20       processes of each program; one more warms up
  --json          print one JSON object
  --help`;

const FOOT = `Medians, in milliseconds since the process began. added: what Earmark adds to the empty handler, by
what the textbook build adds; in the second table by what \`receive\` adds that knows the sources in code
alone. First answer: secrets read from Parameter Store, a webhook queued or a job labelled, every call
answered on this machine at once and without TLS.`;

const { runs, json } = readOptions(HELP, { runs: { usual: 20, least: 1 } });
const { rows, sizes, described } = await measureStart({ rounds: runs, progress: showProgress });
const times = rows.map((row) => [
  `${row.function}: ${row.measure}`,
  ...[row.emptyMs, row.textbookMs, row.earmarkMs].map((ms) => ms.toFixed(1)),
  row.ratio.toFixed(3),
  `≤ ${row.limit}`,
  row.passed ? 'PASS' : 'FAIL',
]);
const bytes = sizes.map(({ function: name, textbook, six, earmark }) => [
  name,
  ...[textbook, six, earmark].map((size) => size.toLocaleString('en')),
  (earmark / textbook).toFixed(3),
  (earmark / six).toFixed(3),
]);
const beside = described.map((row) => [
  row.measure,
  ...[row.emptyMs, row.sixMs, row.earmarkMs].map((ms) => ms.toFixed(1)),
  row.ratio.toFixed(3),
  `≤ ${row.limit}`,
  row.passed ? 'PASS' : 'FAIL',
]);
const report = [
  `${runs} cold starts of each, Node ${process.version}`,
  table([['', 'empty', 'textbook', 'Earmark', 'added', 'limit', ''], ...times]),
  table([['receive', 'empty', 'six sources', 'all', 'added', 'limit', ''], ...beside]),
  table([['bundle, bytes', 'textbook', 'six sources', 'all', 'of textbook', 'of six'], ...bytes]),
  FOOT,
];
finish(json, { node: process.version, runs, rows, described, sizes }, report.join('\n\n'), [
  ...rows,
  ...described,
]);
