import type { EventType } from '../../events/event.ts';
import { decimal } from '../payload/fields.ts';
import { at, type JsonObject, list, text } from '../payload/json.ts';
import { contactIn, type Found } from './wix-fields.ts';

/** An order of a pricing plan (@wix/auto_sdk_pricing-plans_orders 1.0.130, checked 2026-11-28). */
export const plan =
  (...types: readonly EventType[]) =>
  (body: JsonObject): Found => {
    const bought = at(body, 'order') ?? body;
    return {
      types,
      contact: contactIn(body),
      subscription: {
        id: text(bought, 'id'),
        planId: text(bought, 'planId'),
        planName: text(bought, 'planName'),
        status: text(bought, 'status'),
        interval: interval(at(bought, 'pricing.subscription.cycleDuration')),
        price: priceNow(bought),
      },
    };
  };

/** The first cycle begins together with the plan, which `order_started` tells. */
export function planCycle(body: JsonObject): Found {
  const cycle = decimal(text(body, 'cycleNumber', 'order.currentCycle.index'));
  return cycle !== undefined && cycle <= 1
    ? { ...plan()(body), hint: 'the first cycle is no renewal: subscribe to order_started' }
    : plan('subscription.renewed')(body);
}

function interval(duration: unknown): string | undefined {
  const unit = text(duration, 'unit')?.toLowerCase();
  const count = decimal(at(duration, 'count')) ?? 1;
  if (unit === undefined || unit === 'undefined') return undefined;
  return count === 1 ? unit : `${count} ${unit}`;
}

/** What the current cycle costs: the first ones may be cheaper. */
function priceNow(bought: unknown): number | undefined {
  const cycle = decimal(at(bought, 'currentCycle.index')) ?? 1;
  const prices = list(bought, 'pricing.prices');
  const current = prices.find((span) => {
    const from = decimal(at(span, 'duration.cycleFrom')) ?? 1;
    const cycles = decimal(at(span, 'duration.numberOfCycles')) ?? Number.POSITIVE_INFINITY;
    return cycle >= from && cycle < from + cycles;
  });
  return decimal(text(current ?? prices[0], 'price.total') ?? text(bought, 'planPrice'));
}
