import { CODE_SOURCES, type CodeSourceName } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { draftSample, eventsOf } from '../../samples/samples.ts';
import type { Random } from '../../simulators/random.ts';
import { hubHeaders, type Secrets, type Signed, sign, spoil } from './signing.ts';
import { address, chance, heavy, hostile, pick, text, toText, whole } from './values.ts';

/** One request, and whether it is rightly signed. */
export interface FuzzRequest extends Signed {
  readonly source: string;
  readonly isGenuine: boolean;
}

const MOST_LENGTH = 1_300_000;

type Json = Record<string, unknown>;

/** A random request: a sample of some source with hostile changes, rightly or nearly rightly signed. */
export function makeRequest(random: Random, secrets: Secrets, now: number): FuzzRequest {
  const source = pick(random, CODE_SOURCES);
  const type = chance(random, 0.4) ? 'order.paid' : pick(random, eventsOf(source));
  const buyer = {
    firstName: 'Q',
    lastName: text(random).slice(0, 200),
    email: address(random),
    phone: '+12025550100',
    ...(chance(random, 0.5) && { contactId: '3b1e7c52-90ac-4c5e-8a43-0d7f6b2a9c11' }),
  };
  const { topic, payload } = draftSample(source, { now, type, buyer }).draft;
  const changed = change(random, payload);
  const seconds = Math.floor(now / 1000);
  const made = bodyOf(random, source, topic, changed);
  // A list may repeat within another list. API Gateway takes 10 MiB, and the functions 1.
  const body = made.length > MOST_LENGTH ? made.slice(0, MOST_LENGTH) : made;
  const signed = sign(source, secrets, body, seconds);
  const all = {
    ...signed,
    headers: { ...unsignedHeaders(random, source, topic), ...signed.headers },
  };
  const sent = source === 'custom' && chance(random, 0.3) ? withHub(all, secrets.custom) : all;
  if (chance(random, 0.75)) return { source, isGenuine: true, ...sent };
  return strange(random, source, secrets, sent, seconds);
}

const withHub = ({ headers, body }: Signed, secret: string): Signed => {
  const { authorization: _, ...others } = headers;
  return { body, headers: { ...others, ...hubHeaders(secret, body) } };
};

/** Signed nearly rightly: with a change, at another time, with another secret, or for another source. */
function strange(
  random: Random,
  source: CodeSourceName,
  secrets: Secrets,
  sent: Signed,
  seconds: number,
): FuzzRequest {
  const kind = random();
  if (kind < 0.1) {
    const path = pick(random, ['', 'ebay', 'x@q9victim.example"', '__proto__', text(random)]);
    return { source: path, isGenuine: false, ...sent };
  }
  if (kind < 0.2 && (source === 'stripe' || source === 'standard-webhooks')) {
    const late = seconds + pick(random, [-301, 301, -1e6, 1e9]);
    return { source, isGenuine: false, ...sign(source, secrets, '{}', late) };
  }
  if (kind < 0.3 && source !== 'wix') {
    const others = { ...secrets, [source]: 'bm90IHRoZSBzZWNyZXQgYXQgYWxs' };
    return { source, isGenuine: false, ...sign(source, others, '{}', seconds) };
  }
  return { source, isGenuine: false, ...spoil(random, sent) };
}

/** What platforms send beside the signature, and what none sends. */
function unsignedHeaders(
  random: Random,
  source: CodeSourceName,
  topic: string,
): Record<string, string> {
  const isForm = source === 'custom' && chance(random, 0.2);
  const said = chance(random, 0.9) ? topic : header(random);
  const { topicHeader } = codeSources[source];
  return {
    'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
    ...(topicHeader && { [topicHeader]: said }),
    ...(chance(random, 0.3) && { 'x-shopify-event-id': header(random) }),
    ...(chance(random, 0.1) && { 'x-github-event': pick(random, ['ping', 'push']) }),
    ...(chance(random, 0.1) && {
      [pick(random, ['x-other', '__proto__', 'cookie'])]: header(random),
    }),
  };
}

/** API Gateway takes 10,240 bytes of headers, in all. */
const header = (random: Random): string => text(random).slice(0, 2_000);

/** The payload with up to four hostile changes somewhere in it. */
function change(random: Random, payload: Readonly<Json>): Json {
  const changed = structuredClone(payload) as Json;
  for (let left = whole(random, 5); left > 0; left -= 1) changeOnce(random, changed, hostile);
  if (chance(random, 0.01)) changeOnce(random, changed, heavy);
  return changed;
}

const KEYS = [
  ...[
    'test',
    'tags',
    'products',
    'submissions',
    'data',
    'event',
    'event_id',
    'type',
    'name',
    'email',
  ],
  ...['field:a', 'quantities', 'prices', 'occurred_at', 'line_items', 'refunds', 'id', 'currency'],
  ...['toString', 'valueOf', 'constructor', 'toJSON', 'order', 'contact', 'form_name'],
];

function changeOnce(random: Random, root: Json, make: typeof hostile): void {
  let at = root;
  for (;;) {
    const inner = Object.keys(at).filter((key) => at[key] instanceof Object);
    if (inner.length === 0 || chance(random, 0.4)) break;
    const key = pick(random, inner);
    // A long list holds one object many times, and a change of one must not change all.
    const own = structuredClone(at[key]) as Json;
    at[key] = own;
    at = own;
  }
  const own = Object.keys(at);
  const key = own.length > 0 && chance(random, 0.75) ? pick(random, own) : pick(random, KEYS);
  if (Array.isArray(at) && !own.includes(key)) return;
  if (chance(random, 0.1)) delete at[key];
  else at[key] = make(random, own.includes(key) ? at[key] : 'a');
}

/** The body as it goes over the wire; of `wix` what stands in the token. */
function bodyOf(
  random: Random,
  source: CodeSourceName,
  topic: string,
  payload: Json,
): string | Buffer {
  if (source === 'wix') return wixData(random, topic, payload);
  const isText = chance(random, 0.97);
  if (source === 'custom' && chance(random, 0.15)) return formOf(random, payload);
  const json = repeated(random, toText(payload));
  return isText ? json : Buffer.from(json, 'latin1');
}

/** JSON with a key that comes twice. */
function repeated(random: Random, json: string): string {
  if (!json.startsWith('{"') || chance(random, 0.9)) return json;
  return `{"${pick(random, KEYS)}":${toText(hostile(random, 'a'))},${json.slice(1)}`;
}

function formOf(random: Random, payload: Json): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(payload)) {
    pairs.append(key, typeof value === 'string' ? value : toText(value));
  }
  const again = pick(random, ['', '', '&a=', '&email=x', '&tags=a', '&%ff=%c0%80', '&&', '&=']);
  const times = pick(random, [1, 2, 2_000, 9_990, 10_001, 100_000]);
  return pairs.toString() + again.repeat(chance(random, 0.9) ? Math.min(times, 100) : times);
}

function wixData(random: Random, topic: string, payload: Json): string {
  const kinds = pick<Json>(random, [
    { createdEvent: { entity: payload } },
    { createdEvent: { entityAsJson: toText(payload) } },
    {
      updatedEvent: {
        currentEntity: payload,
        modifiedFields: pick<unknown>(random, [payload, 'a', []]),
      },
    },
    { actionEvent: { body: { order: payload, ...payload } } },
    { actionEvent: { bodyAsJson: toText(payload) } },
    payload,
  ]);
  const event = {
    id: chance(random, 0.9) ? 'e-1' : text(random),
    eventTime: '2026-11-21T10:00:00Z',
  };
  const data = toText({ ...event, ...kinds });
  const envelope = {
    eventType: chance(random, 0.9) ? topic : text(random),
    instanceId: chance(random, 0.8) ? 'site' : text(random),
    data: chance(random, 0.5) ? data : hostile(random, data),
    identity: pick<unknown>(random, ['{"identityType":"MEMBER"}', {}, 1]),
  };
  return toText(chance(random, 0.1) ? { ...envelope, data } : envelope);
}
