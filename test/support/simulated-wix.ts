import * as z from 'zod/mini';
import { createWixSimulator, type WixSimulatorOptions } from '../../simulators/wix/simulator.ts';

export const API_KEY = 'IST.a-key-of-a-test';
export const SITE_ID = '5a1e0000-0000-4000-8000-000000000001';
/** A GUID that nothing has. */
export const NOBODY = '00000000-0000-4000-8000-00000000dead';

export const CREDENTIALS = { authorization: API_KEY, 'wix-site-id': SITE_ID };

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const Found = z.object({ label: z.object({ key: z.string() }) });
const Refused = z.object({
  details: z.object({ applicationError: z.optional(z.object({ code: z.string() })) }),
});

/** The `applicationError.code` of an answer; undefined where the envelope has none. */
export const codeOf = ({ body }: JsonAnswer): string | undefined =>
  Refused.parse(body).details.applicationError?.code;

/** A simulated Wix with one site, and ways to call its REST with JSON. No sockets. */
export function simulatedWix(options: WixSimulatorOptions = {}) {
  const wix = createWixSimulator({ apiKey: API_KEY, siteId: SITE_ID, ...options });

  /** `route` is a method, a blank, and a path with its query. */
  async function call(
    route: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = CREDENTIALS,
  ): Promise<JsonAnswer> {
    const [method = '', url = ''] = route.split(' ');
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer = await wix.handle({ method, url, headers, body: text });
    return { ...answer, body: JSON.parse(answer.body) };
  }

  /** The key of a label, made if need be. */
  async function keyOf(displayName: string): Promise<string> {
    const { body } = await call('POST /contacts/v4/labels', { displayName });
    return Found.parse(body).label.key;
  }

  return { wix, call, keyOf };
}
