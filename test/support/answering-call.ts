import type { Call, WixRequest } from '../../lib/wix/calls/client.ts';
import { WixError } from '../../lib/wix/calls/failure.ts';

type Sent = Pick<WixRequest<unknown>, 'operation' | 'method' | 'path' | 'body'>;

/** A site that answers every call with this body, or fails with this error, and notes what was asked. */
export function answeringCall(answer: unknown) {
  const sent: Sent[] = [];
  const call: Call = async ({ answer: schema, ...request }) => {
    sent.push(request);
    if (answer instanceof WixError) throw answer;
    return schema.parse(answer);
  };
  return { call, sent };
}
