import { readFlat } from './flat/flat.ts';
import { readBody } from './flat/form-body.ts';
import { bodyDigest, finish, ignored, unreadable, withUnheard } from './payload/draft.ts';
import { SCHEMES, signedBy, verifySignature } from './signing/verify.ts';
import type { Delivery, Reading, Source, Verdict, Verified } from './source.ts';

/**
 * Zapier, Make, n8n, Wix Automations and whatever else can send a request: a shared secret or GitHub's
 * signature, JSON or a form, the flat schema.
 */
export const custom: Source = {
  name: 'custom',
  secretSetting: 'CUSTOM_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.hub),
  verify,
  read,
};

/** A signature that is there decides: a sender who signs must not be passed on a weaker proof. */
function verify(delivery: Delivery, secrets: readonly string[]): Verdict {
  const { headers } = delivery;
  if (headers['x-hub-signature-256'] !== undefined) {
    return verifySignature(SCHEMES.hub, delivery, secrets);
  }
  const scheme = headers['x-webhook-secret'] === undefined ? SCHEMES.bearer : SCHEMES.secretHeader;
  return verifySignature(scheme, delivery, secrets);
}

function read(delivery: Verified): Reading {
  if (delivery.headers['x-github-event'] === 'ping')
    return ignored('ping', 'GitHub tries the webhook out');
  const body = readBody(delivery);
  if (typeof body === 'string') return unreadable(body);
  const flat = readFlat(body);
  if (typeof flat === 'string') return unreadable(flat);
  const { type, id: given, subject, unheard, ...found } = flat;
  // Senders give one id to what belongs together: paid and shipped are two events all the same. An order
  // id would not do for an id: another body is another event, be it about the same order.
  const named = given ?? subject;
  const id = named === undefined ? bodyDigest(delivery) : `${found.topic}:${named}`;
  const reading = finish('custom', delivery, {
    ...found,
    id,
    types: [type],
    order: found.order && { ...found.order, id: found.order.id ?? given ?? id },
    data: body,
  });
  return withUnheard(reading, unheard);
}
