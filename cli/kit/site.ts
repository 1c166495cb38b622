import { setTimeout as sleep } from 'node:timers/promises';
import { readLabelSettings } from '../../lib/labelling/settings.ts';
import { SYSTEM } from '../../lib/runtime/clock.ts';
import { fetchOverHttp } from '../../lib/runtime/fetch.ts';
import { siteIn } from '../../lib/runtime/settings.ts';
import type { Call } from '../../lib/wix/calls/client.ts';
import { openCalls, type WixSite, wixSite } from '../../lib/wix/site.ts';
import { environmentOf, type Target } from './target.ts';

/** A command may take its time: nothing ends it but Ctrl-C. */
const UNHURRIED_MS = 24 * 3_600_000;

/** The Wix site that a target labels. */
export interface OpenedSite {
  /** The site's id, or the app instance's: as jobs name it. */
  readonly id: string;
  readonly wix: WixSite;
  /** One call of the site, for what WixSite has no operation. */
  readonly call: Call;
}

/**
 * Opens the site with the target's own credentials.
 * @param limit calls in any 60 seconds that this command may make; the workers do not know of them
 * @param signal ends the wait of a call for its turn: the call then rejects with an AbortError
 * @throws SettingsError naming what is missing
 */
export async function openSite(
  target: Target,
  limit: number,
  signal?: AbortSignal,
): Promise<OpenedSite> {
  const env = await environmentOf(target);
  const { wixApiUrl, credentials } = await readLabelSettings(env, async () => new Map());
  const id = siteIn(await target.settings()) ?? '';
  const open = openCalls({
    baseUrl: wixApiUrl,
    credentials,
    limit,
    fetch: fetchOverHttp,
    ...SYSTEM,
    clock: () => performance.now(),
    sleep: (ms) => sleep(ms, undefined, signal && { signal }),
  });
  const context = { site: id, timeLeft: () => UNHURRIED_MS, patience: 'unhurried' } as const;
  const call = open(context);
  return { id, wix: wixSite(call), call };
}
