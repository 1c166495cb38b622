const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `90s`, `15m`, `1.5h`, `7d`, `2w` in milliseconds; undefined for what is no age. */
export function ageMs(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6}(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  return unit === '' ? undefined : Number(count) * (UNITS[unit] ?? 0);
}
