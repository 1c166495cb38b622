import type { SourceName } from '../../../lib/events/event.ts';
import { KeptDelivery, keptBody } from '../../../lib/queue/kept-delivery.ts';
import { inWords } from '../../../lib/sources/in-words.ts';
import { knownSource, sourceNames } from '../../../lib/sources/index.ts';
import { isObject, type JsonObject } from '../../../lib/sources/payload/access.ts';
import { objectOrJson, parseObject } from '../../../lib/sources/payload/parse.ts';
import type { Delivery } from '../../../lib/sources/source.ts';
import { topicHeaders } from './topic.ts';

/** A payload cannot become a delivery. The message says what is wrong, and what to do. */
export class PayloadProblem extends Error {
  override readonly name = 'PayloadProblem';
}

/** Nothing says who sends it. */
export class UnknownSender extends PayloadProblem {}

/** What is known of a payload besides its file. */
export interface PayloadOptions {
  readonly source?: SourceName | undefined;
  readonly topic?: string | undefined;
  readonly headers?: Delivery['headers'] | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A delivery as it would come; nobody checks its signature. */
export interface UnsignedDelivery {
  readonly source: SourceName;
  readonly delivery: Delivery;
  /** What was guessed or not checked, because there is no more than the payload. */
  readonly notes: readonly string[];
}

/**
 * A delivery from the bytes of a file: a raw body, `{headers, body}`, or a delivery as a dead letter keeps
 * it. `folders` are the names above the file: the nearest one that is a source's names the source.
 * @throws PayloadProblem
 */
export function deliveryOf(
  bytes: Buffer,
  folders: readonly string[],
  options: PayloadOptions,
): UnsignedDelivery {
  const kept = keptDelivery(bytes);
  const source = options.source ?? sourceOf(kept?.source) ?? folders.findLast(isSource);
  if (source === undefined) {
    throw new UnknownSender(
      'Which source sends it? Say --source NAME, or keep the file in a folder of that name. ' +
        `There are ${inWords(sourceNames())}.`,
    );
  }
  const headers = { ...kept?.headers, ...options.headers };
  return completed(source, kept?.body ?? bytes, { ...options, headers });
}

/** A delivery of the test file: its body as text or data. @throws PayloadProblem */
export const deliveryOfData = (
  source: SourceName,
  body: unknown,
  options: PayloadOptions,
): UnsignedDelivery => completed(source, bytesOf(body), options);

const isSource = (name: string): boolean => sourceNames().includes(name);

function sourceOf(name: unknown): SourceName | undefined {
  if (name === undefined) return undefined;
  if (typeof name === 'string' && isSource(name)) return name;
  throw new PayloadProblem(
    `The file names the source ${JSON.stringify(name)}; there are ${inWords(sourceNames())}.`,
  );
}

/** The engine keeps two more with a delivery. */
const KEPT_KEYS = new Set([...Object.keys(KeptDelivery.shape), 'id', 'answer']);

/** Reads `{headers, body}` and what a dead letter keeps. A plain body may have such fields, but always others too. */
export function keptDelivery(bytes: Buffer) {
  const written = parseObject(bytes);
  // The whole dead letter, as `dead-letters show --json` prints it.
  const inner = objectOrJson(written?.body);
  const file = inner?.kind === 'delivery' ? inner : written;
  if (file?.body === undefined || !isObject(file.headers)) return undefined;
  if (Object.keys(file).some((key) => !KEPT_KEYS.has(key))) return undefined;
  const { source, headers, body, encoding } = file;
  return { source, headers: textHeaders(headers), body: bytesOf(body, encoding) };
}

/** The bytes of a body, which may be text, gzip in base64, or data. */
function bytesOf(body: unknown, encoding?: unknown): Buffer {
  if (typeof body !== 'string') return Buffer.from(JSON.stringify(body));
  try {
    return keptBody({ encoding: encoding === 'gzip' ? 'gzip' : 'utf8', body });
  } catch {
    throw new PayloadProblem('Its body says to be gzip in base64, and is not.');
  }
}

/** Header names count without case. */
export const textHeaders = (headers: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );

function completed(
  source: SourceName,
  body: Buffer,
  { headers = {}, topic, now }: PayloadOptions,
): UnsignedDelivery {
  if (topic !== undefined && knownSource(source).topicHeader === undefined) {
    throw new PayloadProblem(`${source} says what happened in the body: leave the topic out.`);
  }
  const { bytes, note } = source === 'wix' ? asToken(body) : { bytes: body };
  const found = topicHeaders(source, headers, bytes, topic);
  return {
    source,
    delivery: { headers: found.headers, body: bytes, receivedAt: now },
    notes: [note, found.note].filter((one) => one !== undefined),
  };
}

/** Wix posts a token. What is in it may be given as JSON: the event, the envelope, or all claims. */
function asToken(body: Buffer): { bytes: Buffer; note?: string } {
  const given = parseObject(body);
  const note = 'the token is read without its signature being checked';
  if (given === undefined) return { bytes: Buffer.from(body.toString().trim()), note };
  const parts = [JSON.stringify({ alg: 'none' }), JSON.stringify(claimsOf(given)), 'unsigned'];
  const token = parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
  return { bytes: Buffer.from(token) };
}

function claimsOf(given: JsonObject): JsonObject {
  if (given.eventType !== undefined) return { data: given };
  return given.entityFqdn !== undefined ? { data: { data: given } } : given;
}
