import type { CallContext } from '../../lib/wix/calls/budget.ts';
import { createWix, type WixOptions, type WixSite } from '../../lib/wix/site.ts';
import { APP } from './jobs.ts';

/** A call that nothing stands in the way of, on behalf of a site. */
export const aContext = (site: string, over: Partial<CallContext> = {}): CallContext => ({
  site,
  timeLeft: () => 60_000,
  patience: 'batch',
  ...over,
});

/** The client of an app, with no limit that a test would use up, before a simulated Wix. */
export function openWix(
  { fetch }: Pick<WixOptions, 'fetch'>,
  over: Partial<WixOptions> = {},
): (site: string) => WixSite {
  const openSite = createWix({
    baseUrl: 'http://wix.test',
    credentials: { kind: 'app', appId: APP.id, appSecret: APP.secret },
    fetch,
    now: Date.now,
    clock: Date.now,
    sleep: async () => {},
    random: () => 0.5,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    limit: 1_000_000,
    ...over,
  });
  return (site) => openSite(aContext(site));
}
