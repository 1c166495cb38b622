/** A binary heap: the first of its items by `before`, in logarithmic time. */
export interface Heap<T> {
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

/** @param before a strict order without ties, so that the outcome hangs on nothing but the items. */
export function createHeap<T>(before: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];

  function sink(item: T): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let least = items[child];
      if (least === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && before(right, least)) {
        child += 1;
        least = right;
      }
      if (!before(least, item)) break;
      items[at] = least;
      at = child;
    }
    items[at] = item;
  }

  return {
    push(item) {
      let at = items.length;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const above = items[parent];
        if (above === undefined || !before(item, above)) break;
        items[at] = above;
        at = parent;
      }
      items[at] = item;
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (last !== undefined && items.length > 0) sink(last);
      return first;
    },
  };
}
