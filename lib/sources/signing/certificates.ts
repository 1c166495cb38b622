import { X509Certificate } from 'node:crypto';
import type { FetchText } from '../source.ts';

/** What was fetched, for the life of the process. */
export interface Certificates {
  /** The certificate at an address, where it was fetched. */
  at(url: string): X509Certificate | undefined;
  /**
   * Fetches the certificate, unless it is known that it is there, or that there is none.
   * @throws Error when it cannot be had now: the sender is to come again
   */
  load(url: string, now: number, fetchText: FetchText): Promise<void>;
}

/** A sender has one or two certificates at a time. */
const MOST_KEPT = 8;
/** Strangers can name addresses, so no more fetches than these begin in a minute. */
const MOST_A_MINUTE = 5;
const MINUTE_MS = 60_000;
/** How long it is remembered that there was none. */
const FAILED_MS = 30_000;

/** The certificates of a sender. Addresses are checked before they come here. */
export function createCertificates(): Certificates {
  const known = new Map<string, X509Certificate>();
  const failed = new Map<string, { readonly until: number; readonly error?: Error }>();
  const flights = new Map<string, Promise<void>>();
  let begun: readonly number[] = [];

  async function fetchOne(url: string, now: number, fetchText: FetchText): Promise<void> {
    try {
      const certificate = certificateIn(await fetchText(url));
      if (certificate) keep(known, url, certificate);
      else keep(failed, url, { until: now + FAILED_MS });
    } catch {
      // What went wrong may quote an address that a stranger wrote.
      const error = new Error("The sender's certificate could not be fetched.");
      keep(failed, url, { until: now + FAILED_MS, error });
      throw error;
    } finally {
      flights.delete(url);
    }
  }

  return {
    at: (url) => known.get(url),
    async load(url, now, fetchText) {
      if (known.has(url)) return;
      const flight = flights.get(url);
      if (flight) return flight;
      const last = failed.get(url);
      if (last && now < last.until) {
        if (last.error) throw last.error;
        return;
      }
      begun = begun.filter((time) => now - time < MINUTE_MS);
      if (begun.length >= MOST_A_MINUTE) {
        throw new Error(`More than ${MOST_A_MINUTE} certificates were asked for in a minute.`);
      }
      begun = [...begun, now];
      const started = fetchOne(url, now, fetchText);
      flights.set(url, started);
      return started;
    },
  };
}

/** Keeps one more, and forgets the oldest where there are too many. */
function keep<T>(kept: Map<string, T>, url: string, value: T): void {
  kept.delete(url);
  kept.set(url, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/** The first certificate of a text in PEM: the sender's own, which its issuers may follow. */
function certificateIn(text: string | undefined): X509Certificate | undefined {
  try {
    return text === undefined ? undefined : new X509Certificate(text);
  } catch {
    return undefined;
  }
}
