/** "Did you mean `order`?" for a word near one of the candidates, else ''. Build-time only. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  let best = '';
  // A third of the word may be wrong: `ordr` finds `order`, and `total` does not find `topic`.
  let least = Math.max(2, Math.ceil(word.length / 3) + 1);
  for (const candidate of candidates) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === '' ? '' : `Did you mean \`${best}\`?`;
}

/** `paid` is as near to `order.paid`, and `lower` to `lowerAscii`, as one slip of the finger. */
function distanceOf(word: string, candidate: string): number {
  return word.length > 2 && candidate.includes(word) ? 1 : editDistance(word, candidate);
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const swap = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
