import { resolve } from 'node:path';
import { SHOP_RULES } from '../samples/shop.ts';
import { buildFunctions } from '../scripts/build.ts';
import { compileTemplate } from '../scripts/template.ts';
import { finish, readOptions, showProgress } from './command.ts';
import { checksOf, type Measurement } from './cost/checks.ts';
import { readDeployment } from './cost/deployment.ts';
import { measureLogs } from './cost/logs.ts';
import { saveMeasurements, toMeasurements } from './cost/save.ts';
import { playShape, SHAPES } from './cost/shapes.ts';
import { openStage } from './cost/stage.ts';
import { MEMORY_SIZES, tablesOf } from './cost/tables.ts';
import { measureWork } from './cost/work.ts';

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
  --save              write cost/measured.json, which earmark capacity reads
  --help`;

/** Memory is measured up to here, and at the sizes of serverless.yml. Node takes more where it has more. */
const PEAKS_UP_TO_MB = 256;
/** Events of each simulated shape: what one costs does not change with more. */
const PLAYED_EVENTS = 2_000;

async function measure(processes: number, customers: number): Promise<Measurement> {
  showProgress('building');
  const outDir = resolve('.earmark/bench-cost');
  const bundles = await buildFunctions({ outDir, rules: SHOP_RULES });
  const deployment = readDeployment(await compileTemplate());
  const smaller = MEMORY_SIZES.filter((size) => size <= PEAKS_UP_TO_MB);
  const memorySizes = [...new Set([...smaller, ...Object.values(deployment.memoryMb)])];
  const stage = await openStage(bundles);
  try {
    const options = { processes, customers, memorySizes, onProgress: showProgress };
    const work = await measureWork(stage, options);
    const { logs, metrics } = await measureLogs(stage);
    const shapes = [];
    for (const shape of SHAPES) {
      showProgress(shape.name);
      shapes.push(await playShape(shape, PLAYED_EVENTS));
    }
    return { work, logs, metrics, shapes, deployment, customers: stage.customers.count() };
  } finally {
    showProgress('');
    await stage.close();
  }
}

const { processes, customers, json, save } = readOptions(
  HELP,
  { processes: { usual: 10, least: 1 }, customers: { usual: 10_000, least: 100 } },
  { flags: ['save'] },
);
const measurement = await measure(processes, customers);
const tables = tablesOf(measurement);
const checks = checksOf(measurement);
if (save) saveMeasurements(toMeasurements(measurement, new Date().toISOString()));
const report = [
  ...tables.map((table) => table.text()),
  ...checks.map(({ passed, what }) => `${passed ? 'PASS' : 'FAIL'} ${what}`),
].join('\n');
finish(json, { ...measurement, tables, checks }, report, checks);
