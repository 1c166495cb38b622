import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Address, Delivery } from '../sources/source.ts';
import { type ReceiveResult, reasonOf } from './delivery-line.ts';

export type HttpAnswer = APIGatewayProxyStructuredResultV2;

/**
 * Whether an event is of payload 2.0, as an HTTP API and a function URL send it. A REST API, an HTTP API set to
 * payload 1.0 and a load balancer send others, and a test from Lambda's own page has no request in it at all.
 * docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (checked 2026-11-28)
 */
export const isPayload2 = (event: Partial<APIGatewayProxyEventV2> | null | undefined): boolean =>
  Boolean(event?.headers && event.requestContext?.http) &&
  (event?.version === '2.0' || typeof event?.rawPath === 'string');

export const NOT_PAYLOAD_2 =
  'This is no request of an HTTP API with payload format 2.0, or it has no headers. Put an HTTP API or a function URL before receive: docs/deploy.md, "Another way in".';

/**
 * What an event's path names: `/webhooks/shopify`, or `/webhooks/thrivecart/<secret>`, after anything that a custom
 * domain or a stage puts before it. A route of your own may have both as variables, or as one greedy `{source+}`. A
 * path without `webhooks` ends with the source.
 */
function partsOf({ pathParameters, rawPath = '' }: APIGatewayProxyEventV2): readonly string[] {
  const { source, secret } = pathParameters ?? {};
  if (source !== undefined)
    return [...source.split('/'), ...(secret === undefined ? [] : [secret])];
  const parts = rawPath.replace(/\/$/, '').split('/');
  // The last one that something follows.
  return parts.slice(parts.lastIndexOf('webhooks', -2) + 1 || -1).map(decoded);
}

/** The source that an event's address names. */
export const sourceOf = (event: APIGatewayProxyEventV2): string => partsOf(event)[0] ?? '';

/** An HTTP API event (payload 2.0) as a delivery. Header names are lower case there already. */
export function toDelivery(event: APIGatewayProxyEventV2, now: number): Delivery {
  // The type allows for missing headers; those that are there hold text.
  const headers = event.headers as Delivery['headers'];
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return { headers, body, receivedAt: now, address: addressOf(event) };
}

function addressOf(event: APIGatewayProxyEventV2): Address {
  const { headers, rawPath = '', rawQueryString: query = '', requestContext } = event;
  const { http, domainName } = requestContext;
  const [, ...secret] = partsOf(event);
  return {
    method: http.method,
    url: `https://${headers.host ?? domainName}${encoded(rawPath)}${query && `?${query}`}`,
    secret: secret.join('/') || undefined,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** A part of a path that may be encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * A path as its sender wrote it. An HTTP API gives it decoded, a function URL as it came
 * (github.com/hotsock/voker vokerhttp/testdata, events of both, checked 2026-11-28): so what no written path can
 * hold is encoded, and the rest left alone.
 */
const encoded = (path: string): string =>
  path.toWellFormed().replace(/%(?![\da-f]{2})|[^\w.~!$&'()*+,;=:@/%-]/giu, encodeURIComponent);

/** An answer without its body where the request is a HEAD. */
export const withoutBody = (
  { requestContext }: APIGatewayProxyEventV2,
  answer: HttpAnswer,
): HttpAnswer =>
  requestContext.http.method === 'HEAD' ? { statusCode: answer.statusCode } : answer;

const REFUSED = "The request was not recognised as the source's own. The log of Earmark says why.";

/** The answer to the sender. A stranger does not learn what is configured; the log says it. */
export function toAnswer(statusCode: number, result: ReceiveResult): HttpAnswer {
  const { status } = result;
  const eventId = 'event' in result ? result.event?.id : undefined;
  const id = eventId ?? (status === 'dead-letter' ? result.deadLetter.id : undefined);
  return jsonAnswer(statusCode, {
    status,
    id,
    reason: status === 'refused' ? REFUSED : reasonOf(result),
  });
}

/** After how many seconds the sender of what was not accepted is to come again. */
const RETRY_AFTER = '30';

/** Nothing was accepted: a sender that retries loses nothing. */
export const unavailable = (statusCode: number, reason: string): HttpAnswer =>
  jsonAnswer(statusCode, { status: 'unavailable', reason }, { 'retry-after': RETRY_AFTER });

const jsonAnswer = (
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
