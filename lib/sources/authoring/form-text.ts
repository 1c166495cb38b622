/** An object as the body of a form, nested keys in brackets as PHP writes them: `customer[email]=…`. */
export function formText(fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) => pairsOf(key, value));
  return new URLSearchParams(pairs).toString();
}

function pairsOf(key: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[key, String(value ?? '')]];
  return Object.entries(value).flatMap(([inner, one]) => pairsOf(`${key}[${inner}]`, one));
}
