import { readFlat } from './flat.ts';
import { at, decodeUtf8, isObject, type JsonObject, parseObject, text } from './json.ts';
import { bodyDigest, finish, ignored, NOT_AN_OBJECT, unreadable } from './reading.ts';
import { SCHEMES, signedBy, verifySignature } from './signature.ts';
import type { Delivery, Reading, Source, Verdict } from './source.ts';

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

function read(delivery: Delivery): Reading {
  if (delivery.headers['x-github-event'] === 'ping')
    return ignored('ping', 'GitHub tries the webhook out');
  const body = parseBody(delivery);
  if (typeof body === 'string') return unreadable(body);
  const inner = at(body, 'data');
  const event = text(body, 'event', 'type') ?? text(inner, 'event', 'type');
  const flat = readFlat(isObject(inner) ? [body, inner] : [body], event);
  if (typeof flat === 'string') return unreadable(flat);
  const { type, id: given, subject, ...found } = flat;
  // Senders give one id to what belongs together: paid and shipped are two events all the same. An order
  // id would not do for an id: another body is another event, be it about the same order.
  const named = given ?? subject;
  const id = named === undefined ? bodyDigest(delivery) : `${found.topic}:${named}`;
  return finish('custom', delivery, {
    ...found,
    id,
    types: [type],
    order: found.order && { ...found.order, id: found.order.id ?? given ?? id },
    data: body,
  });
}

/** An order of 2,000 items in four columns and as much again: what holds more is no form of anybody's. */
const MAX_PAIRS = 10_000;

/** JSON, or a form where it does not look like JSON: `curl -d` calls everything a form. A text is what is wrong. */
function parseBody(delivery: Delivery): JsonObject | string {
  const written = decodeUtf8(delivery.body);
  if (written === undefined) return NOT_AN_OBJECT;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(
    delivery.headers['content-type'] ?? '',
  );
  if (!isForm || written.trimStart().startsWith('{')) return parseObject(written) ?? NOT_AN_OBJECT;
  if (written.split('&', MAX_PAIRS + 1).length > MAX_PAIRS) {
    return `the form has more than ${MAX_PAIRS} fields: send it in parts`;
  }
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(written)) {
    const all = values.get(key);
    if (all === undefined) values.set(key, [value]);
    else all.push(value);
  }
  return Object.fromEntries([...values].map(([key, all]) => [key, all.length > 1 ? all : all[0]]));
}
