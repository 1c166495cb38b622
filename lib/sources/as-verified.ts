import type { Delivery, Source, Verified } from './source.ts';

/**
 * A delivery that is ours, for its source to read without a look at its proof: a sample, a payload in a file, or
 * a delivery that was verified before it was kept. Nothing that comes in from outside may go through here, so
 * neither `functions` nor `lib` imports this file (test/sources/verified.test.ts).
 */
export const asVerified = (source: Source, delivery: Delivery): Verified => {
  const { headers, body, receivedAt } = delivery;
  return { headers, body, receivedAt, ...source.signedIn?.(delivery) } as Verified;
};
