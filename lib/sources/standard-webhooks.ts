import { readFlat } from './flat/flat.ts';
import { finish, NOT_AN_OBJECT, unreadable, withUnheard } from './payload/draft.ts';
import { isoTime } from './payload/fields.ts';
import { asText, parseObject, text } from './payload/json.ts';
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
  const { type, id: _given, subject: _subject, unheard, ...found } = flat;
  // Stable over retries and under the signature, so it wins over any id in the data.
  const id = asText(delivery.messageId);
  const order = found.order && {
    ...found.order,
    id: found.order.id ?? text(body, 'data.id') ?? id,
  };
  const occurredAt = isoTime(body.timestamp) ?? found.occurredAt;
  const draft = { ...found, id, types: [type], occurredAt, order, data: body } as const;
  return withUnheard(finish('standard-webhooks', delivery, draft), unheard);
}
