import type { Delivery } from '../source.ts';
import { bodyText } from './body-field.ts';
import { decodeBase64 } from './encoding.ts';
import { decodeBearer, headerProof, type ProofReader, unsigned, wrong } from './proofs.ts';

// Proofs that are the secret itself: they say nothing of the body, and who sees one delivery has the secret.

/** One text of the request that is the secret. */
const tokenProof =
  (where: string, find: (delivery: Delivery) => string | undefined): ProofReader =>
  (delivery) => {
    const found = find(delivery);
    if (found === undefined) return unsigned(`there is no secret in ${where}`);
    const bytes = Buffer.from(found.trim());
    if (bytes.length === 0) return wrong(`the secret in ${where} is empty`);
    return { signed: delivery.body, proofs: [{ kind: 'token', bytes }] };
  };

export const pathProof = tokenProof('the path', ({ address }) => address?.secret || undefined);

export const queryProof = (parameter: string): ProofReader =>
  tokenProof(`the query's ${parameter}`, ({ address }) =>
    address && Object.hasOwn(address.query, parameter) ? address.query[parameter] : undefined,
  );

export const fieldProof = (field: string): ProofReader =>
  tokenProof(`the body's ${field}`, (delivery) => bodyText(delivery, field));

export const secretHeaderProof = (header: string): ProofReader =>
  headerProof('token', [header], (value) => Buffer.from(value.trim()));

/** RFC 7617: `Basic`, and base64 of `user:password`. */
const decodeBasic = (value: string): Buffer | undefined =>
  decodeBase64(/^Basic +(\S+)$/i.exec(value)?.[1] ?? '');

/** Where a source may send either of the two, the other one's header is not this one's proof. */
const unlessIn =
  (other: RegExp, proof: ProofReader): ProofReader =>
  (delivery) =>
    other.test(delivery.headers.authorization ?? '')
      ? unsigned('the authorization header is of another scheme')
      : proof(delivery);

export const bearerProof = unlessIn(
  /^Basic /i,
  headerProof('token', ['authorization'], decodeBearer),
);
export const basicProof = unlessIn(
  /^Bearer /i,
  headerProof('token', ['authorization'], decodeBasic),
);
