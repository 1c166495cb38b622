import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { SOURCE_NAMES } from '../events/event.ts';

/** The body of a dead letter that is a raw delivery, as `deadDelivery` writes it. */
export const KeptDelivery = z.object({
  v: z.literal(1),
  kind: z.literal('delivery'),
  source: z.enum(SOURCE_NAMES),
  /** By which the log tells of it: the event's, or what stands for it where none could be read. */
  eventId: z.optional(z.string()),
  receivedAt: z.iso.datetime({ offset: true }),
  headers: z.record(z.string(), z.string()),
  encoding: z.enum(['utf8', 'gzip']),
  /** Text, or gzip in base64. */
  body: z.string(),
});
export type KeptDelivery = z.infer<typeof KeptDelivery>;

/** The very bytes that the sender sent. @throws Error when a gzipped body is broken */
export function keptBody({ encoding, body }: KeptDelivery): Buffer {
  return encoding === 'utf8' ? Buffer.from(body) : gunzipSync(Buffer.from(body, 'base64'));
}
