import { readFlat } from './flat/flat.ts';
import { readBody } from './flat/form-body.ts';
import { bodyDigest, ignored, toReading, unreadable } from './payload/draft.ts';
import { SCHEMES, signedBy, verifySignature } from './signing/verify.ts';
import type { Delivery, Reading, Source, Verification, Verified } from './source.ts';

/**
 * Zapier, Make, n8n, Wix Automations and everything else that can send a request: a shared secret or GitHub's
 * signature, JSON or a form, the flat schema.
 */
export const custom: Source = {
  name: 'custom',
  secretSetting: 'CUSTOM_WEBHOOK_SECRET',
  ...signedBy(SCHEMES.hub),
  verify,
  read,
};

/** A signature decides where there is one: a sender who signs must not be accepted by a weaker proof. */
function verify(delivery: Delivery, secrets: readonly string[]): Verification {
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
  const { id: given, subject, ...found } = flat;
  // Senders give the same id to several events of one thing, like paid and shipped, so the topic goes with it. An
  // order id would not do: another body is another event, even about the same order.
  const named = given ?? subject;
  const id = named === undefined ? bodyDigest(delivery) : `${found.topic}:${named}`;
  const order = found.order && { ...found.order, id: found.order.id ?? given ?? id };
  return toReading('custom', delivery, { ...found, id, order, data: body });
}
