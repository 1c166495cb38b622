import { createHmac } from 'node:crypto';
import type { CodeSourceName } from '../../lib/events/event.ts';
import { proofHeaders, signJwt } from '../../samples/sign.ts';
import type { Random } from '../../simulators/random.ts';
import { chance, pick, whole } from './values.ts';

type Headers = Record<string, string>;

/** Secrets that senders and receiver share; for `wix` what the platform signs with, in PEM. */
export type Secrets = Readonly<Record<CodeSourceName, string>>;

export interface Signed {
  readonly headers: Headers;
  readonly body: string | Buffer;
}

/** Signs as the platform does. For `wix` the body is the text of the claims' data. */
export function sign(
  source: CodeSourceName,
  secrets: Secrets,
  body: string | Buffer,
  seconds: number,
): Signed {
  if (source === 'wix') {
    const data = typeof body === 'string' ? body : body.toString('latin1');
    return { body: signJwt(secrets.wix, { data, exp: seconds + 3600 }), headers: {} };
  }
  return { body, headers: proofHeaders(source, secrets[source], body, seconds) };
}

/** GitHub's form, which the custom source takes as well. */
export const hubHeaders = (secret: string, body: string | Buffer): Headers => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

/** The headers that prove something; of `wix` the proof is the end of the body. */
const PROOF = /signature|hmac|authorization|x-webhook-secret/;

/** One change after which the request must be refused. */
export function spoil(random: Random, { headers, body }: Signed): Signed {
  const name = Object.keys(headers).find((key) => PROOF.test(key));
  if (name === undefined) return { headers, body: withWrongEnd(random, `${body}`) };
  const value = headers[name] ?? '';
  const { [name]: _, ...others } = headers;
  switch (whole(random, 6)) {
    case 0:
      return { body, headers: others };
    case 1:
      return { body, headers: { ...headers, [name]: `${value}, ${value}` } };
    case 2:
      return { body, headers: { ...headers, [name]: value.slice(0, whole(random, value.length)) } };
    case 3:
      return { body, headers: { ...headers, [name]: changed(random, value) } };
    case 4:
      return {
        body,
        headers: {
          ...headers,
          [name]: pick(random, ['', ',', '=', 'v1,', 't=1,v1=', 'Bearer ', '\u{1f381}']),
        },
      };
    default:
      // A token is no signature: it does not cover the body.
      return name === 'authorization'
        ? { body, headers: others }
        : { headers, body: chance(random, 0.5) ? ` ${body}` : `${body} ` };
  }
}

/** Another character in the proof itself, and not only in its case or its last, half-used bits. */
function changed(random: Random, value: string): string {
  const at = value.length - 3 - whole(random, Math.min(20, value.length - 4));
  return `${value.slice(0, at)}${value[at] === '3' ? '4' : '3'}${value.slice(at + 1)}`;
}

function withWrongEnd(random: Random, body: string): string {
  const parts = body.split('.');
  return pick(random, [
    parts.slice(0, 2).join('.'),
    `${parts.slice(0, 2).join('.')}.`,
    `${body}.`,
    `.${body}`,
    changed(random, body),
    `${body.slice(0, 200)}x${body.slice(200)}`,
    'eyJhbGciOiJub25lIn0.e30.',
  ]);
}
