import { fail, finish, readOptions, showProgress, TRACE_COUNTS } from './command.ts';
import { FAULTS } from './faults/catalogue.ts';
import { type Comparison, compare, TROUBLES } from './faults/neighbours.ts';
import { comparisonTable, faultTable } from './faults/report.ts';
import type { FaultResult } from './faults/result.ts';
import { runFault } from './faults/run.ts';
import { stormTable } from './faults/storm-report.ts';
import { JOBS, runStorm, STORMS, type StormResult } from './faults/storms.ts';

const EVENTS = 3_000;

/** All storms are one run by name. */
const STORMY = 'storms';
const RUNS = [...[...FAULTS, ...TROUBLES].map(({ name }) => name), STORMY];

const HELP = `npm run bench:faults: whether labels come true through faults of Wix, AWS and the site.

Lets the real worker, two processes on a virtual clock, live through one fault after the other, against
the simulated Wix with its 200 calls a minute: hours of events from a seed, of people known by contact
id, e-mail, phone or member id. What Wix really changed is held against what the events request. Then two
sites share queue and workers, and one is in trouble: are the other's labels as fast as alone? At last
come storms: a minute of one status to one kind of call, while ${JOBS} jobs wait. Exits with 1 when a run fails.

  --events ${EVENTS}   events a run
  --seed 1        another seed, another day
  --only NAME     the runs whose names begin so
  --json          print one JSON object
  --help

Runs: ${RUNS.join(', ')}`;

const counts = { ...TRACE_COUNTS, events: { usual: EVENTS, least: 1 } };
const options = readOptions(HELP, counts, { texts: ['only'] });
if (!RUNS.some((name) => name.startsWith(options.only))) {
  fail(HELP, `--only ${options.only}: there is no such run.`);
}

const chosen = <T extends { readonly name: string }>(list: readonly T[]): readonly T[] =>
  list.filter(({ name }) => name.startsWith(options.only));

async function measure() {
  const faults: FaultResult[] = [];
  const comparisons: Comparison[] = [];
  const storms: StormResult[] = [];
  for (const fault of chosen(FAULTS)) {
    showProgress(fault.name);
    faults.push(await runFault(fault, options));
  }
  for (const trouble of chosen(TROUBLES)) {
    showProgress(trouble.name);
    comparisons.push(await compare(trouble, options));
  }
  for (const storm of STORMY.startsWith(options.only) ? STORMS : []) {
    showProgress(`storm: ${storm.status} ${storm.target} ${storm.body}`);
    storms.push(await runStorm(storm, options));
  }
  showProgress('');
  return { faults, comparisons, storms };
}

function report({ faults, comparisons, storms }: Awaited<ReturnType<typeof measure>>): string {
  return [
    `${options.events} events a run but for storms, seed ${options.seed}`,
    ...(faults.length > 0 ? [faultTable(faults)] : []),
    ...(comparisons.length > 0 ? [comparisonTable(comparisons)] : []),
    ...(storms.length > 0 ? [stormTable(storms)] : []),
  ].join('\n\n');
}

const result = await measure();
const passed = [...result.faults, ...result.storms].map(({ problems }) => ({
  passed: problems.length === 0,
}));
finish(options.json, { ...options, ...result }, report(result), [...passed, ...result.comparisons]);
