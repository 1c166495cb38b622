import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionName } from '../../scripts/build.ts';
import { selfSigned } from '../../simulators/certificate.ts';
import { createCustomers, purchaseEvent } from '../events.ts';
import { type Exchange, startPeers } from '../peers.ts';
import { runCold } from '../process/cold.ts';

/** Where neither function is short of memory. */
const AMPLE_MB = 512;

export type CostStage = Awaited<ReturnType<typeof openStage>>;

/** Both functions, before peers behind TLS, which costs a process what it costs in Lambda. @param folder takes the certificate */
export async function openStage(bundles: Readonly<Record<FunctionName, string>>, folder: string) {
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
  const trusted = join(folder, 'certificate.pem');
  await writeFile(trusted, tls.cert);
  const customers = createCustomers(wix);
  return {
    customers,
    takeJobs,
    close,
    /** Requests to Wix so far, and their bytes: first line, headers and body, without TLS. */
    sentToWix: sent,
    /** So many deliveries, each of a purchase of somebody new. */
    purchases: (count: number) =>
      Array.from({ length: count }, () => purchaseEvent(customers.next().number)),
    /** Runs a function in a fresh process that has the memory Lambda would give it. */
    run(name: FunctionName, events: readonly object[], memoryMb = AMPLE_MB) {
      const size = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}` };
      const env = { ...environment(), ...size, NODE_EXTRA_CA_CERTS: trusted };
      return runCold(bundles[name], events, env, memoryFlags(memoryMb));
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
  const semi = Math.floor(young / 2);
  return [`--max-semi-space-size=${semi}`, `--max-old-space-size=${memoryMb - young}`];
}
