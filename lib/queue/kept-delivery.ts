import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { SourceName } from '../events/event.ts';
import { digest } from '../runtime/digest.ts';
import type { DeadLetterInfo, DeadLetterMessage } from './dead-letter.ts';
import { BODY_LIMIT_BYTES, messageBody } from './message.ts';

/** The body of a dead letter that is a raw delivery. The functions only write it; their bundles leave the schema out. */
export const KeptDelivery = /* @__PURE__ */ (() =>
  z.object({
    v: z.literal(1),
    kind: z.literal('delivery'),
    source: SourceName,
    /** The event's id as in the log, or the dead letter's where no event could be read. */
    eventId: z.optional(z.string()),
    receivedAt: z.iso.datetime({ offset: true }),
    headers: z.record(z.string(), z.string()),
    encoding: z.enum(['utf8', 'gzip']),
    /** Text, or gzip in base64. */
    body: z.string(),
  }))();
export type KeptDelivery = z.infer<typeof KeptDelivery>;

/** The very bytes that the sender sent. @throws Error when a gzipped body is broken */
export function keptBody({ encoding, body }: Pick<KeptDelivery, 'encoding' | 'body'>): Buffer {
  return encoding === 'utf8' ? Buffer.from(body) : gunzipSync(Buffer.from(body, 'base64'));
}

/**
 * Credentials and signatures have done their work when a delivery is kept, and are not stored. The names of
 * their headers stay: they distinguish Standard Webhooks from Svix.
 */
export const EMPTIED_HEADERS = /^(authorization|cookie|x-webhook-secret)$|signature|hmac/;

/** Headers as they are kept. */
export const emptied = (headers: KeptDelivery['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, EMPTIED_HEADERS.test(name) ? '' : value]),
  );

interface GivenUpDelivery {
  readonly source: SourceName;
  readonly delivery: Pick<KeptDelivery, 'headers'> & {
    readonly body: Buffer;
    readonly receivedAt: number;
  };
  readonly info: DeadLetterInfo;
  /** The same for each delivery of the same bytes that fails for the same reason. */
  readonly id: string;
  /** The event's id in the log. Default: `id`. */
  readonly eventId?: string;
}

/**
 * A verified delivery that could not be read or mapped, raw. The body stays text where it is UTF-8
 * and fits; otherwise it is gzipped, in base64.
 * @returns undefined when even so it does not fit a message: then it must not be accepted.
 */
export function deadDelivery(given: GivenUpDelivery): DeadLetterMessage | undefined {
  const { source, delivery, info, id, eventId = id } = given;
  const headers = emptied(delivery.headers);
  const receivedAt = new Date(delivery.receivedAt).toISOString();
  const about = { v: 1, kind: 'delivery', source, eventId, receivedAt, headers } as const;
  const written = (encoding: KeptDelivery['encoding'], body: string): string =>
    messageBody({ ...about, encoding, body } satisfies KeptDelivery);
  const fits = (body: string): boolean => Buffer.byteLength(body) <= BODY_LIMIT_BYTES;
  const text = delivery.body.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(delivery.body);
  const asText = isText ? written('utf8', text) : undefined;
  const body =
    asText !== undefined && fits(asText)
      ? asText
      : written('gzip', gzipSync(delivery.body).toString('base64'));
  if (!fits(body)) return undefined;
  const group = digest('delivery', id);
  return { ...info, source, body, group, deduplication: digest(id, info.reason) };
}
