import * as z from 'zod/mini';
import { createSingleFlight } from '../../runtime/concurrency.ts';
import { log } from '../../runtime/log.ts';
import type { CallContext, SendWithin } from './budget.ts';
import type { Call, RequestHeaders, WixRequest } from './client.ts';
import { WixError } from './failure.ts';

/** How Earmark shows itself to Wix: an account's API key, or an app's own id and secret. */
export type Credentials =
  | { readonly kind: 'api-key'; readonly apiKey: string }
  | { readonly kind: 'app'; readonly appId: string; readonly appSecret: string };

export interface Authorizer {
  /** Headers for calls to a site: a site id with an API key, an instance id with an app. @throws WixError */
  headers(context: CallContext): Promise<RequestHeaders>;
  /**
   * Wix refused these headers. True: there may be new ones (an app's token, asked for once however many
   * callers were refused). False: there are no others (an API key).
   */
  refused(site: string, headers: RequestHeaders): boolean;
}

export function createAuthorizer(
  credentials: Credentials,
  send: SendWithin,
  now: () => number,
): Authorizer {
  return credentials.kind === 'api-key'
    ? apiKeyAuthorizer(credentials.apiKey)
    : appAuthorizer(credentials, send, now);
}

/** `Authorization` is the bare key and `wix-site-id` names the site (Wix REST docs, "About API keys", checked 2026-11-21). */
const apiKeyAuthorizer = (apiKey: string): Authorizer => ({
  headers: async ({ site }) => ({ authorization: apiKey, 'wix-site-id': site }),
  refused: () => false,
});

/** A token is renewed this long before it ends, so that none ends under way. */
const RENEWAL_MARGIN_MS = 5 * 60_000;
/** The life that Wix documents, and names in each answer. A token that ends sooner is refused, and then renewed. */
const USUAL_LIFE_SECONDS = 4 * 3_600;
/** A longer life than any that is documented: not believed. */
const LONGEST_LIFE_SECONDS = 24 * 3_600;

const TokenAnswer = z.object({
  access_token: z.string().check(z.minLength(1)),
  expires_in: z.optional(z.unknown()),
});

/** What fits a field of HTTP: visible characters, blanks and tabs (RFC 9110 §5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** `expires_in`, which RFC 6749 §5.1 only recommends, as a number or text; the usual life where it makes no sense. */
function lifeMs(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  const isLife = typeof seconds === 'number' && seconds >= 1 && seconds <= LONGEST_LIFE_SECONDS;
  return (isLife ? seconds : USUAL_LIFE_SECONDS) * 1000;
}

interface Token {
  readonly headers: RequestHeaders;
  readonly renewAt: number;
}

/**
 * Client credentials grant: `POST /oauth2/token`, four-hour tokens, no refresh token.
 * https://dev.wix.com/docs/api-reference/app-management/oauth-2/create-access-token (checked 2026-11-21)
 */
function appAuthorizer(
  { appId, appSecret }: { appId: string; appSecret: string },
  send: SendWithin,
  now: () => number,
): Authorizer {
  const current = new Map<string, Token>();
  const singly = createSingleFlight<Token>();

  async function createToken(context: CallContext): Promise<Token> {
    const request = {
      operation: 'createToken',
      method: 'POST',
      path: '/oauth2/token',
      body: {
        grant_type: 'client_credentials',
        client_id: appId,
        client_secret: appSecret,
        instance_id: context.site,
      },
      answer: TokenAnswer,
    } as const;
    const { access_token, expires_in } = await send(request, {}, context);
    if (!HEADER_VALUE.test(access_token)) {
      const detail = 'The token holds a character that no HTTP header takes. It is not used.';
      log.error('token-unusable', { site: context.site, detail });
      throw new WixError({ operation: 'createToken', kind: 'unexpected-response', status: 200 });
    }
    const life = lifeMs(expires_in);
    const renewAt = now() + life - Math.min(RENEWAL_MARGIN_MS, life / 2);
    const token = { headers: { authorization: access_token }, renewAt };
    current.set(context.site, token);
    return token;
  }

  return {
    async headers(context) {
      const { site } = context;
      const known = current.get(site);
      if (known && now() < known.renewAt) return known.headers;
      return (await singly(site, () => createToken(context))).headers;
    },
    refused(site, headers) {
      if (current.get(site)?.headers === headers) current.delete(site);
      return true;
    },
  };
}

/** Calls with the site's credentials; if Wix refuses them, once more with new ones where there are any. */
export function withFreshCredentials(
  authorizer: Authorizer,
  send: SendWithin,
  context: CallContext,
): Call {
  async function call<T>(request: WixRequest<T>, tries: number): Promise<T> {
    const headers = await authorizer.headers(context);
    try {
      return await send(request, headers, context);
    } catch (error) {
      const isRefused = error instanceof WixError && error.failure.status === 401;
      if (!isRefused || !authorizer.refused(context.site, headers) || tries === 1) throw error;
      return call(request, tries - 1);
    }
  }
  return (request) => call(request, 2);
}
