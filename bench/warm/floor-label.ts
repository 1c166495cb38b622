import { Agent, request } from 'node:http';
import type { ReplayedCall } from './replay.ts';

// The floor of a warm `label`: the HTTP calls that a batch made, made again and read, and nothing else.
// A call that was only possible once another was answered waits for that one, the others go side by side.

const agent = new Agent({ keepAlive: true });

/** @returns how many calls were answered 200 */
export async function handler(calls: readonly ReplayedCall[]): Promise<number> {
  const made: Promise<number | undefined>[] = [];
  for (const call of calls) {
    const first = call.after === undefined ? undefined : made[call.after];
    made.push(first ? first.then(() => make(call)) : make(call));
  }
  const statuses = await Promise.all(made);
  return statuses.filter((status) => status === 200).length;
}

function make({ url, method, headers, body }: ReplayedCall): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        Buffer.concat(chunks).toString();
        resolve(response.statusCode);
      });
    });
    sent.on('error', reject).end(body);
  });
}
