import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

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
  text(): Promise<string>;
}

/** As much of the global `fetch` as Earmark uses: that one fits, too. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

// A connection that idles this long is closed, as the global fetch does it, before the other side
// closes it just as the next request goes out. After a freeze Lambda's timers run first, too.
const IDLE_MS = 4_000;
const httpAgent = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS });

/** What the global fetch of Node says of itself, so that Wix sees what it saw. */
const HEADERS = { accept: '*/*', 'user-agent': 'node' };

/**
 * `fetch` over node:http(s). The AWS client has loaded that already; the global one would load a client
 * of its own, and every cold start would wait for it.
 * Follows no redirect, asks for no compression, and reads the whole answer before it resolves.
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
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return answer(response, Buffer.concat(chunks));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};

function answer({ statusCode = 0, headers }: IncomingMessage, body: Buffer): FetchAnswer {
  return {
    status: statusCode,
    ok: statusCode >= 200 && statusCode < 300,
    headers: {
      get(name) {
        const value = headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    text: async () => new TextDecoder().decode(body),
  };
}
