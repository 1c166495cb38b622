import { createHmac } from 'node:crypto';
import type { Proof } from '../lib/sources/authoring/proofs.ts';
import { signJwt, standardHeaders } from './sign.ts';

/** What is to be sent, before it proves anything. */
export interface Unproved {
  readonly method: string;
  /** The address it goes to, as the sender has it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Unix seconds. */
  readonly seconds: number;
}

/** The same with a proof in it. */
export interface Proved {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What is to follow the source's name in the path. */
  readonly secret?: string;
  readonly query: Readonly<Record<string, string>>;
}

type ProofOf<Name extends Proof['scheme']> = Extract<Proof, { scheme: Name }>;

/**
 * A request that proves itself as the sender's would, by the first proof in `signed` that can be made here. The formulas
 * are the sender's side of what `lib/sources/signing` checks.
 * @param secret for a JWT by RS256 the private key, as PEM
 * @throws RangeError for PayPal, which signs with a key of its own
 */
export function signDescribed(
  signed: Proof | readonly Proof[],
  secret: string,
  request: Unproved,
): Proved {
  const proof = [signed].flat().find(({ scheme }) => scheme !== 'paypal');
  if (proof === undefined) throw new RangeError("PayPal's signature needs PayPal's own key");
  const { headers, body } = request;
  const change = changeFor(proof, secret, request);
  return { query: {}, body, ...change, headers: { ...headers, ...change.headers } };
}

function changeFor(proof: Proof, secret: string, request: Unproved): Partial<Proved> {
  const { headers, body, seconds } = request;
  switch (proof.scheme) {
    case 'hmac':
      return { headers: hmacHeaders(proof, secret, request) };
    case 'standard-webhooks': {
      // The key is the whole secret where it is text.
      const key = proof.key === 'text' ? Buffer.from(secret).toString('base64') : secret;
      return {
        headers: standardHeaders(key, headers['webhook-id'] ?? `msg_${seconds}`, seconds, body),
      };
    }
    case 'jwt':
      return { headers: { [proof.header]: `Bearer ${jwt(proof, secret, seconds)}` } };
    case 'bearer':
      return { headers: { authorization: `Bearer ${secret}` } };
    case 'basic':
      return { headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } };
    case 'header':
      return { headers: { [proof.header]: secret } };
    case 'path':
      return { secret };
    case 'query':
      return { query: { [proof.parameter]: secret } };
    case 'field':
      if (proof.field.startsWith('header ')) return { headers: { [proof.field.slice(7)]: secret } };
      return { body: withField(body, headers['content-type'] ?? '', proof.field, secret) };
    case 'paypal':
      return {};
  }
}

function hmacHeaders(
  proof: ProofOf<'hmac'>,
  secret: string,
  request: Unproved,
): Record<string, string> {
  const { hash, encoding, prefix, parts, unit, over, key } = proof;
  const time = String(unit === 'seconds' ? request.seconds : request.seconds * 1000);
  const mac = createHmac(hash, key === 'text' ? secret : Buffer.from(secret, key));
  for (const piece of over) mac.update(pieceOf(piece, request, time));
  const signature = prefix + mac.digest(encoding);
  const beside = proof.time && !parts?.time ? { [proof.time]: time } : {};
  if (parts === undefined) return { [proof.header]: signature, ...beside };
  const list = [
    ...(parts.time ? [`${parts.time}=${time}`] : []),
    `${parts.signature}=${signature}`,
  ];
  return { [proof.header]: list.join(parts.separator), ...beside };
}

function pieceOf(piece: string, request: Unproved, time: string): string | Buffer {
  const [kind, name = ''] = piece.split(/ (.*)/s);
  if (kind === 'body') return request.body;
  if (kind === 'time') return time;
  if (kind === 'url') return request.url;
  if (kind === 'method') return request.method;
  if (kind === 'header') return request.headers[name] ?? '';
  if (kind === 'field') return String(valueAt(JSON.parse(String(request.body)), name));
  return piece;
}

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce((found, key) => (found as Record<string, unknown>)[key], value);

/** Five minutes of life, as senders give their tokens. */
function jwt({ algorithm }: ProofOf<'jwt'>, secret: string, seconds: number): string {
  const claims = { iat: seconds, exp: seconds + 300 };
  if (algorithm === 'RS256') return signJwt(secret, claims);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The body with the secret in a field of it: JSON, the parts of a form, or a form. */
function withField(body: Buffer, type: string, field: string, secret: string): Buffer {
  const text = body.toString();
  const [first = '', ...rest] = field.split('.');
  const name = first + rest.map((key) => `[${key}]`).join('');
  if (text.trimStart().startsWith('{')) {
    return Buffer.from(JSON.stringify(withValue(JSON.parse(text), [first, ...rest], secret)));
  }
  const boundary = /^(--[^\r\n]+)\r?\n/.exec(text)?.[1];
  if (type.startsWith('multipart/') && boundary !== undefined) {
    const head = `${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;
    return Buffer.concat([Buffer.from(`${head}${secret}\r\n`), body]);
  }
  const [only, ...others] = [...new URLSearchParams(text)];
  if (others.length === 0 && only?.[0] === first && only[1].startsWith('{')) {
    // Ko-fi's form has one field, which is JSON.
    const inner = JSON.stringify(withValue(JSON.parse(only[1]), rest, secret));
    return Buffer.from(new URLSearchParams({ [first]: inner }).toString());
  }
  return Buffer.from(withPair(text, name, secret));
}

/** A form with a field, in place of one of that name. */
function withPair(text: string, name: string, secret: string): string {
  const pair = new URLSearchParams({ [name]: secret }).toString();
  const begin = pair.slice(0, pair.indexOf('=') + 1);
  const others = text.split('&').filter((one) => one !== '' && !one.startsWith(begin));
  return [...others, pair].join('&');
}

function withValue(value: unknown, path: readonly string[], secret: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return secret;
  const object = typeof value === 'object' ? (value as Record<string, unknown>) : {};
  return { ...object, [key]: withValue(object[key], rest, secret) };
}
