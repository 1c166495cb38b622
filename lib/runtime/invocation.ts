import type { Context } from 'aws-lambda';
import { withLogFields, writeMetrics } from './log.ts';
import { gatherMetrics } from './metrics.ts';
import { scope } from './scope.ts';

/**
 * A handler whose lines know Lambda's request id, and whose metrics are written when it ends, be it by an
 * exception. (An invocation that Lambda kills loses what it noted; Lambda's own metrics have its end.)
 */
export function inInvocation<E, A>(handle: (event: E, context: Context) => Promise<A>) {
  return (event: E, context: Context): Promise<A> =>
    withLogFields({ requestId: context.awsRequestId }, () =>
      gatherMetrics(() => handle(event, context), writeMetrics),
    );
}

/** Lambda's id of the invocation under way, for a line of the level `info`, which does not have it by itself. */
export const requestId = (): unknown => scope()?.fields.requestId;
