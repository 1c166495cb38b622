import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { addLogFields, writeMetrics } from './log.ts';
import { flushMetrics } from './metrics.ts';
import { inScope, scope } from './scope.ts';

/**
 * The options of middy that both functions have. Both have deadlines of their own, well before Lambda's. An
 * early end by middy's timer could not stop the work: Lambda would freeze it, and thaw it in the middle of the
 * next invocation. At Lambda's own timeout the process ends, and the work with it.
 */
export const OWN_DEADLINE = { timeoutEarlyInMillis: 0 } as const;

/**
 * The handler, with a scope of its own for each invocation: for the fields of its log lines, and for its
 * metrics. No middleware can open a scope, for middy calls each of them and the handler one after the other.
 */
export const withInvocation =
  <E, A>(handle: (event: E, context: Context) => Promise<A>) =>
  (event: E, context: Context): Promise<A> =>
    inScope({ fields: { ...scope()?.fields }, series: new Map() }, () => handle(event, context));

/** Puts Lambda's request id on the log lines of the invocation. */
export const logContext = (): MiddlewareObj => ({
  before: ({ context }) => addLogFields({ requestId: context.awsRequestId }),
});

/**
 * Writes the metrics that no line of the invocation has taken, when it ends or fails. (An invocation that
 * Lambda kills loses its metrics; Lambda's own metrics count its end.)
 */
export function publishMetrics(): MiddlewareObj {
  const publish = (): void => {
    for (let left = flushMetrics(); left; left = flushMetrics()) writeMetrics(left);
  };
  return { after: publish, onError: publish };
}
