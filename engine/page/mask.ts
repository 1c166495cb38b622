import type { Request } from './memory.ts';

const MASK = '***';
/** What proves a sender without a signature. */
const PROOFS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);
/** Anything shorter would be found where it is not meant. */
const SHORTEST = 6;

/**
 * Takes the secrets out of a request: what is set as one, wherever it stands; what follows the source in the path; the
 * query; the headers that are a proof by themselves. Signatures stay: they prove this one body.
 * @param settings values of settings, each one secret or several
 */
export function createMask(settings: readonly string[]): (request: Request) => Request {
  const secrets = [...new Set(settings.flatMap((value) => [value, ...value.split(/[\r\n,]+/)]))]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  const clean = (text: string): string =>
    secrets.reduce((left, secret) => left.replaceAll(secret, MASK), text);
  return ({ method, path, headers, body }) => ({
    method,
    path: path.replace(/^(.*\/webhooks\/[^/?]+\/)[^?]+/, `$1${MASK}`).replace(/\?.+$/s, `?${MASK}`),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        PROOFS.has(name.toLowerCase()) ? MASK : clean(value),
      ]),
    ),
    body: clean(body),
  });
}
