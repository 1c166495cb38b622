import { createHash, createHmac } from 'node:crypto';

// AWS Signature Version 4, from the service's side:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (checked 2026-11-22)

/** A request to `/` without a query, as all requests to SQS and Parameter Store are. */
export interface SignedRequest {
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials, as a Lambda's, have one. */
  readonly sessionToken?: string;
}

/** Who may sign, and for which service of which region. */
export interface Signer {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
}

/** How far a request's time may be from the service's. */
const MAX_SKEW_MS = 5 * 60_000;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/;

/** Why AWS would refuse a request at `now` (epoch milliseconds); undefined when it is signed well. */
export function signatureProblem(
  request: SignedRequest,
  signer: Signer,
  now: number,
): string | undefined {
  const { headers } = request;
  const [, credential, names, signature] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (!credential || !names) return 'It has no Authorization of AWS4-HMAC-SHA256.';

  const time = headers['x-amz-date'] ?? '';
  const scope = `${time.slice(0, 8)}/${signer.region}/${signer.service}/aws4_request`;
  const { accessKeyId, sessionToken } = signer.credentials;
  if (credential !== `${accessKeyId}/${scope}`) return `Its credential is not for ${scope}.`;
  if (headers['x-amz-security-token'] !== sessionToken) return 'It has not the session token.';
  if (!(Math.abs(epoch(time) - now) <= MAX_SKEW_MS)) return `Its time, ${time}, is not now.`;

  const signed = names.split(';');
  const unsigned = Object.keys(headers).find(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name),
  );
  if (unsigned) return `It does not sign ${unsigned}.`;
  return signature === sign(request, signed, scope, signer.credentials.secretAccessKey)
    ? undefined
    : 'Its signature is another.';
}

/** `20261122T101500Z` in epoch milliseconds; NaN for any other form. */
function epoch(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}

function sign(
  { method, headers, body }: SignedRequest,
  names: readonly string[],
  scope: string,
  secret: string,
): string {
  const canonicalHeaders = names.map(
    (name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`,
  );
  const canonical = [method, '/', '', ...canonicalHeaders, '', names.join(';'), sha256(body)];
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical.join('\n'))];
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text.join('\n')).toString('hex');
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();
