import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What is read of a `Response`. `text` throws an Error with a `code`, too, where the body is too large. */
export type FetchAnswer = Pick<Response, 'status' | 'ok' | 'text'> & {
  readonly headers: Pick<Headers, 'get'>;
};

/** As much of the global `fetch` as Earmark uses: that one fits, too. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

// A connection that idles this long is closed, as the global fetch does it, before the other side closes it
// just as the next request goes out. After a freeze of Lambda the timers run first, too.
const IDLE_MS = 4_000;
const httpAgent = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS });

/** As the global fetch sends them; but without `identity` an answer may be compressed (RFC 9110 §12.5.3). */
const HEADERS = { accept: '*/*', 'user-agent': 'node', 'accept-encoding': 'identity' };

/**
 * The most that is read of an answer, compressed or not: 500 contacts are a few hundred KB. With 256 MB the
 * worker reads ten answers at once, and each takes up to five times its size.
 */
export const LONGEST_ANSWER_BYTES = 2 * 1024 * 1024;

/**
 * `fetch` over node:http(s), which the AWS client has loaded already; the global one would make every cold
 * start wait for a client of its own. Follows no redirect, and reads the whole answer before it resolves; where
 * that is too large it closes the connection. An answer that came compressed all the same is decompressed.
 * @throws the signal's reason (e.g. a TimeoutError), or the system's error with its `code`, e.g. ECONNREFUSED
 */
export const fetchOverHttp: Fetch = async (url, { method, headers, body, signal }) => {
  const secure = url.startsWith('https:');
  const [request, agent] = secure ? [httpsRequest, httpsAgent] : [httpRequest, httpAgent];
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method, headers: { ...HEADERS, ...headers }, agent, signal };
      request(url, options, resolve).on('error', reject).end(body);
    });
    return answer(response, await read(response));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};

/** The body as it came; undefined, and the connection is closed, where it is too large. */
async function read(response: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    // To leave the loop destroys what it reads.
    if (length > LONGEST_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const answer = (
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer | undefined,
): FetchAnswer => ({
  status: statusCode,
  ok: statusCode >= 200 && statusCode < 300,
  headers: { get: (name) => headers[name.toLowerCase()]?.toString() ?? null },
  text: async () => {
    if (!body) throw coded('ANSWER_TOO_LARGE');
    return new TextDecoder().decode(decoded(body, headers['content-encoding'] ?? ''));
  },
});

const coded = (code: string): Error => Object.assign(new Error(code), { code });

type Decompress = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** `deflate` is meant to be zlib's format, and some send what is inside of it: the first byte shows which. */
const inflate: Decompress = (body, options) =>
  ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, options) : inflateRawSync(body, options);

/** Content codings: https://www.iana.org/assignments/http-parameters (checked 2026-11-28) */
const CODINGS: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['identity', (body) => body],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflate],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
]);

/** Each costs time, however little comes out; nobody applies more than two. */
const MOST_CODINGS = 4;

/**
 * The body without the codings of its `Content-Encoding`, which stand in the order they were applied in. A JSON
 * object is taken as it is: gateways name a coding that they undid, or write a character set there.
 */
function decoded(body: Buffer, encoding: string): Buffer {
  const codings = encoding.toLowerCase().split(',');
  if (codings.length > MOST_CODINGS) return plain(body, 'ANSWER_CODING_UNKNOWN');
  return codings.reduceRight((bytes, coding) => {
    const name = coding.trim();
    const decompress = CODINGS.get(name || 'identity');
    if (!decompress) return plain(bytes, 'ANSWER_CODING_UNKNOWN');
    if (bytes.length === 0) return bytes;
    try {
      return decompress(bytes, { maxOutputLength: LONGEST_ANSWER_BYTES });
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ERR_BUFFER_TOO_LARGE') throw coded('ANSWER_TOO_LARGE');
      return plain(bytes, 'ANSWER_CODING_BROKEN');
    }
  }, body);
}

/** The bytes, where they are a JSON object as they are. Throws `code` otherwise. */
function plain(bytes: Buffer, code: string): Buffer {
  if (/^\s*\{/.test(bytes.toString('latin1', 0, 80))) return bytes;
  throw coded(code);
}
