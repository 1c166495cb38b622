import { readMeasurements } from '../cost/measured.ts';
import { finish, readOptions } from './command.ts';
import { checksOf } from './cost/checks.ts';
import { measure } from './cost/measurement.ts';
import { saveMeasurements, toMeasurements } from './cost/save.ts';
import { measureStanding, standingReport } from './cost/standing.ts';
import { tablesOf, textOf } from './cost/tables.ts';

const HELP = `npm run bench:cost: what a deployment costs, and how much memory its functions need.

Runs both bundles in fresh processes before Parameter Store, SQS and Wix of this machine, behind TLS:
CPU time, memory, log bytes. Plays traffic with the real worker on a virtual clock: waits and requests.
Multiplies both with cost/prices.ts. Times and dollars are estimates: Lambda's core is another.

Exits with 1 when an event is not labelled, when either function has less than 1.5 times the memory it
was seen to hold, when receive would miss Wix's 1,250 ms on a core half as fast as this one, or when store and
schedule of standing labels cost over $2.50 a million events. Takes two minutes. Whatever else the machine does makes CPU time longer: let it do nothing else.

  --processes 10      fresh processes of each function
  --customers 10000   how many customers a process of label meets whose memory is measured
  --json              print one JSON object
  --store             only what standing labels add: their store, and their schedule
  --save              write cost/measured.json, which earmark capacity reads; with --store, that part of it
  --help`;

const {
  json,
  save,
  store: standingAlone,
  ...options
} = readOptions(
  HELP,
  { processes: { usual: 10, least: 1 }, customers: { usual: 10_000, least: 100 } },
  { flags: ['save', 'store'] },
);
const judged = ({ passed, what }: { readonly passed: boolean; readonly what: string }): string =>
  `${passed ? 'PASS' : 'FAIL'} ${what}`;

if (standingAlone) {
  const measured = { ...readMeasurements(), standing: await measureStanding() };
  const { text, check } = standingReport(measured);
  if (save) saveMeasurements(measured);
  finish(json, { ...measured.standing, check }, [text, judged(check)].join('\n'), [check]);
} else {
  const measurement = await measure(options);
  const measured = toMeasurements(measurement, new Date().toISOString());
  const tables = tablesOf(measurement);
  const { text, check } = standingReport(measured);
  const checks = [...checksOf(measurement), check];
  if (save) saveMeasurements(measured);
  const report = [...tables.map(textOf), text, ...checks.map(judged)].join('\n');
  finish(json, { ...measurement, tables, checks }, report, checks);
}
