import type { EventType } from '../../events/event.ts';
import { at, isObject, type JsonObject, list, text } from '../payload/access.ts';
import type { EntityDraft, EntityReader } from '../payload/draft.ts';
import { decimal, intervalOf } from '../payload/fields.ts';
import { contactIn } from './wix-contacts.ts';

/** States in which it is not known yet whether somebody comes. */
const NOT_BOOKED = new Set(['CREATED', 'PENDING', 'DECLINED', 'WAITING_LIST']);

/**
 * `booking_created` comes as the checkout begins: the booking is `CREATED` until its order is made, and then
 * `booking_confirmed` follows (@wix/auto_sdk_bookings_bookings 1.0.241, checked 2026-11-28).
 */
export function bookingCreated(payload: JsonObject): EntityDraft {
  const isBooked = !NOT_BOOKED.has(text(bookingOf(payload), 'status') ?? '');
  return {
    ...booking(payload),
    types: isBooked ? ['booking.created'] : [],
    hint: 'the booking is not confirmed yet: subscribe to booking_confirmed',
  };
}

export const bookingAs =
  (...types: readonly EventType[]): EntityReader =>
  (payload) => ({ ...booking(payload), types });

const bookingOf = (payload: JsonObject): unknown => at(payload, 'booking') ?? payload;

/** What was booked stands in `event.order.items`, by the service's name. */
function booking(payload: JsonObject): Omit<EntityDraft, 'types'> {
  const value = bookingOf(payload);
  const id = text(value, 'id');
  const entity = at(value, 'bookedEntity');
  const item = {
    title: text(entity, 'title'),
    productId: text(entity, 'slot.serviceId', 'schedule.serviceId'),
    quantity: decimal(at(value, 'totalParticipants') ?? at(value, 'numberOfParticipants')),
  };
  const order = id === undefined || !isObject(entity) ? undefined : { id, items: [item] };
  return { contact: contactIn(payload), order };
}

/** An order of a pricing plan (@wix/auto_sdk_pricing-plans_orders 1.0.130, checked 2026-11-28). */
export const plan =
  (...types: readonly EventType[]): EntityReader =>
  (body) => {
    const bought = at(body, 'order') ?? body;
    return {
      types,
      contact: contactIn(body),
      subscription: {
        id: text(bought, 'id'),
        planId: text(bought, 'planId'),
        planName: text(bought, 'planName'),
        status: text(bought, 'status'),
        interval: cycleOf(at(bought, 'pricing.subscription.cycleDuration')),
        price: priceNow(bought),
      },
    };
  };

/** The first cycle begins together with the plan, which `order_started` reports. */
export const planCycle: EntityReader = (body, event) => {
  const cycle = decimal(text(body, 'cycleNumber', 'order.currentCycle.index'));
  return cycle !== undefined && cycle <= 1
    ? { ...plan()(body, event), hint: 'the first cycle is no renewal: subscribe to order_started' }
    : plan('subscription.renewed')(body, event);
};

function cycleOf(duration: unknown): string | undefined {
  const unit = text(duration, 'unit')?.toLowerCase();
  return unit === 'undefined' ? undefined : intervalOf(unit, at(duration, 'count'));
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
