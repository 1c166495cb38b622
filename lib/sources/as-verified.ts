import type { Delivery, Source, Verified } from './source.ts';

/**
 * Makes a delivery of ours readable without a check of its proof: a sample, a payload in a file, or a delivery that
 * was verified before it was kept. Nothing from outside may go through here, so nothing that runs in `functions` and
 * `lib` imports this file (test/sources/verified.test.ts).
 */
export const asVerified = (source: Pick<Source, 'signedIn'>, delivery: Delivery): Verified => {
  const { headers, body, receivedAt } = delivery;
  return { headers, body, receivedAt, ...source.signedIn?.(delivery) } as Verified;
};
