import { gunzipSync } from 'node:zlib';
import { SOURCE_NAMES, type SourceName } from '../../../lib/events/event.ts';
import { KeptDelivery } from '../../../lib/queue/kept-delivery.ts';
import {
  isObject,
  type JsonObject,
  objectOrJson,
  parseObject,
} from '../../../lib/sources/payload/json.ts';
import type { Delivery } from '../../../lib/sources/source.ts';
import { PayloadProblem } from './problem.ts';
import { topicHeaders } from './topic.ts';

/** What is told of a payload besides its file. */
export interface PayloadOptions {
  readonly source?: SourceName | undefined;
  readonly topic?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A delivery as it would come; nobody checks its signature. */
export interface Payload {
  readonly source: SourceName;
  readonly delivery: Delivery;
  /** What was made up for want of a word from whoever gave the payload. */
  readonly notes: readonly string[];
}

/**
 * A payload from the bytes of a file: a raw body, `{headers, body}`, or a delivery as a dead letter keeps
 * it. `folders` are the names above the file: the nearest that is a source's tells it.
 * @throws PayloadProblem
 */
export function payloadOf(
  bytes: Buffer,
  folders: readonly string[],
  options: PayloadOptions,
): Payload {
  const kept = keptDelivery(bytes);
  const source = options.source ?? sourceNamed(kept?.source) ?? folders.findLast(isSourceName);
  if (source === undefined) {
    throw new PayloadProblem(
      `Which source sends it? Say --source ${SOURCE_NAMES.join('|')}, or keep the file in a folder of that name.`,
    );
  }
  const headers = { ...kept?.headers, ...options.headers };
  return completed(source, kept?.body ?? bytes, headers, options);
}

/** A payload of the test file: its body as text or data. @throws PayloadProblem */
export function payloadOfData(source: SourceName, body: unknown, options: PayloadOptions): Payload {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return completed(source, bytes, options.headers ?? {}, options);
}

const isSourceName = (name: string): name is SourceName =>
  (SOURCE_NAMES as readonly string[]).includes(name);

function sourceNamed(name: unknown): SourceName | undefined {
  if (name === undefined) return undefined;
  if (typeof name === 'string' && isSourceName(name)) return name;
  throw new PayloadProblem(
    `The file names the source ${JSON.stringify(name)}; there are ${SOURCE_NAMES.join(', ')}.`,
  );
}

interface Kept {
  readonly source?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const KEPT_KEYS = new Set(Object.keys(KeptDelivery.shape));

/** `{headers, body}` and what a dead letter keeps; a body may have such fields, but hardly no others. */
function keptDelivery(bytes: Buffer): Kept | undefined {
  const written = parseObject(bytes);
  // The whole dead letter, as `dead-letters show --json` gives it.
  const inner = objectOrJson(written?.body);
  const file = inner?.kind === 'delivery' ? inner : written;
  if (file?.body === undefined || !isObject(file.headers)) return undefined;
  if (Object.keys(file).some((key) => !KEPT_KEYS.has(key))) return undefined;
  const { source, headers } = file;
  return { source, headers: textHeaders(headers), body: keptBody(file) };
}

function keptBody({ body, encoding }: JsonObject): Buffer {
  if (typeof body !== 'string') return Buffer.from(JSON.stringify(body));
  if (encoding !== 'gzip') return Buffer.from(body);
  try {
    return gunzipSync(Buffer.from(body, 'base64'));
  } catch {
    throw new PayloadProblem('Its body says to be gzip in base64, and is not.');
  }
}

/** Header names count without case. */
export function textHeaders(headers: JsonObject): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return Object.fromEntries(entries);
}

function completed(
  source: SourceName,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  { topic, now }: PayloadOptions,
): Payload {
  const { bytes, note } = source === 'wix' ? asToken(body) : { bytes: body };
  const told = topicHeaders(source, headers, bytes, topic);
  return {
    source,
    delivery: { headers: told.headers, body: bytes, receivedAt: now },
    notes: [note, told.note].filter((one) => one !== undefined),
  };
}

/** A token has three parts. */
const UNSIGNED = Buffer.from('unsigned').toString('base64url');

/** Wix posts a token. What is in it may be given as JSON: the event, the envelope, or all claims. */
function asToken(body: Buffer): { bytes: Buffer; note?: string } {
  const told = parseObject(body);
  const note = 'the token is read without its signature being checked';
  if (told === undefined) return { bytes: Buffer.from(body.toString().trim()), note };
  const [head, claims] = [{ alg: 'none' }, claimsOf(told)].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return { bytes: Buffer.from(`${head}.${claims}.${UNSIGNED}`) };
}

function claimsOf(told: JsonObject): JsonObject {
  if (told.eventType !== undefined) return { data: told };
  return told.entityFqdn !== undefined ? { data: { data: told } } : told;
}
