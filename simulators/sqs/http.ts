import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Loopback, listenOnLoopback } from '../loopback.ts';
import type { MovableClock } from '../movable-clock.ts';
import { SqsError } from './errors.ts';
import type { Input, Operations } from './operations.ts';

/**
 * Speaks SQS's protocol on loopback: AWS JSON 1.0, the operation in `X-Amz-Target`, the codes of errors
 * in `x-amzn-query-error` as well. Signatures are not checked.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html (checked 2026-11-28)
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#querycompatible-protocol (checked 2026-11-28)
 *
 * @param clock that of the operations. Its seconds are as long as the system's, for long polls wait by those.
 */
export async function serveSqs(
  operations: Operations,
  { now, onMove }: Pick<MovableClock, 'now' | 'onMove'>,
): Promise<Loopback> {
  return listenOnLoopback(async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace(/^AmazonSQS\./, '');
    try {
      const input = (await json(request)) as Input;
      const perform = action === 'ReceiveMessage' ? receive : operations.perform;
      send(response, 200, await perform(action, input, goneFrom(response)), {});
    } catch (error) {
      sendError(response, error);
    }
  });

  /** Answers at once when there is something, else after the wait, or not at all to one who is gone. */
  async function receive(action: string, input: Input, isGone: AbortSignal): Promise<object> {
    const until = now() + (input.WaitTimeSeconds ?? 0) * 1000;
    const queue = operations.queue(input.QueueUrl);
    for (;;) {
      const changed = queue.changed();
      if (isGone.aborted) return {};
      const answer = operations.perform(action, input);
      if ('Messages' in answer || now() >= until) return answer;
      const next = Math.min(until, queue.nextVisibleAt() ?? until);
      const waiting = new AbortController();
      const stopListening = onMove(() => waiting.abort());
      const signal = AbortSignal.any([isGone, waiting.signal]);
      const passed = sleep(Math.max(1, next - now()), undefined, { signal, ref: false });
      await Promise.race([passed.catch(() => {}), changed]);
      waiting.abort();
      stopListening();
    }
  }
}

function goneFrom(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

function sendError(response: ServerResponse, error: unknown): void {
  const isRefusal = error instanceof SqsError;
  const name = isRefusal ? error.name : 'InternalFailure';
  const query = isRefusal ? `${error.queryCode};Sender` : 'InternalFailure;Receiver';
  const message = error instanceof Error ? error.message : String(error);
  const body = { __type: `com.amazonaws.sqs#${name}`, message };
  send(response, isRefusal ? 400 : 500, body, { 'x-amzn-query-error': query });
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(JSON.stringify(body));
}
