/** Items in order, of which the first one is at hand. */
export interface Sorted<T> {
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

/** @param before a strict order without ties, so that the outcome depends on nothing but the items */
export function createSorted<T>(before: (a: T, b: T) => boolean): Sorted<T> {
  // The first one stands at the end, where it is taken off without moving the others.
  const items: T[] = [];
  return {
    push(item) {
      let [low, high] = [0, items.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (before(item, items[middle] as T)) low = middle + 1;
        else high = middle;
      }
      items.splice(low, 0, item);
    },
    peek: () => items.at(-1),
    pop: () => items.pop(),
  };
}
