import type { Admin, Sites } from './admin.ts';
import {
  emptyError,
  gatewayPage,
  permissionDenied,
  type SimulatedAnswer,
  tooManyRequests,
  unauthenticated,
  validationError,
} from './answers.ts';
import { settleBulkJobs } from './bulk-jobs.ts';
import { control } from './control.ts';
import { type Faults, strike } from './faults.ts';
import type { SimulatedOperation } from './operations.ts';
import type { RateLimit } from './rate.ts';
import { findRoute, type SimulatedRoute } from './routes.ts';
import type { Setup } from './setup.ts';
import type { Site } from './state.ts';
import type { TokenIssuer } from './token.ts';

export interface SimulatedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RecordedCall {
  /** Epoch milliseconds of the arrival. */
  readonly at: number;
  readonly operation: SimulatedOperation | 'unknown';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** 0 while it is not answered, or when the connection was dropped. */
  readonly status: number;
  /** '' when the credentials named none. */
  readonly siteId: string;
}

/** What a call asked and was answered, as text. `answer` is '' where the connection was dropped. */
export interface CallBodies {
  readonly request: string;
  readonly answer: string;
}

export interface HandlerParts {
  readonly setup: Setup;
  readonly sites: Sites;
  readonly admin: Admin;
  readonly apiKey: string | undefined;
  readonly issuer: TokenIssuer;
  readonly rate: RateLimit;
  readonly sendRetryAfter: boolean;
  readonly longestTarget: number;
  readonly faults: Faults;
  readonly sleep: (ms: number) => Promise<void>;
  readonly calls: RecordedCall[];
  readonly onCall: (call: RecordedCall, bodies: CallBodies) => void;
}

/** So that a simulator left running does not fill the memory. */
const MAX_CALLS = 100_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The whole simulated Wix but for the network: one request in, one answer out. */
export function createHandler(
  parts: HandlerParts,
): (request: SimulatedRequest) => Promise<SimulatedAnswer> {
  const { setup, calls } = parts;
  return async (request) => {
    const { method } = request;
    const { pathname: path, searchParams } = new URL(request.url, 'http://simulated.invalid');
    if (path.startsWith('/_simulator/')) {
      return control(parts, `${method} ${path}`, searchParams, parse(request.body)?.json);
    }
    const match = findRoute(method, path);
    const operation = match?.operation ?? 'unknown';
    const at = setup.now();
    const call: Mutable<RecordedCall> = { at, operation, method, path, status: 0, siteId: '' };
    if (calls.length >= MAX_CALLS) calls.splice(0, MAX_CALLS / 2);
    calls.push(call);
    if (request.url.length > parts.longestTarget) {
      call.status = 414;
      return gatewayPage(414);
    }
    const answer = match
      ? await respond(parts, request, searchParams, match, call)
      : emptyError(404);
    call.status = answer.status;
    parts.onCall(call, { request: request.body, answer: answer.body });
    return { ...answer, headers: { 'x-wix-request-id': setup.newId(), ...answer.headers } };
  };
}

/** Credentials, then the site's rate limit, then a fault on demand, then the operation itself. */
async function respond(
  parts: HandlerParts,
  { headers, body }: SimulatedRequest,
  query: URLSearchParams,
  { operation, params, handler }: SimulatedRoute,
  call: Mutable<RecordedCall>,
): Promise<SimulatedAnswer> {
  const { setup, issuer, rate, faults, sleep } = parts;
  const parsed = parse(body);
  let operate = () => issuer.issue(parsed?.json);
  if (handler) {
    const site = identify(parts, headers);
    if ('status' in site) return site;
    call.siteId = site.id;
    const refused = rate.admit(site.id);
    if (refused) {
      const seconds = Math.ceil(refused.waitMs / 1000);
      return tooManyRequests(parts.sendRetryAfter ? seconds : undefined);
    }
    settleBulkJobs(setup, site);
    operate = () =>
      parsed ? handler({ setup, site, params, query, body: parsed.json }) : malformedJson();
  } else {
    call.siteId = issuer.instanceOf(parsed?.json);
  }
  const fault = faults.take(operation);
  return fault ? strike(fault, operate, sleep) : operate();
}

/**
 * API key: the bare key in Authorization and `wix-site-id`, never `wix-account-id` on a call that is
 * a site's (Wix REST docs, "About API keys"). App: the bare token (npm @wix/sdk 1.21.16, AppStrategy).
 * Both checked 2026-11-21. A `Bearer` prefix is seen in the wild, but not in Wix's own code: refused.
 */
function identify(
  { apiKey, issuer, sites }: HandlerParts,
  requestHeaders: SimulatedRequest['headers'],
): Site | SimulatedAnswer {
  const headers = new Headers(requestHeaders);
  const credential = headers.get('authorization');
  if (!credential) return unauthenticated();
  const tokenSite = issuer.siteOf(credential);
  if (tokenSite === undefined && credential !== apiKey) return unauthenticated();
  const siteId = tokenSite ?? headers.get('wix-site-id') ?? '';
  const site = sites.byId.get(siteId);
  return site && !headers.has('wix-account-id') ? site : permissionDenied();
}

/** Undefined for text that is not JSON; `json` is undefined for no text. */
function parse(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const malformedJson = (): SimulatedAnswer =>
  validationError([{ field: '', description: 'is not valid JSON', violatedRule: 'OTHER' }]);
