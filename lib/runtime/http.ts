import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** The answer to a request that could not be worked off now: the sender is to come again. */
const RETRY_AFTER_SECONDS = 30;

/** A JSON answer of an HTTP API. */
export function jsonAnswer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** 503 with Retry-After: nothing was accepted, and a sender that retries loses nothing. */
export function unavailable(reason: string): APIGatewayProxyStructuredResultV2 {
  return jsonAnswer(
    503,
    { status: 'unavailable', reason },
    { 'retry-after': String(RETRY_AFTER_SECONDS) },
  );
}
