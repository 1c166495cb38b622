import { standardFamily } from './claims.ts';
import { readFlat } from './flat.ts';
import { asText, isObject, parseObject, text } from './json.ts';
import { finish, NOT_AN_OBJECT, unreadable } from './reading.ts';
import { SCHEMES, signedBy } from './signature.ts';
import type { Delivery, Reading, Source } from './source.ts';
import { isoTime } from './values.ts';

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

function read(delivery: Delivery): Reading {
  const body = parseObject(delivery.body);
  if (body === undefined) return unreadable(NOT_AN_OBJECT);
  const data = isObject(body.data) ? body.data : body;
  const flat = readFlat([data], text(body, 'type', 'event_type'));
  if (typeof flat === 'string') return unreadable(flat);
  const { type, id: _given, subject: _subject, ...found } = flat;
  // Stable over retries and under the signature, so it wins over any id in the data.
  const id = asText(delivery.headers[`${standardFamily(delivery.headers)}-id`]);
  return finish('standard-webhooks', delivery, {
    ...found,
    id,
    types: [type],
    occurredAt: isoTime(body.timestamp) ?? found.occurredAt,
    order: found.order && { ...found.order, id: found.order.id ?? id },
    data: body,
  });
}
