import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createSqsClient } from '../lib/queue/client.ts';
import { createQueue, type QueueOptions } from '../lib/queue/queue.ts';
import { createReceiver, type Receipt, type Receiver } from '../lib/receiving/receiver.ts';
import { type ReceiveSettings, readReceiveSettings } from '../lib/receiving/settings.ts';
import { compileRules } from '../lib/rules/match.ts';
import { jsonAnswer, unavailable } from '../lib/runtime/http.ts';
import { inInvocation } from '../lib/runtime/invocation.ts';
import { addLogFields, errorFields, log } from '../lib/runtime/log.ts';
import { note, takeMetrics } from '../lib/runtime/metrics.ts';
import { once } from '../lib/runtime/once.ts';
import { readParameters } from '../lib/runtime/parameters.ts';
import { isSource } from '../lib/sources/index.ts';
import type { Delivery } from '../lib/sources/source.ts';
import rules from '../rules.yml';

type Answer = APIGatewayProxyStructuredResultV2;

/** Some senders take 200 alone for an answer, so nothing that was accepted gets another code. */
const HTTP_STATUS: Readonly<Record<Receipt['status'], number>> = {
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
): Receiver {
  const { secrets, siteOf, queueUrl, deadLetterQueueUrl } = settings;
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
  return createReceiver({ secrets, siteOf, queue, rules: compiledRules });
}

/** An HTTP API event (payload 2.0) as a delivery. Header names are lower case there already. */
function toDelivery(event: APIGatewayProxyEventV2, now: number): Delivery {
  // Typed for what may be missing; those that are there hold text.
  const headers = event.headers as Delivery['headers'];
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return { headers, body, receivedAt: now };
}

function toAnswer(receipt: Receipt): Answer {
  const { status, id, reason } = receipt;
  const httpStatus = HTTP_STATUS[status];
  const write = httpStatus === 200 && status !== 'dead-letter' ? log.info : log.warn;
  const { id: eventId, ...fields } = receipt;
  write('delivery', { eventId, httpStatus, ...fields, ...takeMetrics() });
  // A stranger is not told what is configured; the log is.
  return jsonAnswer(httpStatus, { status, id, reason: status === 'refused' ? REFUSED : reason });
}

/** `POST /webhooks/{source}`. */
export function createHandler(receiver: () => Promise<Receiver>, now: () => number = Date.now) {
  // No timer for an early end: a call of AWS is given up after 4 s. Should several be as slow, Lambda ends
  // the invocation, and who was not answered comes again.
  const handle = middy<APIGatewayProxyEventV2, Answer>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      const fields = { status: 'unavailable', httpStatus: 503, ...errorFields(request.error) };
      log.error('delivery', { ...fields, ...takeMetrics() });
      request.response = unavailable('Nothing was accepted. Please send it again.');
    })
    .handler(async (event) => {
      if (event.requestContext.http.method !== 'POST') {
        return jsonAnswer(405, { status: 'refused', reason: 'POST only' }, { allow: 'POST' });
      }
      const source = event.pathParameters?.source ?? '';
      addLogFields({ source: source.slice(0, 64) });
      note('Received', { Source: isSource(source) ? source : 'unknown' });
      const receive = await receiver();
      return toAnswer(await receive(source, toDelivery(event, now())));
    });
  return inInvocation(handle);
}

const start = once(async () => {
  const settings = await readReceiveSettings(process.env, readParameters);
  return openReceiver(settings);
});

export const handler = createHandler(start);
