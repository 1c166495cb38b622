import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionName } from '../../scripts/build.ts';
import { type Customers, createCustomers } from '../events.ts';
import { type Exchange, type Peers, startPeers } from '../peers.ts';
import { type ProcessReport, runCold } from '../process/cold.ts';
import { selfSigned } from './certificate.ts';

/** Both functions, before peers behind TLS as in Lambda. */
export interface CostStage extends Pick<Peers, 'takeJobs'> {
  readonly customers: Customers;
  /** Runs a function in a fresh process that has the memory Lambda would give it. */
  run(name: FunctionName, events: readonly object[], memoryMb: number): Promise<ProcessReport>;
  /** Requests to Wix so far, and their bytes: first line, headers and body, without TLS. */
  sentToWix(): { readonly calls: number; readonly bytes: number };
  close(): Promise<void>;
}

export async function openStage(
  bundles: Readonly<Record<FunctionName, string>>,
): Promise<CostStage> {
  const sent = { calls: 0, bytes: 0 };
  const tls = selfSigned(Date.now());
  const { wix, takeJobs, environment, close } = await startPeers({
    tls,
    onExchange: ({ request }) => {
      if ('x-amz-target' in request.headers) return;
      sent.calls += 1;
      sent.bytes += requestBytes(request);
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'earmark-cost-'));
  const trusted = join(folder, 'certificate.pem');
  await writeFile(trusted, tls.cert);
  return {
    customers: createCustomers(wix),
    takeJobs,
    run: (name, events, memoryMb) => {
      const size = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` };
      const env = { ...environment(), ...size, NODE_EXTRA_CA_CERTS: trusted };
      return runCold(bundles[name], events, env, memoryFlags(memoryMb));
    },
    sentToWix: () => sent,
    async close() {
      await Promise.all([close(), rm(folder, { recursive: true })]);
    },
  };
}

/** Each header has ': ' and a line end, the first line its version and two line ends. */
function requestBytes({ method, url, headers, body }: Exchange['request']): number {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.byteLength(`${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
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
