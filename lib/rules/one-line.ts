/** A text on one line, cut where it has more than `most` UTF-16 units. */
export function oneLine(text: string, most = 100): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most
    ? line
    : `${line
        .slice(0, most - 1)
        .toWellFormed()
        .trimEnd()}…`;
}
