import { isCodeSource, type SourceName } from '../../lib/events/event.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import { knownSource, sourceNamed, sourceNames } from '../../lib/sources/index.ts';
import { isObject, type JsonObject } from '../../lib/sources/payload/access.ts';
import type { Sample, SendRequest, SourceInfo } from '../../page/api.ts';
import {
  addressOf,
  type Buyer,
  buyerOf,
  canSign,
  draftSample,
  eventsOf,
  needsContactId,
  type SampleDelivery,
  signAny,
} from '../../samples/samples.ts';
import { signJwt } from '../../samples/sign.ts';
import type { WixSimulator } from '../../simulators/wix/simulator.ts';
import type { LocalSettings } from '../settings.ts';
import type { Request } from './memory.ts';
import { Refusal } from './refusal.ts';

export interface Sending {
  /** Where webhooks are posted: `${url}/webhooks/{source}`. */
  readonly url: string;
  readonly settings: () => Pick<LocalSettings, 'signingSecrets' | 'environment'>;
  readonly wix: Pick<WixSimulator, 'contacts' | 'addContact'> | undefined;
  readonly now: () => number;
}

/** What is posted, and to which source. */
interface Signed {
  readonly source: SourceName;
  readonly delivery: SampleDelivery;
}

export const sourcesOf = ({ settings }: Pick<Sending, 'settings'>): readonly SourceInfo[] =>
  sourceNames().map((name) => ({
    name,
    samples: eventsOf(name),
    canSign: canSign(name) && settings().signingSecrets[name] !== undefined,
  }));

/** The id of the contact of that e-mail address, which is there afterwards. */
export function ensureContact(
  wix: NonNullable<Sending['wix']>,
  buyer: Pick<Buyer, 'email'> & Partial<Buyer>,
): string {
  const known = wix
    .contacts()
    .find(({ info }) => info.emails.items.some(({ email }) => email === buyer.email));
  return known?.id ?? wix.addContact(buyer);
}

/** @throws Refusal for what the source cannot send */
function draftOf(sending: Sending, source: string, type: string, buyer?: Buyer) {
  if (!sourceNamed(source)) throw new Refusal(404, `There is no source ${source}.`);
  const event = eventsOf(source).find((one) => one === type);
  if (!event) throw new Refusal(404, `${source} sends no ${type}.`);
  const about = buyer ?? buyerOf(source);
  const named = source === 'wix' || needsContactId(source, event);
  const contactId = named && sending.wix ? ensureContact(sending.wix, about) : undefined;
  const { WIX_INSTANCE_ID: instanceId } = sending.settings().environment;
  return draftSample(source, {
    now: sending.now(),
    type: event,
    buyer: { ...about, ...(contactId && { contactId }) },
    url: `${sending.url}/webhooks/${source}`,
    ...(instanceId && { instanceId }),
  });
}

/** By which name the topic of a source stands among the headers of the page. */
const topicName = (source: SourceName): string => knownSource(source).topicHeader ?? 'topic';

/** A sample to be edited and sent. @throws Refusal */
export function sampleOf(sending: Sending, source: string, type: string): Sample {
  const { draft } = draftOf(sending, source, type);
  const body = JSON.stringify(draft.payload, null, 2);
  const { email } = buyerOf(source);
  return {
    headers: { [topicName(source)]: draft.topic },
    body,
    email: body.includes(email) ? email : undefined,
  };
}

function secretOf({ settings }: Sending, source: SourceName): string {
  const secret = settings().signingSecrets[source];
  if (secret && canSign(source)) return secret;
  throw new Refusal(
    409,
    `A delivery of ${source} cannot be signed here: the secret is its sender's.`,
  );
}

/** What the page wrote, signed. @throws Refusal for a body that is no JSON object */
export function signWritten(sending: Sending, request: SendRequest): Signed {
  const { source, type, headers, body } = request;
  const { sign } = draftOf(sending, source, type);
  const payload = parseJson(body);
  if (!isObject(payload))
    throw new Refusal(400, 'The body is no JSON object, and nothing was sent.');
  const { [topicName(source)]: topic = '', ...others } = headers;
  const delivery = sign({ topic, payload }, secretOf(sending, source));
  return { source, delivery: { ...delivery, headers: { ...delivery.headers, ...others } } };
}

/** A kept request, signed again, for its secrets are masked. @throws Refusal where that cannot be done */
export function signAgain(sending: Sending, source: SourceName, request: Request): Signed {
  const secret = secretOf(sending, source);
  if (source === 'wix') {
    const body = signJwt(secret, { ...claimsIn(request.body), ...lifeFrom(sending.now()) });
    return { source, delivery: { headers: { 'content-type': 'text/plain' }, body } };
  }
  const payload = parseJson(request.body);
  if (isCodeSource(source) && isObject(payload)) {
    // With fresh ids in the headers, or it would be a duplicate.
    const { sign } = draftOf(sending, source, eventsOf(source)[0] ?? '');
    const topic = request.headers[topicName(source)] ?? '';
    return { source, delivery: sign({ topic, payload }, secret) };
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !OF_THE_WAY.test(name)),
  );
  const url = `${sending.url}/webhooks/${source}`;
  const sent = { method: request.method, url, headers, body: request.body };
  return { source, delivery: signAny(source, secret, sent, sending.now()) };
}

/** Headers that belong to a connection, or to a body's length, and not to what was said. */
const OF_THE_WAY =
  /^(?:host|connection|content-length|transfer-encoding|accept.*|expect|keep-alive|upgrade|te|trailer|sec-.*|x-forwarded-.*)$/;

const lifeFrom = (now: number): { iat: number; exp: number } => {
  const iat = Math.floor(now / 1000);
  return { iat, exp: iat + 3600 };
};

function claimsIn(token: string): JsonObject {
  const [, claims = ''] = token.split('.');
  const value = parseJson(Buffer.from(claims, 'base64url').toString());
  if (isObject(value)) return value;
  throw new Refusal(409, 'Its body is no token of Wix.');
}

/** Posts it as its sender would. */
export async function post({ url }: Sending, { source, delivery }: Signed) {
  const { headers, body } = delivery;
  const address = addressOf(`${url}/webhooks/${source}`, delivery);
  const response = await fetch(address, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
}

/** Somebody of a crowd of invented people. */
const VISITORS = 200;
function visitor(): Buyer {
  const number = Math.floor(Math.random() * VISITORS) + 1;
  const lastName = `Number ${number}`;
  return { firstName: 'Visitor', lastName, email: `visitor-${number}@example.com`, phone: '' };
}

/** Posts a sample of anybody, from a source that can be signed. */
export async function postAny(sending: Sending): Promise<void> {
  const sources = sourcesOf(sending).filter((one) => one.canSign && one.samples.length > 0);
  const source = any(sources.map(({ name }) => name));
  const buyer = visitor();
  if (!source || !sending.wix) return;
  ensureContact(sending.wix, buyer);
  const { draft, sign } = draftOf(sending, source, any(eventsOf(source)) ?? '', buyer);
  await post(sending, { source, delivery: sign(draft, secretOf(sending, source)) });
}

const any = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];
