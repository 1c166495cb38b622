import { EMPTIED_HEADERS } from '../../lib/queue/kept-delivery.ts';
import { asVerified } from '../../lib/sources/as-verified.ts';
import { sourceNamed } from '../../lib/sources/index.ts';
import { maskSecrets } from '../../lib/sources/signing/mask.ts';
import type { LocalSettings } from '../settings.ts';
import type { Request } from './memory.ts';

const MASK = '***';

/**
 * Takes proofs and secrets out of a request: what is set as a secret of its source, wherever it stands; what follows the
 * source in the path; the query; the headers that are a proof by themselves. Of a request to no source nothing is left
 * but its path, for any secret may stand in it.
 */
export function createMask(
  settings: () => Pick<LocalSettings, 'environment' | 'signingSecrets'>,
): (request: Request) => Request {
  return ({ method, path, headers, body }) => {
    const { environment, signingSecrets } = settings();
    const [, name = ''] = /\/webhooks\/([^/?]*)/.exec(path) ?? [];
    const source = sourceNamed(name);
    const shown = path
      .replace(/^(.*\/webhooks\/[^/?]+\/)[^?]+/, `$1${MASK}`)
      .replace(/\?.+$/s, `?${MASK}`);
    if (!source) return { method, path: shown.replace(name, MASK), headers: {}, body: '' };
    const { secrets } = source.secretsIn(environment[source.secretSetting] ?? '');
    const signing = signingSecrets[name];
    const known = signing === undefined ? secrets : [...secrets, signing];
    const delivery = { headers, body: Buffer.from(body), receivedAt: 0 };
    const masked = maskSecrets(asVerified(source, delivery), known, []);
    const left = Object.entries(masked.headers).map(([header, value]) => [
      header,
      EMPTIED_HEADERS.test(header) ? MASK : value,
    ]);
    return { method, path: shown, headers: Object.fromEntries(left), body: `${masked.body}` };
  };
}
