import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { SourceName } from '../../lib/events/event.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import { askFor, pages, patientClient } from './stage-tail.ts';
import type { PastDelivery } from './target.ts';

/** The line `kept` (lib/receiving/kept-line.ts). */
const KeptLine = z.object({
  message: z.literal('kept'),
  id: z.string(),
  source: SourceName,
  receivedAt: z.iso.datetime(),
  headers: z.record(z.string(), z.string()),
  /** Gzip in base64, in pieces. */
  body: z.array(z.string()),
});

/** The delivery of a line of the log; undefined where it is of none, or was cut. */
export function deliveryOf(line: string): PastDelivery | undefined {
  const { data } = KeptLine.safeParse(parseJson(line));
  if (!data) return undefined;
  const { id, source, headers, body, receivedAt } = data;
  try {
    const raw = gunzipSync(Buffer.from(body.join(''), 'base64'));
    return { id, source, delivery: { headers, body: raw, receivedAt: Date.parse(receivedAt) } };
  } catch {
    return undefined;
  }
}

/** The deliveries that the log of a stage's `receive` holds since a time (epoch milliseconds), oldest first. */
export async function* stageDeliveries(
  group: string,
  since: number,
  signal: AbortSignal,
): AsyncGenerator<PastDelivery> {
  const client = patientClient();
  const ask = askFor(client, '{ $.message = "kept" }', signal);
  try {
    for await (const { message } of pages(ask, group, since, Date.now())) {
      const delivery = deliveryOf(message);
      if (delivery) yield delivery;
    }
  } finally {
    client.destroy();
  }
}
