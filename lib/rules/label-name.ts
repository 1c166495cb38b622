/** Wix's limit for a label's displayName (wix-api: labels, displayName 1-180; checked 2026-11-21). */
export const MAX_LABEL_NAME = 180;

const BLANKS = /[\s\p{Cc}]+/gu;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The name under which a label is known to Wix. Wix matches names exactly, so what a person cannot
 * see must not make two labels of one: well-formed Unicode in NFC, runs of blanks and control
 * characters are one space, none at the ends. Over 180 UTF-16 units it is cut between two graphemes
 * and ends in "…". Idempotent. Text with nothing to see gives ''.
 */
export function labelName(text: string): string {
  const name = text.toWellFormed().normalize('NFC').replace(BLANKS, ' ').trim();
  if (name.length <= MAX_LABEL_NAME) return name;
  const end = graphemes.segment(name).containing(MAX_LABEL_NAME - 1)?.index ?? 0;
  return `${name.slice(0, end).trimEnd()}…`;
}
