import { between, createRandom, type Random } from '../../simulators/random.ts';
import {
  anyOf,
  chance,
  DAY,
  form,
  HOUR,
  MINUTE,
  noise,
  order,
  type Said,
  subscription,
} from './deeds.ts';

/** How an event names its customer. Who is no contact yet is named by e-mail. */
type NamedBy = 'e-mail' | 'contact id' | 'both';

/** Something that a customer did. */
export interface Deed {
  readonly person: number;
  readonly by: NamedBy;
  readonly said: Said;
}

/** What happens at Wix, or comes in from a sender. Epoch milliseconds. */
export type Step = { readonly at: number } & (
  | { readonly kind: 'event'; readonly deed: Deed }
  /** Wix makes a contact of the person, and later says so. */
  | { readonly kind: 'contact' | 'met'; readonly person: number }
  /** At Wix two contacts become one, and later Wix says so. */
  | { readonly kind: 'merge' | 'merged'; readonly from: number; readonly into: number }
);

export interface LifeOptions {
  readonly seed: number;
  readonly customers: number;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly days: number;
}

export interface Life {
  readonly customers: number;
  /** In the order in which they happen. */
  readonly steps: readonly Step[];
}

/** What customers do in so many days, and how it comes in: late, twice, in any order. */
export function createLife({ seed, customers, from, days }: LifeOptions): Life {
  const until = from + days * DAY;
  const steps: Step[] = [];
  for (let person = 0; person < customers; person += 1) {
    const random = createRandom(seed, `person ${person}`);
    steps.push(...becoming(person, from, until, random));
    for (const said of doings(person, from, until, random)) {
      const by = anyOf(random, ['e-mail', 'e-mail', 'contact id', 'contact id', 'both'] as const);
      for (const at of arrivals(said.at, random)) {
        steps.push({ at, kind: 'event', deed: { person, by, said } });
      }
    }
  }
  steps.push(...merges(customers, from, until, createRandom(seed, 'merges')));
  return { customers, steps: steps.filter(({ at }) => at < until).sort((a, b) => a.at - b.at) };
}

const LATE = 0.25;
const NEVER = 0.05;

/** Most are contacts from the start, some become one, and few never do. */
function becoming(person: number, from: number, until: number, random: Random): readonly Step[] {
  const dice = random();
  if (dice < NEVER) return [];
  const at = dice < NEVER + LATE ? Math.floor(between(random, from, until)) : from;
  const said = at + Math.floor(between(random, 100, anyOf(random, [2_000, 10 * MINUTE, 5 * HOUR])));
  return [
    { at, kind: 'contact', person },
    { at: said, kind: 'met', person },
  ];
}

/** How many moments of a life have several doings at once, so that two workers meet at one contact. */
const RUSHES = 3;

function doings(person: number, from: number, until: number, random: Random): readonly Said[] {
  const rushes = Array.from({ length: RUSHES }, () => Math.floor(between(random, from, until)));
  const moment = (): number =>
    chance(random, 0.4)
      ? anyOf(random, rushes) + Math.floor(between(random, 0, 3_000))
      : Math.floor(between(random, from, until));
  const times = (most: number): number => Math.floor(random() ** 2 * (most + 1));
  const some = (most: number, name: string, make: (id: string) => readonly Said[]) =>
    Array.from({ length: times(most) }, (_, index) => make(`${name}-${person}-${index}`)).flat();
  return [
    ...some(9, 'order', (id) => order(id, moment(), random)),
    ...some(2, 'subscription', (id) => subscription(id, moment(), until, random)),
    ...some(4, 'form', (id) => form(id, moment(), random)),
    ...some(4, 'noise', (id) => noise(id, moment(), random)),
  ];
}

/** When an event comes in: mostly at once, seldom weeks later, and now and then again. */
function arrivals(at: number, random: Random): readonly number[] {
  const most = () => {
    const dice = random();
    if (dice < 0.8) return 5_000;
    if (dice < 0.92) return 10 * MINUTE;
    return dice < 0.98 ? 12 * HOUR : 20 * DAY;
  };
  const first = at + 50 + Math.floor(random() * most());
  if (chance(random, 0.9)) return [first];
  return [first, first + 1 + Math.floor(random() * anyOf(random, [3_000, HOUR, 3 * DAY]))];
}

/** So many customers turn out to be another one, as far as both are contacts then. */
const MERGED = 1 / 5;

function merges(customers: number, from: number, until: number, random: Random): readonly Step[] {
  return Array.from({ length: Math.floor(customers * MERGED) }, () => {
    const at = Math.floor(between(random, from, until));
    const [one, other] = [random, random].map((draw) => Math.floor(draw() * customers));
    const who = { from: one ?? 0, into: other ?? 0 };
    const said = at + Math.floor(between(random, 100, anyOf(random, [2_000, HOUR, 2 * DAY])));
    return [
      { at, kind: 'merge', ...who },
      { at: said, kind: 'merged', ...who },
    ] as const;
  }).flat();
}
