import { at, firstOf, text } from '../payload/access.ts';
import type { SubscriptionDraft } from '../payload/draft.ts';
import { currencyCode, decimal, fromMinorUnits, intervalOf } from '../payload/fields.ts';

/** Where a plan is written: on an invoice's line, or on a subscription's item. */
interface PlanPlaces {
  /** The line or the item: it has `price`, `plan` or `pricing`, and `quantity`. */
  readonly item: unknown;
  /** What holds the subscription's metadata, the most particular first. */
  readonly metadata: readonly unknown[];
  readonly currency: unknown;
  /** What Stripe wrote on the line of an invoice; a subscription has none. */
  readonly description?: string | undefined;
  readonly isProration?: boolean;
}

/**
 * The plan at those places. The order of the places for its name is the same everywhere, so that a subscription ends
 * under the name it started with: `metadata.plan_name` of the subscription, which Stripe copies to its invoices; the
 * price's nickname; the product's name, which only webhooks of old API versions have (`plan.name`, before
 * 2018-02-05), or an invoice line's description.
 */
export function planAt({
  item,
  metadata,
  currency,
  description,
  isProration = false,
}: PlanPlaces): Omit<SubscriptionDraft, 'id' | 'status'> {
  const price = at(item, 'price');
  const plan = at(item, 'plan');
  const name =
    firstOf(metadata, (holder) => text(holder, 'plan_name')) ??
    text(price, 'nickname') ??
    text(plan, 'nickname') ??
    text(price, 'product.name', 'name') ??
    text(plan, 'product.name', 'name');
  const paidIn = currencyCode(at(price, 'currency') ?? at(plan, 'currency') ?? currency);
  return {
    planId: text(item, 'pricing.price_details.price', 'price.id', 'plan.id'),
    planName: name ?? planNameIn(description, isProration),
    interval: firstOf([at(price, 'recurring'), price, plan], interval),
    price: priceOf(item, paidIn, isProration),
  };
}

const interval = (recurring: unknown): string | undefined =>
  intervalOf(text(recurring, 'interval'), at(recurring, 'interval_count'));

const UNIT_PRICES = [
  ...['price.unit_amount_decimal', 'price.unit_amount', 'price.amount'],
  ...['plan.amount_decimal', 'plan.amount'],
];

/**
 * What one interval costs: the price of one, times the quantity. On the line of a proration, `pricing` holds what is
 * charged for the rest of an interval.
 */
function priceOf(
  item: unknown,
  currency: string | undefined,
  isProration: boolean,
): number | undefined {
  const paths = [...UNIT_PRICES, ...(isProration ? [] : ['pricing.unit_amount_decimal'])];
  const unit = firstOf(paths, (path) => decimal(at(item, path)));
  const quantity = decimal(at(item, 'quantity')) ?? 1;
  return unit === undefined ? undefined : fromMinorUnits(unit * quantity, currency);
}

const TRIAL = /^Trial period for /;
const PRORATION = /^(?:Remaining|Unused) time on /;
/** `1 × `, `1,200 requests × `. */
const QUANTITY = /(?:^|\s)\d[\d.,]* (?:[\p{L}-]+ )?× /u;
const DATE = / \S+ (?:\d{1,2}\.? \S+|\p{L}+\.? \d{1,2},) \d{4}$/u;

/**
 * The plan's name in a description that Stripe wrote: `1 × Gold (at $10.00 / month)`, `Trial period for Gold`,
 * `Remaining time on 1 × Gold (at $10.00 / month) after 12 Nov 2026`. Stripe writes parts of it in the customer's
 * language (`(a R$ 29.90 / month)` was seen, 2026-11-28), so quantity, price and date are recognised by their form.
 * Of the words before them only the English ones are removed (the others are **unconfirmed**).
 */
function planNameIn(description: string | undefined, isProration: boolean): string | undefined {
  if (description === undefined) return undefined;
  // Amounts have no-break spaces in some languages.
  const written = description.replace(/[\u00a0\u202f]/g, ' ');
  const isInEnglish = PRORATION.test(written);
  const isPartial = isProration || isInEnglish;
  const named = written.replace(TRIAL, '').replace(PRORATION, '');
  const quantity = QUANTITY.exec(named);
  const isCounted = quantity !== null && (quantity.index === 0 || (isPartial && !isInEnglish));
  const rest = isCounted ? named.slice(quantity.index + quantity[0].length) : named;
  const priced = withoutPrice(rest, { isCounted, isPartial });
  return (isPartial ? priced.replace(DATE, '') : priced).trim() || written;
}

/** Without the price in brackets at the end, after which a proration has a date. */
function withoutPrice(
  name: string,
  { isCounted, isPartial }: { isCounted: boolean; isPartial: boolean },
): string {
  const open = name.lastIndexOf('(');
  const close = name.indexOf(')', open);
  if (open < 0 || close < 0 || (close < name.length - 1 && !isPartial)) return name;
  const [amount = '', per] = name.slice(open + 1, close).split(' / ');
  const isPrice = per !== undefined && /\d/.test(amount) && (isCounted || !/^\d/.test(amount));
  return isPrice ? name.slice(0, open) : name;
}
