import * as z from 'zod/mini';
import { type CallContext, sendWithinBudget } from '../../lib/wix/calls/budget.ts';
import type { Send } from '../../lib/wix/calls/client.ts';
import { WixError, type WixFailure } from '../../lib/wix/calls/failure.ts';
import { aContext } from './wix-client.ts';

export const request = {
  operation: 'getContact',
  method: 'GET',
  path: '/x',
  answer: z.object({}),
} as const;

/** A budget on a clock that the test moves, and sleep. Every call is answered at once. */
export function openBudget(limit: number, answer: () => unknown = () => ({}), oneSite = true) {
  let time = 1_000_000;
  const naps: number[] = [];
  const sent: string[] = [];
  const send = (async ({ operation }, headers) => {
    sent.push(`${operation} ${headers.for}`);
    return answer();
  }) as Send;
  const within = sendWithinBudget(send, {
    limit,
    oneSite,
    clock: () => time,
    sleep: async (ms) => {
      naps.push(ms);
      time += ms;
    },
    random: () => 0.5,
  });
  /** What became of a call: nothing, or its failure. */
  async function callIn(context: CallContext): Promise<WixFailure | undefined> {
    try {
      await within(request, { for: context.site }, context);
      return undefined;
    } catch (error) {
      if (error instanceof WixError) return error.failure;
      throw error;
    }
  }
  const call = (over: Partial<CallContext> = {}) => callIn(aContext('a-site', over));
  const pass = (ms: number): void => {
    time += ms;
  };
  return { call, callIn, within, naps, sent, pass };
}
