import { distance } from 'fastest-levenshtein';

/** "Did you mean `order`?" for a word near one of the candidates, else ''. Build-time only. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  let best = '';
  // A third of the word may be wrong: `ordr` finds `order`, and `total` does not find `topic`.
  let least = Math.max(2, Math.ceil(word.length / 3) + 1);
  for (const candidate of candidates) {
    const slips = slipsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (slips < least) [best, least] = [candidate, slips];
  }
  return best === '' ? '' : `Did you mean \`${best}\`?`;
}

/** `paid` is as near to `order.paid`, and `lower` to `lowerAscii`, as one slip of the finger. */
const slipsBetween = (word: string, candidate: string): number =>
  word.length > 2 && candidate.includes(word) ? 1 : distance(word, candidate);
