import type { Random } from '../../simulators/random.ts';

export const whole = (random: Random, below: number): number => Math.floor(random() * below);
export const chance = (random: Random, probability: number): boolean => random() < probability;
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[whole(random, choices.length)] as T;
}

/** Every address that is planted has this in its domain, so no line of the log may hold it. */
export const DOMAIN = 'q9victim.example';

/** Addresses in the spellings that a log has to know, with quotes and backslashes in every place. */
const ADDRESSES = [
  `q9zoe@${DOMAIN}`,
  `"q9 zoe"@${DOMAIN}`,
  `say "q9zoe@${DOMAIN}" again`,
  `Gift for q9zoe@${DOMAIN}"`,
  `q9zoe%40${DOMAIN}`,
  `q9zoe%2540${DOMAIN}`,
  `${'q'.repeat(70)}@${DOMAIN}`,
  `q9\n${'q'.repeat(63)}@${DOMAIN}`,
  `q9zoe@${DOMAIN}.${'x'.repeat(254)}\\`,
  `\\"q9zoe\\"@${DOMAIN}`,
  `{"email":"q9zoe@${DOMAIN}"}`,
];

/** Marks text for `toText` to write as it is: JSON that `JSON.stringify` never writes. */
const RAW = 'raw-json:';

/** JSON of a value, with numbers that only a text can hold, lone surrogates and all. */
export const toText = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(/"raw-json:([^"]*)"/g, '$1');

const NUMBERS = [
  ...['1e400', '-1e400', '-0', '1e-400', '12345678901234567890', '-9007199254740993', '0.1e1'],
  ...['9007199254740992', '123456789012345678901234567890.5', '1E+5', '00', '1.', '01'],
];

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u001b]0;owned\u0007\u001b[2J',
  '\u009b31m',
  '\u202eabc\u202c',
  '\ufeff\u200b\u2060',
  '\ud800',
  'a\udc00b',
  '\ufffe\uffff',
  '\u{1f381}\u{10ffff}',
  '\u2028\r\n\t',
  '"',
  '\\',
  '\\"',
  "=1+1'",
  'constructor',
  '__proto__',
  'hasOwnProperty',
  'n/a',
  'true',
  '19,99',
  '9999-12-31T23:59:59+99:99',
  '0000-00-00',
  '2026-11-21T10:00:00Z',
  '3b1e7c52-90ac-4c5e-8a43-0d7f6b2a9c1',
  '&#1114112;&amp;&x;',
  'paid',
  'refunded',
  'order.paid',
];

/** What is repeated to make a text or a list long. */
const UNITS = [
  ...['a', ' ', ',', '@', '"', '\\', '1', '&amp;', 'a, ', '\u0301\u0323', '\u{1f468}\u200d', '<a'],
  ...['\u0001', 'e\u0301', '\ud800', 'a@b ', '%40', '.'],
];

/** Near the bounds of the code: depth, label length, ids, names, items, pairs. */
const COUNTS = [0, 1, 2, 99, 100, 101, 179, 180, 181, 200, 201, 512, 513, 1000, 1001, 2000, 2001];

/** Mostly short; one in a hundred may be as long as a body may be. */
function count(random: Random): number {
  if (chance(random, 0.9)) return pick(random, COUNTS);
  return Math.floor(10 ** (random() * (chance(random, 0.1) ? 6 : 4)));
}

/** Mostly a plain one. */
export const address = (random: Random): string =>
  chance(random, 0.6) ? `q9zoe@${DOMAIN}` : pick(random, ADDRESSES);

export function text(random: Random): string {
  const kind = random();
  if (kind < 0.45) return pick(random, ODD_TEXTS);
  if (kind < 0.7) return address(random);
  return `a${pick(random, UNITS).repeat(count(random))}`;
}

const OBJECTS = [
  '{"toString":1}',
  '{"toString":null,"valueOf":null}',
  '{"valueOf":"x","toJSON":1}',
  '{"__proto__":{"toString":1}}',
  '{"constructor":1,"hasOwnProperty":2,"length":3}',
  '{"then":1}',
  '{}',
  '[]',
  '[[]]',
  '[{"toString":1}]',
  '[null,true,{}]',
];

/** A value of another type or size than belongs there. */
export function hostile(random: Random, of: unknown): unknown {
  const kind = random();
  if (kind < 0.2) return JSON.parse(pick(random, OBJECTS));
  if (kind < 0.27) return `${RAW}${pick(random, NUMBERS)}`;
  if (kind < 0.35) return pick(random, [null, true, false, 0, -1, 1.5, 1e15]);
  if (kind < 0.4) return nested(pick(random, [1, 50, 97, 98, 99, 100, 101, 1000, 100_000]));
  if (kind < 0.55) return many(random, of);
  return text(random);
}

/** As text, so that `toText` need not go as deep. */
const nested = (depth: number): string => `${RAW}${'['.repeat(depth)}1${']'.repeat(depth)}`;

/** What fills a body as far as it goes: one unit or one value over and over, or keys that are all different. */
export function heavy(random: Random, of: unknown): unknown {
  const bytes = 10 ** (4.5 + 1.5 * random());
  const times = (one: unknown): number => Math.ceil(bytes / (toText(one).length + 1));
  if (chance(random, 0.5)) {
    const unit = pick(random, UNITS);
    return `a${unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit)))}`;
  }
  if (chance(random, 0.2)) {
    return Object.fromEntries(Array.from({ length: bytes / 12 }, (_, n) => [`field:${n}`, 'a']));
  }
  const one = pick<unknown>(random, [of, of, '', 'a', 1, {}, [], { title: 'a' }, { label: 'b' }]);
  const all = Array.from({ length: times(one) }, () => one);
  return chance(random, 0.2) ? [...all, `${RAW}12345678901234567890`] : all;
}

/** A list of what belongs there, or of something else, as long as a bound of the code or a bit longer. */
function many(random: Random, of: unknown): unknown {
  const one = chance(random, 0.6)
    ? of
    : pick<unknown>(random, ['a', 1, {}, [], null, { title: 'A' }, { label: 'a', value: [1] }]);
  const size = JSON.stringify(one)?.length ?? 4;
  // The whole is to stay near what a body may hold.
  const list = Array.from(
    { length: Math.min(count(random), Math.ceil(1.2e6 / (size + 1))) },
    () => one,
  );
  if (chance(random, 0.2)) return Object.fromEntries(list.map((each, n) => [`k${n}`, each]));
  return list;
}
