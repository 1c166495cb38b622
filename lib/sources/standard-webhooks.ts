import { readFlat } from './flat/flat.ts';
import { asText, text } from './payload/access.ts';
import { NOT_AN_OBJECT, toReading, unreadable } from './payload/draft.ts';
import { isoTime } from './payload/fields.ts';
import { parseObject } from './payload/parse.ts';
import { SCHEMES, signedBy } from './signing/verify.ts';
import type { Reading, Source, Verified } from './source.ts';

/**
 * Any sender that keeps to Standard Webhooks: `{ type, timestamp, data }`, with `data` in the flat schema
 * (spec/standard-webhooks.md, checked 2026-11-21).
 */
export const standardWebhooks: Source = {
  name: 'standard-webhooks',
  secretSetting: 'STANDARD_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.standard),
  read,
};

function read(delivery: Verified): Reading {
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const flat = readFlat(body);
  if (typeof flat === 'string') return unreadable(flat);
  const { subject: _subject, ...found } = flat;
  // The message's id is signed and stable over retries, so it wins over any id in the data.
  const id = asText(delivery.messageId);
  const orderId = found.order?.id ?? text(body, 'data.id') ?? id;
  return toReading('standard-webhooks', delivery, {
    ...found,
    id,
    occurredAt: isoTime(body.timestamp) ?? found.occurredAt,
    order: found.order && { ...found.order, id: orderId },
    data: body,
  });
}
