import type { FactItem } from './fact.ts';

/** What names an item, the most particular first. */
const NAMES = ['variantId', 'sku', 'productId', 'title'] as const;

/** Whether both are the same thing: the most particular name that both have is equal. */
function isSame(one: FactItem, other: FactItem): boolean {
  const name = NAMES.find((name) => one[name] !== undefined && other[name] !== undefined);
  return name !== undefined && one[name] === other[name];
}

/**
 * What is left of the items. An item without a quantity is one, and one of none or fewer is no purchase; of an item that
 * is given back without a quantity all is.
 */
export function netItems(bought: readonly FactItem[], back: readonly FactItem[]): FactItem[] {
  const left = bought.map((item) => ({ item, quantity: item.quantity ?? 1, isLess: false }));
  for (const returned of back) {
    let open = returned.quantity ?? Number.POSITIVE_INFINITY;
    for (const line of left) {
      if (open <= 0) break;
      if (line.quantity <= 0 || !isSame(line.item, returned)) continue;
      const taken = Math.min(open, line.quantity);
      line.quantity -= taken;
      line.isLess = true;
      open -= taken;
    }
  }
  return left.flatMap(({ item, quantity, isLess }) => {
    if (quantity <= 0) return [];
    return [isLess ? { ...item, quantity } : item];
  });
}
