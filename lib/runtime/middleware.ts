import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { addLogFields, writeMetrics } from './log.ts';
import { flushMetrics } from './metrics.ts';
import { inScope, scope } from './scope.ts';

/**
 * A handler for Lambda, with a scope for the log fields and metrics of each invocation. No middleware can open
 * it, for middy calls each of them and the handler in turn. Middy's timer is off: it could not stop the work,
 * which Lambda would thaw in the middle of the next invocation. Both functions have deadlines of their own.
 */
export function lambdaHandler<E, A>(
  handle: (event: E, context: Context) => Promise<A>,
  ...middlewares: readonly MiddlewareObj<E, A>[]
): (event: E, context: Context) => Promise<A> {
  const run = middy<E, A>({ timeoutEarlyInMillis: 0 })
    .use([logContext(), publishMetrics(), ...middlewares])
    .handler(handle);
  return (event, context) =>
    inScope({ fields: { ...scope()?.fields }, series: new Map() }, () => run(event, context));
}

/** Puts Lambda's request id on the log lines of the invocation. */
const logContext = (): MiddlewareObj => ({
  before: ({ context }) => addLogFields({ requestId: context.awsRequestId }),
});

/** Writes the metrics that no line of the invocation has taken, when it ends or fails. */
function publishMetrics(): MiddlewareObj {
  const publish = (): void => {
    for (let left = flushMetrics(); left; left = flushMetrics()) writeMetrics(left);
  };
  return { after: publish, onError: publish };
}
