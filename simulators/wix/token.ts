import * as z from 'zod/mini';
import { json, type SimulatedAnswer } from './answers.ts';

export interface SimulatedApp {
  readonly id: string;
  readonly secret: string;
  /** The sites that have the app installed: each instance is a site of its own. */
  readonly instanceIds: readonly string[];
}

export interface TokenIssuer {
  issue(body: unknown): SimulatedAnswer;
  /** The instance a request for a token names, for the record; '' when it names none. */
  instanceOf(body: unknown): string;
  /** The instance a token is for; undefined when it is unknown or has ended. */
  siteOf(token: string): string | undefined;
}

const TOKEN_LIFE_SECONDS = 14_400;

const TokenRequest = z.object({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  instance_id: z.string(),
});

/** Failures of this endpoint are not documented: these are OAuth 2.0's own (RFC 6749 §5.2). */
const refuse = (status: number, error: string): SimulatedAnswer => json(status, { error });

/**
 * `POST /oauth2/token` with client credentials: tokens of four hours, no refresh token.
 * https://dev.wix.com/docs/api-reference/app-management/oauth-2/create-access-token (checked 2026-11-21)
 */
export function createTokenIssuer(
  app: SimulatedApp | undefined,
  now: () => number,
  newId: () => string,
): TokenIssuer {
  const tokens = new Map<string, { readonly siteId: string; readonly endsAt: number }>();

  return {
    issue(body) {
      const { success, data } = TokenRequest.safeParse(body);
      if (!success) return refuse(400, 'invalid_request');
      if (data.grant_type !== 'client_credentials') return refuse(400, 'unsupported_grant_type');
      if (data.client_id !== app?.id || data.client_secret !== app.secret) {
        return refuse(401, 'invalid_client');
      }
      if (!app.instanceIds.includes(data.instance_id)) return refuse(400, 'invalid_grant');
      const token = `OauthNG.JWS.${newId()}`;
      tokens.set(token, { siteId: data.instance_id, endsAt: now() + TOKEN_LIFE_SECONDS * 1000 });
      const life = { token_type: 'Bearer', expires_in: TOKEN_LIFE_SECONDS };
      return json(200, { access_token: token, ...life });
    },
    instanceOf: (body) => TokenRequest.safeParse(body).data?.instance_id ?? '',
    siteOf(token) {
      const known = tokens.get(token);
      return known && now() < known.endsAt ? known.siteId : undefined;
    },
  };
}
