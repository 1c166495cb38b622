import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { decode, pathPattern } from '../simulators/path-pattern.ts';
import { ACCOUNT } from '../simulators/sqs/address.ts';
import type { RouteSpec } from './template.ts';

// The HTTP API's own conversions, in pure functions. Sources (checked 2026-11-21):
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html

/** A route that a request matched, and what its path's variables hold. */
export interface RouteMatch<R extends Pick<RouteSpec, 'key'>> {
  readonly route: R;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route as API Gateway does: a path without variables before one with them, a greedy one
 * (`{name+}`) after those, the request's method before `ANY`, `$default` last.
 */
export function matchRoute<R extends Pick<RouteSpec, 'key'>>(
  routes: readonly R[],
  method: string,
  path: string,
): RouteMatch<R> | undefined {
  const found = routes.flatMap((route) => {
    const [routeMethod = '', pattern] = route.key.split(' ');
    if (pattern === undefined) return [{ route, pathParameters: {}, rank: 9 }];
    if (routeMethod !== 'ANY' && routeMethod !== method) return [];
    const pathParameters = pathPattern(pattern)(path);
    if (!pathParameters) return [];
    const pathRank = pattern.includes('+}') ? 4 : pattern.includes('{') ? 2 : 0;
    return [{ route, pathParameters, rank: pathRank + (routeMethod === 'ANY' ? 1 : 0) }];
  });
  return found.sort((a, b) => a.rank - b.rank)[0];
}

// Any other content type arrives in base64, forms and requests without one among them. AWS does not
// list them; tried on the real service in github.com/ministackorg/ministack/pull/766 (checked 2026-11-21).
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml)\b)/i;

type HttpRequest = Pick<IncomingMessage, 'url' | 'method' | 'httpVersion' | 'headersDistinct'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/** The payload 2.0 event of a request. `body` are the bytes as they came. */
export function toEvent(
  request: HttpRequest,
  body: Buffer,
  { route, pathParameters }: RouteMatch<Pick<RouteSpec, 'key'>>,
): APIGatewayProxyEventV2 {
  const [path = '/', ...others] = (request.url ?? '/').split('?');
  // An HTTP API decodes it, whatever it is called (github.com/hotsock/voker vokerhttp/testdata, checked 2026-11-28).
  const rawPath = decode(path);
  const rawQueryString = others.join('?');
  // Lower-case names; a name that came twice has its values joined by a comma.
  const { cookie, ...headers }: Record<string, string> = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join()]),
  );
  const isBase64Encoded = body.length > 0 && !TEXT_TYPES.test(headers['content-type'] ?? '');
  const query = new URLSearchParams(rawQueryString);
  const joined = [...query.keys()].map((name) => [name, query.getAll(name).join()]);
  const now = new Date();
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(query.size > 0 && { queryStringParameters: Object.fromEntries(joined) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** What goes back to the caller. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

const jsonAnswer = (status: number, body: string): GatewayAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(body),
});

/** An answer of API Gateway's own. */
export const gatewayAnswer = (status: number, message: string): GatewayAnswer =>
  jsonAnswer(status, JSON.stringify({ message }));

/** Turns what a function returned into an answer; without a `statusCode` it is the JSON body of a 200. */
export function toAnswer(result: unknown): GatewayAnswer {
  if (!isStructured(result)) {
    return jsonAnswer(200, typeof result === 'string' ? result : JSON.stringify(result));
  }
  const headers: Record<string, string | string[]> = { 'content-type': 'text/plain;charset=utf-8' };
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    headers[name.toLowerCase()] = String(value);
  }
  if (result.cookies) headers['set-cookie'] = result.cookies;
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  return { status: result.statusCode ?? 200, headers, body };
}

function isStructured(result: unknown): result is APIGatewayProxyStructuredResultV2 {
  return typeof result === 'object' && result !== null && 'statusCode' in result;
}
