import { hash } from 'node:crypto';

/** SHA-256 over the parts, each preceded by its length so that no two lists read alike; hex. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const chunks = parts.flatMap((part) => [Buffer.from(`${part.length}:`), Buffer.from(part)]);
  return hash('sha256', Buffer.concat(chunks));
}
