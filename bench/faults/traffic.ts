import { between, createRandom, type Random } from '../../simulators/random.ts';

/** How events name their person, and how many people of ten are of that kind. `new`: by an e-mail without a contact yet. */
const KINDS = {
  'contact id': 4,
  'e-mail': 3,
  phone: 1,
  member: 1,
  new: 1,
} as const;
export type Kind = keyof typeof KINDS;

/** What one event requests of one person. */
export interface TrafficEvent {
  /** Milliseconds from the start. */
  readonly at: number;
  /** From 0. */
  readonly person: number;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Left out: as in jobs without it, where all names are reversible. */
  readonly reversible?: readonly string[];
}

export interface TrafficOptions {
  readonly seed: number;
  readonly events: number;
  readonly people: number;
  /** How long it lasts. */
  readonly minutes: number;
  /** From this minute on, labels that no event asked for before. */
  readonly newNamesFrom?: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const named = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${what} ${index + 1}`);
/** No rule removes these. */
const EARNED = named('Bought', 20);
/** These come and go. */
const STATUS = named('Status', 6);
/** All that are asked for unless `newNamesFrom` says when others come up. */
export const BASE_NAMES: readonly string[] = [...EARNED, ...STATUS];
export const NEW_NAMES = named('New', 10);

const MOST_A_SESSION = 5;
/** From one event of a session to the next. */
const [SHORTEST_GAP, LONGEST_GAP] = [SECOND, 3 * MINUTE];
const LONGEST_SESSION = (MOST_A_SESSION - 1) * LONGEST_GAP;
/** The share of sessions that begin in a burst, the time from one burst to the next, and its length. */
const BURST_SHARE = 0.3;
const BURST_EVERY = 20 * MINUTE;
const BURST_LASTS = 20 * SECOND;
/** How often a session that changes a status changes the same one again. */
const SAME_STATUS_SHARE = 0.6;
/** The share of events without `reversible`. */
const WITHOUT_REVERSIBLE_SHARE = 0.05;

const anyOf = (random: Random, names: readonly string[]): string =>
  names[Math.floor(random() * names.length)] ?? '';

/** A person never changes kind, so that all events of a person are one group of the queue. */
export function kindOf(person: number): Kind {
  let place = person % 10;
  for (const [kind, share] of Object.entries(KINDS)) {
    if (place < share) return kind as Kind;
    place -= share;
  }
  return 'new';
}

/** Sessions of one to five events, a second to three minutes apart, of people picked at random; in order. */
export function traffic(options: TrafficOptions): readonly TrafficEvent[] {
  const random = createRandom(options.seed, 'faults traffic');
  const list: TrafficEvent[] = [];
  while (list.length < options.events) list.push(...session(random, options));
  return list.slice(0, options.events).toSorted((a, b) => a.at - b.at);
}

function session(
  random: Random,
  { people, minutes, newNamesFrom = Number.POSITIVE_INFINITY }: TrafficOptions,
): readonly TrafficEvent[] {
  const begins = Math.max(0, minutes * MINUTE - LONGEST_SESSION);
  const person = Math.floor(random() * people);
  let at = Math.floor(begins * random());
  if (random() < BURST_SHARE) {
    at -= at % BURST_EVERY;
    at += Math.floor(BURST_LASTS * random());
  }
  const usual = anyOf(random, STATUS);
  return Array.from({ length: 1 + Math.floor(random() * MOST_A_SESSION) }, () => {
    const event = { at, person, ...change(random, usual, at >= newNamesFrom * MINUTE) };
    at += Math.floor(Math.exp(between(random, Math.log(SHORTEST_GAP), Math.log(LONGEST_GAP))));
    return event;
  });
}

function change(
  random: Random,
  usual: string,
  isNewTime: boolean,
): Omit<TrafficEvent, 'at' | 'person'> {
  const status = (): string => (random() < SAME_STATUS_SHARE ? usual : anyOf(random, STATUS));
  const add = new Set<string>();
  const remove = new Set<string>();
  if (random() < 0.6) add.add(anyOf(random, EARNED));
  if (isNewTime && random() < 0.3) add.add(anyOf(random, NEW_NAMES));
  if (random() < 0.4) add.add(status());
  if (random() < 0.4) remove.add(status());
  if (add.size + remove.size === 0) add.add(anyOf(random, EARNED));
  for (const name of add) remove.delete(name);
  const reversible = [...add, ...remove].filter((name) => STATUS.includes(name));
  return {
    add: [...add],
    remove: [...remove],
    ...(random() >= WITHOUT_REVERSIBLE_SHARE && { reversible }),
  };
}
