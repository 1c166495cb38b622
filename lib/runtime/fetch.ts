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

/** What of a `Response` is read here. */
export interface FetchAnswer {
  readonly status: number;
  /** A status from 200 to 299. */
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  /** @throws an Error with a `code` where the body is too large, or compressed in a way nobody can undo */
  text(): Promise<string>;
}

/** As much of the global `fetch` as Earmark uses: that one fits, too. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

// A connection that idles this long is closed, as the global fetch does it, before the other side
// closes it just as the next request goes out. After a freeze Lambda's timers run first, too.
const IDLE_MS = 4_000;
const httpAgent = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS });

/**
 * What the global fetch of Node says of itself, so that Wix sees what it saw, and that nothing is to be
 * compressed: who says nothing permits it (RFC 9110 §12.5.3).
 */
const HEADERS = { accept: '*/*', 'user-agent': 'node', 'accept-encoding': 'identity' };

/**
 * The most that is read of an answer, and the most that may come out of a compressed one. A page of 500
 * contacts, the most that Earmark asks for, is a few hundred KB; the worker reads ten answers at once with
 * 256 MB, and each takes up to five times its size.
 */
export const LONGEST_ANSWER_BYTES = 2 * 1024 * 1024;

/**
 * `fetch` over node:http(s). The AWS client has loaded that already; the global one would load a client
 * of its own, and every cold start would wait for it.
 * Follows no redirect, and reads the whole answer before it resolves; of one that is too large it closes the
 * connection. What came compressed all the same is undone.
 *
 * @throws the signal's reason (a TimeoutError where it is a timeout's), or the system's error with its
 * `code`, e.g. ECONNREFUSED
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

function answer(
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer | undefined,
): FetchAnswer {
  return {
    status: statusCode,
    ok: statusCode >= 200 && statusCode < 300,
    headers: {
      get(name) {
        const value = headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    text: async () => {
      if (!body) throw coded('ANSWER_TOO_LARGE');
      return new TextDecoder().decode(decoded(body, headers['content-encoding'] ?? ''));
    },
  };
}

const coded = (code: string): Error => Object.assign(new Error(code), { code });

type Undo = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** `deflate` is meant to be zlib's format, and some send what is inside of it: the first byte tells. */
const inflate: Undo = (body, options) =>
  ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, options) : inflateRawSync(body, options);

/** Content codings: https://www.iana.org/assignments/http-parameters (checked 2026-11-28) */
const CODINGS: ReadonlyMap<string, Undo> = new Map<string, Undo>([
  ['identity', (body) => body],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflate],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
]);

/** Each costs time, however little comes out: nobody applies more than two. */
const MOST_CODINGS = 4;

/**
 * The body without its codings. A JSON object is one whatever its header says: gateways name a coding that
 * they undid, or write a character set there.
 *
 * @param encoding a `Content-Encoding` header: the codings in the order in which they were applied
 */
function decoded(body: Buffer, encoding: string): Buffer {
  const codings = encoding.toLowerCase().split(',');
  if (codings.length > MOST_CODINGS) return plain(body, 'ANSWER_CODING_UNKNOWN');
  return codings.reduceRight((bytes, coding) => {
    const name = coding.trim();
    const undo = CODINGS.get(name || 'identity');
    if (!undo) return plain(bytes, 'ANSWER_CODING_UNKNOWN');
    if (bytes.length === 0) return bytes;
    try {
      return undo(bytes, { maxOutputLength: LONGEST_ANSWER_BYTES });
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ERR_BUFFER_TOO_LARGE') throw coded('ANSWER_TOO_LARGE');
      return plain(bytes, 'ANSWER_CODING_BROKEN');
    }
  }, body);
}

/** The bytes, where they are what they are meant to be without being undone. Throws `code` otherwise. */
function plain(bytes: Buffer, code: string): Buffer {
  if (/^\s*\{/.test(bytes.toString('latin1', 0, 80))) return bytes;
  throw coded(code);
}
