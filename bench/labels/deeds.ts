import type { CustomerEvent, EventType, Item } from '../../lib/events/event.ts';
import { between, type Random } from '../../simulators/random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What an event says, whomever it names. `at`: epoch milliseconds. */
export type Said = Pick<
  CustomerEvent,
  'source' | 'id' | 'type' | 'order' | 'subscription' | 'form'
> & {
  readonly at: number;
};

export const chance = (random: Random, share: number): boolean => random() < share;

export const anyOf = <T>(random: Random, all: readonly T[]): T =>
  all[Math.floor(random() * all.length)] as T;

const SHOPS = ['shopify', 'stripe', 'wix', 'custom', 'polar'] as const;
const CLUBS = ['stripe', 'wix', 'custom'] as const;

const cents = (random: Random, low: number, high: number): number =>
  Math.round(between(random, low, high) * 100) / 100;

const PRODUCTS = ['COURSE-1', 'COURSE-2', 'MUG-1', 'MUG-2', 'PEN-1', undefined] as const;

function items(random: Random): Item[] {
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const sku = anyOf(random, PRODUCTS);
    const title = sku ?? 'A thing without a number';
    return {
      title,
      ...(sku && { sku }),
      quantity: 1 + Math.floor(random() * 3),
      price: cents(random, 5, 90),
    };
  });
}

/** An order as its shop reports it: created, mostly paid, and then whatever may befall one. */
export function order(id: string, begins: number, random: Random): readonly Said[] {
  const source = anyOf(random, SHOPS);
  const bought = items(random);
  const total = cents(random, 5, anyOf(random, [60, 300, 700]));
  const currency = chance(random, 0.85) ? 'EUR' : 'USD';
  const base = { id, total, currency, items: bought, tags: [] };
  let serial = 0;
  const say = (type: EventType, at: number, refund: object = {}): Said => {
    serial += 1;
    return {
      source,
      id: `${id}/${serial}`,
      type,
      at: Math.floor(at),
      order: { ...base, ...refund },
    };
  };
  const all = [say('order.created', begins)];
  if (chance(random, 0.88))
    all.push(say('order.paid', begins + anyOf(random, [0, 0, 900, 4 * MINUTE])));
  if (chance(random, 0.4))
    all.push(say('order.fulfilled', begins + between(random, HOUR, 6 * DAY)));
  let last = begins + 5 * MINUTE;
  const later = (): number => {
    last += between(random, MINUTE, anyOf(random, [HOUR, 10 * DAY, 200 * DAY]));
    return last;
  };
  const parts = chance(random, 0.25) ? 1 + Math.floor(random() * 2) : 0;
  for (let part = 1; part <= parts; part += 1) {
    const refundedTotal = Math.round(total * 30 * part) / 100;
    const refundedItems = chance(random, 0.7) && returned(bought, part);
    all.push(
      say('order.partially_refunded', later(), {
        refundedTotal,
        ...(refundedItems && { refundedItems }),
      }),
    );
  }
  const whole = { refundedTotal: total, refundedItems: bought };
  if (chance(random, 0.18)) all.push(say('order.refunded', later(), whole));
  if (chance(random, 0.1)) all.push(say('order.canceled', later()));
  return all;
}

/** One piece of the first so many items. */
const returned = (bought: readonly Item[], count: number): Item[] =>
  bought.slice(0, count).map((item) => ({ ...item, quantity: 1 }));

const PLANS = ['Basic', 'Pro', 'Family'] as const;
const MONTH = 30 * DAY;

/** A membership from its start to the end of the run, or to its own. */
export function subscription(
  id: string,
  begins: number,
  until: number,
  random: Random,
): readonly Said[] {
  const source = anyOf(random, CLUBS);
  const all: Said[] = [];
  let planName: string = anyOf(random, PLANS);
  const say = (type: EventType, at: number): void => {
    const event = `${id}/${all.length}`;
    const plan = { id, planId: planName.toLowerCase(), planName, interval: 'month', price: 9 };
    all.push({ source, id: event, type, at: Math.floor(at), subscription: plan });
  };
  say('subscription.started', begins);
  for (let at = begins + MONTH; at < until; at += MONTH) {
    say('subscription.renewed', at);
    const soon = at + between(random, HOUR, 9 * DAY);
    const dice = random();
    if (dice < 0.08) {
      planName = anyOf(
        random,
        PLANS.filter((other) => other !== planName),
      );
      say('subscription.changed', soon);
    } else if (dice < 0.14) {
      say('subscription.paused', soon);
      say('subscription.resumed', soon + between(random, HOUR, 18 * DAY));
    } else if (dice < 0.24) {
      say('subscription.will_end', soon);
      say('subscription.canceled', soon + 10 * DAY);
      if (chance(random, 0.5)) return all;
      at += 2 * MONTH;
      say('subscription.started', at);
    }
  }
  return all;
}

export function form(id: string, at: number, random: Random): readonly Said[] {
  const name = anyOf(random, ['Ebook', 'Ebook', 'Contact'] as const);
  const source = anyOf(random, ['wix', 'custom'] as const);
  return [
    { source, id, type: 'form.submitted', at, form: { id: name.toLowerCase(), name, fields: {} } },
  ];
}

/** What is neither order nor subscription nor form. */
export function noise(id: string, at: number, random: Random): readonly Said[] {
  const type = anyOf(random, [
    'checkout.abandoned',
    'checkout.abandoned',
    'booking.created',
  ] as const);
  return [{ source: anyOf(random, SHOPS), id, type, at }];
}
