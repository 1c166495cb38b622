/** What came in and was not taken yet, by its name. */
type Held<E> = { [K in keyof E]?: E[K][] };

/**
 * Gathers what comes in and hands it on together, so that a storm of messages is one change of the page.
 * @param later runs its argument once, some time later
 */
export function createBatch<E>(
  take: (held: Held<E>) => void,
  later: (run: () => void) => void,
): <K extends keyof E>(name: K, message: E[K]) => void {
  let held: Held<E> = {};
  let isDue = false;
  const flush = (): void => {
    const taken = held;
    held = {};
    isDue = false;
    take(taken);
  };
  return (name, message) => {
    const list = held[name];
    if (list === undefined) held[name] = [message];
    else list.push(message);
    if (isDue) return;
    isDue = true;
    later(flush);
  };
}
