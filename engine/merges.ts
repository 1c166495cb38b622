import { randomUUID } from 'node:crypto';
import { INSTANCE_ID } from '../samples/samples.ts';
import { mergeDelivery } from '../samples/wix.ts';
import type { LocalSettings } from './settings.ts';

interface Posting {
  /** Where webhooks are posted: `${url}/webhooks/{source}`. */
  readonly url: string;
  readonly settings: Pick<LocalSettings, 'environment' | 'signingSecrets'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Posts what a site posts when one contact was merged into another: the simulated Wix sends no webhooks.
 * @throws Error where it cannot be signed, or is not taken
 */
export async function postMerge(
  ids: { readonly from: string; readonly into: string },
  { url, settings: { environment, signingSecrets }, now }: Posting,
): Promise<void> {
  const { wix: privateKey } = signingSecrets;
  if (!privateKey) throw new Error(UNSIGNED);
  const facts = {
    id: randomUUID(),
    seconds: Math.floor(now / 1000),
    iso: new Date(now).toISOString(),
    instanceId: environment.WIX_INSTANCE_ID || INSTANCE_ID,
  };
  const { headers, body } = mergeDelivery(ids, facts, privateKey);
  const { ok, status } = await fetch(`${url}/webhooks/wix`, { method: 'POST', headers, body });
  if (!ok)
    throw new Error(`The contacts are merged, and the webhook of it was answered ${status}.`);
}

const UNSIGNED =
  'The contacts are merged, and Earmark does not hear of it: with a WIX_WEBHOOK_PUBLIC_KEY of yours the engine ' +
  'cannot sign what Wix would post.';
