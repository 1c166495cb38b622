import type { Verified } from '../source.ts';
import { type Decoded, placeOf, withoutEscapes, withoutPercents } from './spellings.ts';

/** What stands where a secret stood. */
const MASK = '***';

/** How often a text is encoded at most: an address with percents, in JSON, in a field of a form. */
const MOST_LAYERS = 3;

/**
 * A secret that is shorter is masked only where it is a whole value or the end of an address: anywhere else it may be
 * an ordinary word. So is one that is a number, for a number that loses its digits would break the JSON around it.
 */
const SHORTEST = 8;
const NUMBER = /^[-+.\deE]+$/;
const BEFORE_VALUE = new Set(Buffer.from('"=/\n'));
const AFTER_VALUE = new Set(Buffer.from('"&?#\r\n'));

/** A spelling of a secret. */
interface Spelling {
  readonly bytes: Buffer;
  readonly asValue: boolean;
}

/** From a place up to another one. */
type Span = readonly [from: number, to: number];

/**
 * The delivery without its secrets: `***` stands for each of them in the body and in every header, also where it is
 * percent-encoded, escaped as in JSON or both, and where it is in base64, as Basic sends it.
 * @param shown the headers that hold nothing but a secret
 */
export function maskSecrets(
  verified: Verified,
  secrets: readonly string[],
  shown: readonly string[],
): Verified {
  const spellings = spellingsOf(secrets);
  const headers = Object.entries(verified.headers).map(([name, value]) => {
    if (shown.includes(name)) return [name, MASK];
    return [name, masked(Buffer.from(value), spellings)?.toString() ?? value];
  });
  const body = masked(verified.body, spellings) ?? verified.body;
  return { ...verified, headers: Object.fromEntries(headers), body };
}

function spellingsOf(secrets: readonly string[]): readonly Spelling[] {
  const written = secrets.flatMap((secret) => [secret, secret.trim()]);
  const texts = written.flatMap((secret) => [
    secret,
    // A form's blank; a plus itself is percent-encoded there.
    secret.replaceAll(' ', '+'),
    Buffer.from(secret).toString('base64'),
  ]);
  return [...new Set(texts)]
    .filter((text) => text.trim() !== '')
    .map((text) => ({
      bytes: Buffer.from(text),
      asValue: text.length < SHORTEST || NUMBER.test(text),
    }));
}

/** Undefined where nothing is to be masked. */
function masked(bytes: Buffer, spellings: readonly Spelling[]): Buffer | undefined {
  const spans = united(spansIn({ bytes }, spellings, MOST_LAYERS));
  if (spans.length === 0) return undefined;
  const starts = [0, ...spans.map(([, to]) => to)];
  const kept = starts.map((start, n) => bytes.subarray(start, spans[n]?.[0]));
  return Buffer.concat(
    kept.flatMap((piece, n) => (n === 0 ? [piece] : [Buffer.from(MASK), piece])),
  );
}

/** Where the secrets are written, as the text stands and decoded in each order. */
function spansIn(text: Decoded, spellings: readonly Spelling[], layers: number): readonly Span[] {
  const { bytes } = text;
  const found: Span[] = [];
  for (const { bytes: spelling, asValue } of spellings) {
    for (let at = bytes.indexOf(spelling); at >= 0; ) {
      const end = at + spelling.length;
      if (!asValue || isValue(bytes, at, end)) found.push([placeOf(text, at), placeOf(text, end)]);
      at = bytes.indexOf(spelling, end);
    }
  }
  if (layers === 0) return found;
  const inner = [withoutPercents(text), withoutEscapes(text)].filter((one) => one !== undefined);
  return [...found, ...inner.flatMap((one) => spansIn(one, spellings, layers - 1))];
}

const isValue = (bytes: Buffer, at: number, end: number): boolean =>
  (at === 0 || BEFORE_VALUE.has(bytes[at - 1] ?? 0)) &&
  (end === bytes.length || AFTER_VALUE.has(bytes[end] ?? 0));

/** In order, and those that overlap as one. */
function united(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last === undefined || from >= last[1]) all.push([from, to]);
    else all[all.length - 1] = [last[0], Math.max(last[1], to)];
  }
  return all;
}
