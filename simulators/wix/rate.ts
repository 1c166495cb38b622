export interface RateLimit {
  /** Counts a request of a site, or says how long it should wait (ms) and does not count it. */
  admit(siteId: string): { readonly waitMs: number } | undefined;
}

const WINDOW_MS = 60_000;

/**
 * At most `perMinute` requests of a site in any 60 seconds.
 * https://dev.wix.com/docs/rest/articles/get-started/rate-limits named 200 for an app instance; the
 * page gives no number any more, and how Wix counts is unknown (checked 2026-11-21).
 */
export function createRateLimit(perMinute: number, now: () => number): RateLimit {
  const admitted = new Map<string, number[]>();
  return {
    admit(siteId) {
      if (perMinute === Number.POSITIVE_INFINITY) return undefined;
      const at = now();
      const recent = (admitted.get(siteId) ?? []).filter((time) => time > at - WINDOW_MS);
      admitted.set(siteId, recent);
      const oldest = recent[0];
      if (recent.length >= perMinute) return { waitMs: (oldest ?? at) + WINDOW_MS - at };
      recent.push(at);
      return undefined;
    },
  };
}
