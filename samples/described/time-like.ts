const ISO =
  /^\d{4}-\d\d-\d\d(?:(?<gap>[T ])\d\d:\d\d(?<seconds>:\d\d(?:\.(?<fraction>\d{1,9}))?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A time in the form of another one: unix time in seconds or milliseconds, or ISO 8601 with as much of it as that has.
 * @param now epoch milliseconds
 * @returns undefined for a form that is none of these
 */
export function timeLike(written: string, now: number): string | undefined {
  const unix = /^\d{1,16}(?:\.(\d+))?$/.exec(written);
  if (unix) {
    if (Number(written) >= 1e12) return String(now);
    return unix[1] === undefined
      ? String(Math.floor(now / 1000))
      : (now / 1000).toFixed(Math.min(unix[1].length, 3));
  }
  const parts = ISO.exec(written)?.groups;
  if (parts === undefined) return undefined;
  const { gap, seconds, fraction, zone = '' } = parts;
  const local = new Date(now + minutesOf(zone) * 60_000).toISOString();
  const day = local.slice(0, 10);
  if (gap === undefined) return day;
  const time = local.slice(11, seconds === undefined ? 16 : 19);
  const rest =
    fraction === undefined
      ? ''
      : `.${local.slice(20, 23).padEnd(9, '0').slice(0, fraction.length)}`;
  return day + gap + time + rest + zone;
}

/** How far a zone is ahead of UTC. */
function minutesOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const ahead = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -ahead : ahead;
}
