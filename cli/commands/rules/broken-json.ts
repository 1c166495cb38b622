/**
 * Where a text that begins as JSON does breaks off being it, and why, in words; undefined for whole JSON and for what
 * begins otherwise.
 */
export function brokenJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const fault = faultOf(text);
  if (fault === undefined) return undefined;
  // The parser does not always say where: it is what follows the longest beginning that some JSON has.
  let [whole, broken] = [0, text.length];
  while (whole < broken) {
    const middle = Math.ceil((whole + broken) / 2);
    if (isBeginning(text.slice(0, middle))) whole = middle;
    else broken = middle - 1;
  }
  const lines = text.slice(0, whole).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  if (whole === text.length) return `it is JSON that ends too early, at ${place}`;
  return `it is no JSON from ${place} on: ${fault.replace(/ (?:in JSON )?at position .*|, (?:\.\.\.)?".*/s, '')}`;
}

function faultOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether more text could make JSON of it: the parser stumbles at the end alone. */
function isBeginning(text: string): boolean {
  const fault = faultOf(text);
  return (
    fault === undefined ||
    fault.includes('end of JSON') ||
    fault.includes(`position ${text.length} `)
  );
}
