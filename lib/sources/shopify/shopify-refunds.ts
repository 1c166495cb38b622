import type { Item } from '../../events/event.ts';
import { at, type JsonObject, list, text } from '../payload/access.ts';
import { currencyCode, decimal, isoTime, sumOf } from '../payload/fields.ts';

const HOUR = 3_600_000;

/**
 * Whether the order last changed more than an hour after its last refund: a note written months later
 * must not take the label that another order has earned since. Without `refunds` nobody knows.
 */
export function isLongRefunded(order: JsonObject): boolean {
  const refunded = list(order, 'refunds')
    .flatMap((refund) => [refund, ...list(refund, 'transactions')])
    .flatMap((step) => [at(step, 'created_at'), at(step, 'processed_at')])
    .map((time) => Date.parse(isoTime(time) ?? ''))
    .filter((time) => !Number.isNaN(time));
  const changed = Date.parse(isoTime(order.updated_at) ?? '');
  return refunded.length > 0 && refunded.every((time) => changed - time > HOUR);
}

/**
 * What went back to the buyer, in the order's currency: the refunds' transactions that did not fail. An item
 * that was edited away before it was paid is a refund without any. Undefined where it is not known: no
 * list, no amount, another currency.
 */
export function refundedTotal(order: JsonObject): number | undefined {
  if (!Array.isArray(order.refunds)) return undefined;
  const currency = currencyCode(order.currency);
  const amounts = order.refunds.flatMap((refund) => {
    const transactions = at(refund, 'transactions');
    if (!Array.isArray(transactions)) return [undefined];
    return transactions.filter(isPaidBack).map((transaction) => {
      const paidIn = currencyCode(at(transaction, 'currency')) ?? currency;
      return paidIn === currency ? decimal(at(transaction, 'amount')) : undefined;
    });
  });
  return sumOf(amounts);
}

function isPaidBack(transaction: unknown): boolean {
  const kind = text(transaction, 'kind') ?? 'refund';
  const status = text(transaction, 'status') ?? 'success';
  return kind === 'refund' && status === 'success';
}

/** The line items that were given back or edited away, each with how many of it were. */
export function refundedLines(
  order: JsonObject,
): readonly { readonly line: unknown; readonly quantity: Item['quantity'] }[] | undefined {
  if (!Array.isArray(order.refunds)) return undefined;
  const lines = new Map(list(order, 'line_items').map((line) => [text(line, 'id'), line]));
  const found = new Map<string, { line: unknown; quantity: number }>();
  for (const refund of order.refunds) {
    for (const part of list(refund, 'refund_line_items')) {
      const id = text(part, 'line_item_id', 'line_item.id');
      const line = at(part, 'line_item') ?? (id === undefined ? undefined : lines.get(id));
      const quantity = decimal(at(part, 'quantity')) ?? 0;
      if (id === undefined || line === undefined || quantity <= 0) continue;
      found.set(id, { line, quantity: quantity + (found.get(id)?.quantity ?? 0) });
    }
  }
  return [...found.values()];
}
