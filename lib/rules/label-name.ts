import { shortGaps, visibleName } from '../events/invisible.ts';

/** Wix's limit for a label's displayName (wix-api: labels, displayName 1-180; checked 2026-11-21). */
export const MAX_LABEL_NAME = 180;

const BLANKS = /[\s\p{Cc}]+/gu;
/** Words of ASCII with one space between: a name as it is. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** So many UTF-16 units are over the limit in NFC as well: it makes one unit of four at most. */
export const ENOUGH = 1_000;
/** So many hold ENOUGH visible units, where runs of invisible ones are short. */
const READ = 36 * ENOUGH;
const PIECE = 4_096;

/**
 * The name under which a label is known to Wix. Wix matches names exactly, so a difference that a person cannot
 * see must not make two labels of one. It is well-formed Unicode in NFC without what nobody sees (`visibleName`);
 * runs of blanks and control characters are one space, none at the ends. Over 180 UTF-16 units it is cut
 * between two graphemes and ends in "…". Idempotent. '' where nothing is left.
 */
export function labelName(text: string): string {
  if (text.length <= MAX_LABEL_NAME && PLAIN.test(text)) return text;
  const seen = folded(visibleName(beginning(text).toWellFormed()));
  const name = settled(seen.slice(0, ENOUGH));
  if (name.length <= MAX_LABEL_NAME) return name;
  const end = graphemeAt(name, MAX_LABEL_NAME - 1);
  // A joiner between the last letter and one that is cut off has nothing to join any more.
  return `${visibleName(end === 0 ? cutHard(name) : name.slice(0, end)).trimEnd()}…`;
}

/**
 * In NFC, without what nobody sees. NFC may merge a mark into its letter, which makes a joiner between them
 * invisible; without the joiner, the letter may take the next mark. A few rounds at most.
 */
function settled(text: string): string {
  const name = folded(visibleName(text.normalize('NFC')));
  return name === text ? name : settled(name);
}

const folded = (text: string): string => text.replace(BLANKS, ' ').trim();

/**
 * As much of a text as a name can need. A megabyte is never normalised as a whole: the time for that grows
 * with the square of a run of marks.
 */
function beginning(text: string): string {
  if (text.length <= PIECE) return text;
  let read = '';
  for (let at = 0; at < text.length && read.length < READ; at += PIECE) {
    read = shortGaps(read + text.slice(at, at + PIECE));
  }
  return read;
}

/** The start of the grapheme at this place. */
function graphemeAt(text: string, index: number): number {
  // Made only here: the first one of a process loads tables, and few names are that long.
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return graphemes.segment(text).containing(index)?.index ?? 0;
}

/** For a name that begins with a grapheme over the limit: "…" alone would make all such names one label. */
const cutHard = (name: string): string =>
  name.slice(0, MAX_LABEL_NAME - 1).replace(/[\ud800-\udbff]$/, '');
