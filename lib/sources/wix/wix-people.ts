import type { EventType } from '../../events/event.ts';
import { countryCode, decimal } from '../payload/fields.ts';
import { at, isObject, type JsonObject, text } from '../payload/json.ts';
import { contactIn, type Found } from './wix-fields.ts';

/** A site member (@wix/auto_sdk_members_members 1.0.135, checked 2026-11-28). Its labels are not part of it. */
export const member =
  (type: EventType) =>
  (value: JsonObject): Found => ({
    types: [type],
    contact: {
      contactId: text(value, 'contactId', 'contact.contactId'),
      memberId: text(value, 'id'),
      email: text(value, 'loginEmail', 'contact.emails.0'),
      phone: text(value, 'contact.phones.0'),
      firstName: text(value, 'contact.firstName'),
      lastName: text(value, 'contact.lastName'),
      country: countryCode(text(value, 'contact.addresses.0.country')),
    },
  });

const STATES = new Map<string, EventType>([
  ['CONFIRMED', 'consent.given'],
  ['REVOKED', 'consent.withdrawn'],
]);

/** Consent to marketing, by its own state (dev.wix.com, "Marketing Consent Object", checked 2026-11-28). */
export function consent(value: JsonObject): Found {
  const type = STATES.get(text(value, 'state') ?? '');
  return {
    types: type === undefined ? [] : [type],
    hint: 'the consent is neither given nor withdrawn yet',
    contact: {
      contactId: text(value, 'contactId'),
      email: text(value, 'details.email'),
      phone: text(value, 'details.phone'),
      acceptsMarketing: type === undefined ? undefined : type === 'consent.given',
    },
  };
}

/** Of these it is not known yet whether somebody comes. */
const NOT_BOOKED = new Set(['CREATED', 'PENDING', 'DECLINED', 'WAITING_LIST']);

/**
 * `booking_created` comes when the checkout begins, too: the booking is `CREATED` until its order is made, and then
 * `booking_confirmed` comes (@wix/auto_sdk_bookings_bookings 1.0.241, checked 2026-11-28).
 */
export function bookingCreated(payload: JsonObject): Found {
  const isBooked = !NOT_BOOKED.has(text(bookingOf(payload), 'status') ?? '');
  return {
    ...booking(payload),
    types: isBooked ? ['booking.created'] : [],
    hint: 'the booking is not confirmed yet: subscribe to booking_confirmed',
  };
}

export const bookingAs =
  (...types: readonly EventType[]) =>
  (payload: JsonObject): Found => ({ ...booking(payload), types });

const bookingOf = (payload: JsonObject): unknown => at(payload, 'booking') ?? payload;

/** What was booked stands in `event.order.items`, by the service's name. */
function booking(payload: JsonObject): Omit<Found, 'types'> {
  const value = bookingOf(payload);
  const id = text(value, 'id');
  const entity = at(value, 'bookedEntity');
  const title = text(entity, 'title');
  const productId = text(entity, 'slot.serviceId', 'schedule.serviceId');
  const quantity = decimal(at(value, 'totalParticipants') ?? at(value, 'numberOfParticipants'));
  return {
    contact: contactIn(payload),
    order:
      id === undefined || !isObject(entity)
        ? undefined
        : { id, items: [{ title: title ?? productId, productId, quantity }], tags: [] },
  };
}
