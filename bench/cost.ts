import { finish, readOptions } from './command.ts';
import { checksOf } from './cost/checks.ts';
import { measure } from './cost/measurement.ts';
import { saveMeasurements, toMeasurements } from './cost/save.ts';
import { measureStore, storeReport } from './cost/store.ts';
import { tablesOf, textOf } from './cost/tables.ts';

const HELP = `npm run bench:cost: what a deployment costs, and how much memory its functions need.

Runs both bundles in fresh processes before Parameter Store, SQS and Wix of this machine, behind TLS:
CPU time, memory, log bytes. Plays traffic with the real worker on a virtual clock: waits and requests.
Multiplies both with cost/prices.ts. Times and dollars are estimates: Lambda's core is another.

Exits with 1 when an event is not labelled, when either function has less than 1.5 times the memory it
was seen to hold, or when receive would miss Wix's 1,250 ms on a core half as fast as this one. Takes
two minutes. Whatever else the machine does makes CPU time longer: let it do nothing else.

  --processes 10      fresh processes of each function
  --customers 10000   how many customers a process of label meets whose memory is measured
  --json              print one JSON object
  --store             what the store of standing labels costs, alone
  --save              write cost/measured.json, which earmark capacity reads
  --help`;

const {
  json,
  save,
  store: storeAlone,
  ...options
} = readOptions(
  HELP,
  { processes: { usual: 10, least: 1 }, customers: { usual: 10_000, least: 100 } },
  { flags: ['save', 'store'] },
);
const { text, check } = storeReport(await measureStore());
if (storeAlone) {
  finish(json, check, [text, `${check.passed ? 'PASS' : 'FAIL'} ${check.what}`].join('\n'), [
    check,
  ]);
  process.exit();
}
const measurement = await measure(options);
const tables = tablesOf(measurement);
const checks = [...checksOf(measurement), check];
if (save) saveMeasurements(toMeasurements(measurement, new Date().toISOString()));
const report = [
  ...tables.map(textOf),
  text,
  ...checks.map(({ passed, what }) => `${passed ? 'PASS' : 'FAIL'} ${what}`),
].join('\n');
finish(json, { ...measurement, tables, checks }, report, checks);
