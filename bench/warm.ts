import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { SHOP_RULES } from '../samples/shop.ts';
import { BUNDLE_OPTIONS, buildFunctions } from '../scripts/build.ts';
import { finish, readOptions, showProgress, table } from './command.ts';
import { measureLabel } from './warm/label.ts';
import { measureReceive } from './warm/receive.ts';
import { cells, rowOf } from './warm/row.ts';

const HELP = `npm run bench:warm: what a warm function costs in processor time.

Runs both bundles warm, each in a process of its own, against an HTTP server in this one, and beside
each the least that could do the same, in blocks that take turns. For receive that is the smallest
hand-written handler that verifies a signed Shopify order, parses it and sends one message with the same
client; for label, bare node:http that makes the same HTTP calls again. Time is user and system time of
the process, the median of the rounds counts. Exits with 1 when a bound is passed, or when a delivery
was not queued or a contact not labelled.

  --rounds 80     how many blocks of each
  --json          print one JSON object
  --help`;

/** Earmark's functions, and beside each its floor, bundled as they are. */
async function buildSides() {
  const outdir = resolve('.earmark/bench-warm');
  const { receive, label } = await buildFunctions({ outDir: outdir, rules: SHOP_RULES });
  // The build fails unless it finds all that it cuts out of the AWS client, and `receive` has it.
  const entryPoints = [
    'bench/warm/floor-receive.ts',
    'bench/warm/floor-label.ts',
    'functions/receive.ts',
  ];
  await build({ ...BUNDLE_OPTIONS, entryPoints, outdir: join(outdir, 'floor') });
  const floor = (name: string): string => join(outdir, `floor/bench/warm/floor-${name}.js`);
  return {
    receive: { ours: receive, floor: floor('receive') },
    label: { ours: label, floor: floor('label') },
  };
}

const { rounds, json } = readOptions(HELP, { rounds: { usual: 80, least: 1 } });
const { receive, label } = await buildSides();
const optionsOf = (name: string) => ({
  rounds,
  progress: (text: string) => showProgress(text && `${name}: ${text}`),
});
const deliveries = await measureReceive(receive, optionsOf('receive'));
const jobs = await measureLabel(receive.ours, label, optionsOf('label'));
const rows = [
  rowOf('receive, a delivery', 'ratio', 1.25, deliveries),
  rowOf('label, a job', 'above the floor', 1, jobs),
];
const head = ['ms of processor time', 'ours', 'floor', 'median', 'rounds', 'at most', ''];
const report = `warm, ${rounds} rounds\n\n${table([head, ...rows.map(cells)])}`;
finish(json, { rounds, rows }, report, rows);
