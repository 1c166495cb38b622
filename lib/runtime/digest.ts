import { hash } from 'node:crypto';

/** SHA-256 over the parts, each preceded by its length so that no two lists read alike; hex. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const chunks: Uint8Array[] = [];
  let text = '';
  for (const part of parts) {
    text += `${part.length}:`;
    if (typeof part === 'string') text += part;
    else {
      chunks.push(Buffer.from(text), part);
      text = '';
    }
  }
  return hash('sha256', chunks.length === 0 ? text : Buffer.concat([...chunks, Buffer.from(text)]));
}
