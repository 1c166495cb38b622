/**
 * The milliseconds until a verified delivery is given up and kept raw. In 3 s SQS can leave one try unanswered (2 s)
 * and take the next; then the dead letter has a whole try before Shopify hangs up (5 s), and two before Lambda
 * ends the function (10 s). Wix hangs up after 1.25 s and comes again.
 */
export const DEADLINE_MS = 3_000;

/** The least that is left for SQS, however near the deadline is: what was found out is worth a try. */
const LEAST_MS = 1_000;

/** Time as the receiver needs it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back after so many milliseconds, unless the function it gives is called before. */
  after(milliseconds: number, callBack: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, callBack) {
    const timer = setTimeout(callBack, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * The work's result; where there is none by the deadline, that of the work or of `instead`, whichever comes first.
 * @throws what the work threw, where it failed before the deadline or `instead` failed as well
 */
export async function within<T>(
  clock: Clock,
  deadline: number,
  work: Promise<T>,
  instead: () => Promise<T>,
): Promise<T> {
  const isOver = Promise.withResolvers<undefined>();
  const left = Math.max(deadline - clock.now(), LEAST_MS);
  const cancel = clock.after(left, () => isOver.resolve(undefined));
  const done = await Promise.race([work.then((result) => ({ result })), isOver.promise]).finally(
    cancel,
  );
  if (done) return done.result;
  // The error of the work says more than that both failed.
  return Promise.any([work, instead()]).catch(() => work);
}
