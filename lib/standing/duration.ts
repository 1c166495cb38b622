const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A time as rules.yml writes it: 30m, 12h, 7d or 2w. */
export const DURATION = /^([1-9]\d{0,5})([mhdw])$/;

/** Milliseconds; undefined where the text is no such time. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}
