import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { FunctionName } from '../../scripts/build.ts';
import { type Peers, startPeers } from './peers.ts';

const PROBE = fileURLToPath(new URL('probe.cjs', import.meta.url));
const SITE = '5a1e0000-0000-4000-8000-0000000000aa';
const API_KEY = 'IST.a-key-of-the-benchmark';
export const SECRET = 'a-secret-of-the-benchmark';
/** One sender and an API key: the smallest deployment there is. */
const PARAMETERS = { SHOPIFY_WEBHOOK_SECRET: SECRET, WIX_SITE_ID: SITE, WIX_API_KEY: API_KEY };

/** CPU time since the process began, of all its threads, and the most memory it had held by then. */
export interface Used {
  readonly cpuMs: number;
  readonly memoryMib: number;
}

/** What one process of a function used, up to each point of its life, and what it wrote and answered. */
export interface ProcessReport {
  /** Node itself. */
  readonly boot: Used;
  readonly began: Used;
  readonly loaded: Used;
  readonly first: Used;
  readonly last: Used;
  readonly answer: unknown;
  /** What it logged. */
  readonly lines: readonly string[];
}

export interface Stage {
  readonly peers: Peers;
  /**
   * Runs a function in a process of its own, which answers `events` one after the other.
   * @param memoryMb what Lambda would give it
   * @throws Error with what the process said, when it fails
   */
  run(name: FunctionName, events: readonly object[], memoryMb: number): Promise<ProcessReport>;
  close(): Promise<void>;
}

/** @param bundles the file of each function's bundle */
export async function openStage(bundles: Readonly<Record<FunctionName, string>>): Promise<Stage> {
  const paths = Object.entries(PARAMETERS).map(
    ([name, value]) => [`/earmark/bench/${name}`, value] as const,
  );
  const peers = await startPeers({ apiKey: API_KEY, siteId: SITE, parameters: new Map(paths) });
  const folder = await mkdtemp(join(tmpdir(), 'earmark-cost-'));
  const eventsFile = join(folder, 'events.json');
  const trusted = join(folder, 'certificate.pem');
  await writeFile(trusted, peers.certificate.cert);
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_SESSION_TOKEN: 'bench',
    AWS_ENDPOINT_URL: peers.url,
    QUEUE_URL: `${peers.url}/000000000000/jobs.fifo`,
    DEAD_LETTER_QUEUE_URL: `${peers.url}/000000000000/dead-letters.fifo`,
    WIX_API_URL: peers.url,
    WIX_REQUESTS_PER_MINUTE: '1000000', // what is measured is work, not waiting
    ...Object.fromEntries(paths.map(([path]) => [path.split('/').at(-1) ?? '', `ssm:${path}`])),
    NODE_EXTRA_CA_CERTS: trusted,
    TZ: 'UTC',
  };
  return {
    peers,
    async run(name, events, memoryMb) {
      await writeFile(eventsFile, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const AWS_LAMBDA_FUNCTION_MEMORY_SIZE = String(memoryMb);
      const child = spawn(
        process.execPath,
        [...memoryFlags(memoryMb), PROBE, bundles[name], eventsFile],
        {
          env: { ...environment, AWS_LAMBDA_FUNCTION_MEMORY_SIZE },
          stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        },
      );
      const [, stdout, stderr, report] = child.stdio;
      const [output, errors, result] = await Promise.all([
        text(stdout as never),
        text(stderr as never),
        text(report as never),
        once(child, 'close'),
      ]);
      if (result === '') throw new Error(`${name} failed in the benchmark:\n${errors}${output}`);
      return { ...JSON.parse(result), lines: output.split('\n').filter((line) => line !== '') };
    },
    async close() {
      await Promise.all([peers.close(), rm(folder, { recursive: true })]);
    },
  };
}

/**
 * How Lambda starts Node: a tenth of the memory for young objects, half of which is one semi-space, and
 * the rest for old ones (/var/runtime/bootstrap of AWS's image for Node).
 */
function memoryFlags(memoryMb: number): readonly string[] {
  const young = Math.floor(memoryMb / 10);
  return [
    `--max-semi-space-size=${Math.floor(young / 2)}`,
    `--max-old-space-size=${memoryMb - young}`,
  ];
}
