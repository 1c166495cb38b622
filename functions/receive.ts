import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createSqsClient } from '../lib/queue/client.ts';
import { createQueue, type QueueOptions } from '../lib/queue/queue.ts';
import { type Clock, systemClock } from '../lib/receiving/deadline.ts';
import { createReceiver, type ReceiveResult, type Receiver } from '../lib/receiving/receiver.ts';
import { type ReceiveSettings, readReceiveSettings } from '../lib/receiving/settings.ts';
import { compileRules } from '../lib/rules/match.ts';
import { jsonAnswer, unavailable } from '../lib/runtime/http.ts';
import { addLogFields, errorFields, log } from '../lib/runtime/log.ts';
import { addMetric, flushMetrics } from '../lib/runtime/metrics.ts';
import {
  logContext,
  OWN_DEADLINE,
  publishMetrics,
  withInvocation,
} from '../lib/runtime/middleware.ts';
import { once } from '../lib/runtime/once.ts';
import { readParameters } from '../lib/runtime/parameters.ts';
import { isSource } from '../lib/sources/index.ts';
import type { Delivery } from '../lib/sources/source.ts';
import rules from '../rules.yml';

type Answer = APIGatewayProxyStructuredResultV2;

/** Some senders take 200 alone for an answer, so nothing that was accepted gets another code. */
const HTTP_STATUS: Readonly<Record<ReceiveResult['status'], number>> = {
  queued: 200,
  duplicate: 200,
  ignored: 200,
  ping: 200,
  'dead-letter': 200,
  refused: 401,
  'unknown-source': 404,
  'too-large': 413,
};

const REFUSED = "The request was not recognised as the source's own. The log of Earmark says why.";

/** Compiled as Lambda starts the process, and not while the first sender waits. */
const RULES = compileRules(rules);

/** The receiver of one deployment. */
export function openReceiver(
  settings: ReceiveSettings,
  client: QueueOptions['client'] = createSqsClient(),
  compiledRules = RULES,
  clock: Clock = systemClock,
): Receiver {
  const { secrets, siteOf, queueUrl, deadLetterQueueUrl } = settings;
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
  return createReceiver({ secrets, siteOf, queue, clock, rules: compiledRules });
}

/**
 * Whether an event is of payload 2.0, as an HTTP API and a function URL send it. A REST API, an HTTP API set to
 * payload 1.0 and a load balancer send others, and a test from Lambda's own page has no request in it at all.
 * docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (checked 2026-11-28)
 */
const isPayload2 = (event: Partial<APIGatewayProxyEventV2> | null | undefined): boolean =>
  Boolean(event?.headers) && (event?.version === '2.0' || typeof event?.rawPath === 'string');

const NOT_PAYLOAD_2 =
  'This is no request of an HTTP API with payload format 2.0, or it has no headers. Put an HTTP API or a function URL before receive: docs/deploy.md, "Another way in".';

/**
 * The source that an event's address names: `/webhooks/shopify`, behind whatever a custom domain or a stage puts
 * before it. A route of one's own may have it as the variable `{source}`.
 */
function sourceOf({ pathParameters, rawPath = '' }: APIGatewayProxyEventV2): string {
  return pathParameters?.source ?? rawPath.replace(/\/$/, '').split('/').at(-1) ?? '';
}

/** An HTTP API event (payload 2.0) as a delivery. Header names are lower case there already. */
function toDelivery(event: APIGatewayProxyEventV2, now: number): Delivery {
  // Typed for what may be missing; those that are there hold text.
  const headers = event.headers as Delivery['headers'];
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return { headers, body, receivedAt: now };
}

function toAnswer(receipt: ReceiveResult): Answer {
  const { status, id, reason } = receipt;
  const httpStatus = HTTP_STATUS[status];
  const write = httpStatus === 200 && status !== 'dead-letter' ? log.info : log.warn;
  const { id: eventId, ...fields } = receipt;
  write('delivery', { eventId, httpStatus, ...fields, ...flushMetrics() });
  // A stranger is not told what is configured; the log is.
  return jsonAnswer(httpStatus, { status, id, reason: status === 'refused' ? REFUSED : reason });
}

/** `POST /webhooks/shopify` and so on, one route for each source. */
export function createHandler(receiver: () => Promise<Receiver>, now: () => number = Date.now) {
  const handle = middy<APIGatewayProxyEventV2, Answer>(OWN_DEADLINE)
    .use(logContext())
    .use(publishMetrics())
    .onError((request) => {
      const fields = { status: 'unavailable', httpStatus: 503, ...errorFields(request.error) };
      log.error('delivery', { ...fields, ...flushMetrics() });
      request.response = unavailable('Nothing was accepted. Please send it again.');
    })
    .handler(async (event) => {
      if (!isPayload2(event)) {
        log.error('delivery', { status: 'unavailable', httpStatus: 503, reason: NOT_PAYLOAD_2 });
        return unavailable('Nothing was accepted. The log of Earmark says why.');
      }
      const source = sourceOf(event);
      addLogFields({ source: source.slice(0, 64) });
      addMetric('Received', { Source: isSource(source) ? source : 'unknown' });
      const receive = await receiver();
      return toAnswer(await receive(source, toDelivery(event, now())));
    });
  return withInvocation(handle);
}

const start = once(async () => {
  const settings = await readReceiveSettings(process.env, readParameters);
  return openReceiver(settings);
});

export const handler = createHandler(start);
