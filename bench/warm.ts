import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { SHOP_RULES } from '../samples/shop.ts';
import { BUNDLE_OPTIONS, buildFunctions } from '../scripts/build.ts';
import { finish, readOptions, showProgress, table } from './command.ts';
import { type Exchange, startPeers } from './peers.ts';
import { measureLabel } from './warm/label.ts';
import { measureReceive } from './warm/receive.ts';
import { cells, rowOf, type WarmRow } from './warm/rounds.ts';

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

const RATIO_OF_RECEIVE = 1.25;
const LABEL_MS_A_JOB = 1;

/** The floors, bundled as Earmark's functions are. */
async function buildFloors(outDir: string) {
  const entryPoints = [
    { in: 'bench/warm/floor-receive.ts', out: 'floor-receive' },
    { in: 'bench/warm/floor-label.ts', out: 'floor-label' },
    // The build fails unless it finds all that it cuts out of the AWS client, and this has it.
    { in: 'functions/receive.ts', out: 'not-used' },
  ];
  await build({ ...BUNDLE_OPTIONS, entryPoints, outdir: outDir });
  return { receive: join(outDir, 'floor-receive.js'), label: join(outDir, 'floor-label.js') };
}

async function run(rounds: number): Promise<readonly WarmRow[]> {
  const outDir = resolve('.earmark/bench-warm');
  const ours = await buildFunctions({ outDir, rules: SHOP_RULES });
  const floor = await buildFloors(outDir);
  const exchanges: Exchange[] = [];
  const peers = await startPeers({ onExchange: (exchange) => exchanges.push(exchange) });
  const taken = () => exchanges.splice(0);
  const onRound = (what: string) => (round: number) => {
    exchanges.length = 0;
    showProgress(`${what}: round ${round} of ${rounds}`);
  };
  const bundlesOf = (name: 'receive' | 'label') => ({ ours: ours[name], floor: floor[name] });
  try {
    const receive = await measureReceive(peers, bundlesOf('receive'), rounds, onRound('receive'));
    const label = await measureLabel(peers, taken, bundlesOf('label'), rounds, onRound('label'));
    return [
      rowOf('receive, a delivery', 'ratio', RATIO_OF_RECEIVE, receive),
      rowOf('label, a job', 'above the floor', LABEL_MS_A_JOB, label),
    ];
  } finally {
    showProgress('');
    await peers.close();
  }
}

const { rounds, json } = readOptions(HELP, { rounds: { usual: 80, least: 1 } });
const rows = await run(rounds);
const head = ['ms of processor time', 'ours', 'floor', 'median', 'rounds', 'at most', ''];
const report = `warm, ${rounds} rounds\n\n${table([head, ...rows.map(cells)])}`;
finish(json, { rounds, rows }, report, rows);
