import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createSqsClient } from '../lib/queue/client.ts';
import { createQueue, type QueueOptions } from '../lib/queue/queue.ts';
import { type Clock, systemClock } from '../lib/receiving/deadline.ts';
import { beginDelivery, logDelivery } from '../lib/receiving/delivery-line.ts';
import { fetchText } from '../lib/receiving/fetch-text.ts';
import {
  type HttpAnswer,
  isPayload2,
  NOT_PAYLOAD_2,
  sourceOf,
  toAnswer,
  toDelivery,
  unavailable,
  withoutBody,
} from '../lib/receiving/http.ts';
import { logKept } from '../lib/receiving/kept-line.ts';
import { createReceiver, type Receiver } from '../lib/receiving/receiver.ts';
import { type ReceiveSettings, readReceiveSettings } from '../lib/receiving/settings.ts';
import { compileRules, compileRulesWithHistory } from '../lib/rules/match.ts';
import { memoizeAsync } from '../lib/runtime/concurrency.ts';
import { lambdaHandler } from '../lib/runtime/middleware.ts';
import { readParameters } from '../lib/runtime/parameters.ts';
import rules from '../rules.yml';

/** Compiled as Lambda starts the process, and not while the first sender waits. */
const RULES =
  process.env.STANDING_LABELS !== 'off' ? compileRulesWithHistory(rules) : compileRules(rules);

/** `POST /webhooks/shopify` and so on, one route for each source. */
export const createHandler = (receiver: () => Promise<Receiver>, now: () => number = Date.now) =>
  lambdaHandler<APIGatewayProxyEventV2, HttpAnswer>(async (event) => {
    if (!isPayload2(event)) return answerNoRequest();
    const source = sourceOf(event);
    beginDelivery(source);
    const receive = await receiver();
    const result = await receive(source, toDelivery(event, now()));
    return withoutBody(event, toAnswer(logDelivery(result), result));
  }, answerErrors());

/** The receiver of one deployment. */
export function openReceiver(
  settings: ReceiveSettings,
  client: QueueOptions['client'] = createSqsClient(),
  compiledRules = RULES,
  clock: Clock = systemClock,
): Receiver {
  const { secrets, siteOf, queueUrl, deadLetterQueueUrl, keepsDeliveries } = settings;
  const queue = createQueue({ client, queueUrl, deadLetterQueueUrl });
  return createReceiver({
    secrets,
    siteOf,
    queue,
    clock,
    fetchText,
    rules: compiledRules,
    keep: keepsDeliveries ? logKept : undefined,
  });
}

/** Answers what is thrown before a delivery is accepted: the sender comes again. */
const answerErrors = (): MiddlewareObj<APIGatewayProxyEventV2, HttpAnswer> => ({
  onError(request) {
    const httpStatus = logDelivery({ status: 'unavailable', error: request.error });
    const answer = unavailable(httpStatus, 'Nothing was accepted. Please send it again.');
    request.response = withoutBody(request.event, answer);
  },
});

function answerNoRequest(): HttpAnswer {
  const httpStatus = logDelivery({ status: 'unavailable', reason: NOT_PAYLOAD_2 });
  return unavailable(httpStatus, 'Nothing was accepted. The log of Earmark says why.');
}

export const handler = createHandler(
  memoizeAsync(async () => openReceiver(await readReceiveSettings(process.env, readParameters))),
);
