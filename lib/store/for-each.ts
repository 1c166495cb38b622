/** How many requests of one call are under way at once. */
const AT_ONCE = 25;

/**
 * Does something for each, some at once, and waits until all that was begun is over, so that nothing goes on after the
 * caller was answered.
 * @throws the first failure: the rest is not begun then
 */
export async function forEachOf<T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const results = await Promise.allSettled(all.slice(from, from + AT_ONCE).map(work));
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}
