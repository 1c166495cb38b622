import type { Proof } from '../authoring/proofs.ts';
import type { Delivery, Refused } from '../source.ts';
import { bodyScalar } from './body-field.ts';
import { decodeBase64, decodeBase64Url, decodeHex } from './encoding.ts';
import { MOST_PROOFS, type ProofReader, unsigned, wrong } from './proofs.ts';
import { type HmacHash, hmacKey, type Key } from './signing-keys.ts';

export type HmacProof = Extract<Proof, { scheme: 'hmac' }>;

/** What is read of the header: the signatures, and the time where that stands beside them. */
interface Written {
  readonly signatures: readonly string[];
  readonly time?: string | undefined;
}

/** A MAC in a header, in the spelling that a source's file describes. */
export function hmacProof(proof: HmacProof): ProofReader {
  const decode = decoderOf(proof);
  return (delivery) => {
    const value = delivery.headers[proof.header];
    if (value === undefined) return unsigned(`the ${proof.header} header is missing`);
    const written = writtenIn(proof, value);
    if ('ok' in written) return written;
    const time = proof.parts?.time ? written.time : proof.time && delivery.headers[proof.time];
    const signedAt = secondsOf(proof, time);
    if (isTimed(proof) && signedAt === undefined)
      return wrong('the signature has no valid timestamp');
    const found = written.signatures.flatMap((signature) => decode(signature) ?? []);
    if (found.length === 0) return wrong(`the ${proof.header} header is not in the expected form`);
    const signed = signedBytes(proof, delivery, time ?? '');
    if ('ok' in signed) return signed;
    const proofs = found.map((bytes) => ({ kind: `hmac-${proof.hash}` as const, bytes }));
    return { signed, proofs, signedAt, tolerance: proof.tolerance };
  };
}

const isTimed = ({ time, parts }: HmacProof): boolean => (parts?.time ?? time) !== undefined;

/** The header as one signature, or as a list like `t=…,v1=…` with several. API Gateway joins duplicates by a comma. */
function writtenIn({ header, parts }: HmacProof, value: string): Written | Refused {
  const twice = (): Refused => wrong(`the ${header} header came more than once`);
  if (parts?.separator !== ',' && value.includes(',')) return twice();
  if (parts === undefined) return { signatures: [value] };
  const pairs = value.split(parts.separator).map((part) => {
    const [name = '', ...rest] = part.trim().split('=');
    return { name, value: rest.join('=') };
  });
  const called = (wanted: string | undefined): readonly string[] =>
    pairs.filter(({ name }) => name === wanted).map((pair) => pair.value);
  const times = called(parts.time);
  if (times.length > 1) return twice();
  return { signatures: called(parts.signature).slice(0, MOST_PROOFS), time: times[0] };
}

/** The bytes of a digest, strictly in its encoding. */
function decoderOf({ hash, encoding, prefix }: HmacProof) {
  const decode = { hex: decodeHex, base64: decodeBase64, base64url: decodeBase64Url }[encoding];
  return (text: string): Buffer | undefined => {
    if (!text.startsWith(prefix)) return undefined;
    const bytes = decode(text.slice(prefix.length));
    return bytes?.length === DIGEST_BYTES[hash] ? bytes : undefined;
  };
}

const DIGEST_BYTES: Readonly<Record<HmacHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };

const TIME = { seconds: /^\d{1,12}$/, milliseconds: /^\d{1,15}$/ } as const;

function secondsOf({ unit }: HmacProof, time: string | undefined): number | undefined {
  if (time === undefined || !TIME[unit].test(time)) return undefined;
  return unit === 'seconds' ? Number(time) : Math.floor(Number(time) / 1000);
}

function signedBytes({ over }: HmacProof, delivery: Delivery, time: string): Buffer | Refused {
  const pieces: (string | Buffer)[] = [];
  for (const piece of over) {
    const found = pieceOf(piece, delivery, time);
    if (found === undefined) return wrong(`the delivery has no ${piece}, which is signed`);
    pieces.push(found);
  }
  const [only] = pieces;
  if (pieces.length === 1 && Buffer.isBuffer(only)) return only;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

/** A piece of what is signed. The address is unknown of a delivery of ours. */
function pieceOf(piece: string, delivery: Delivery, time: string): string | Buffer | undefined {
  const { headers, body, address } = delivery;
  if (piece === 'body') return body;
  if (piece === 'time') return time;
  if (piece === 'url') return address?.url;
  if (piece === 'method') return address?.method;
  if (piece.startsWith('header ')) return headers[piece.slice('header '.length)];
  if (piece.startsWith('field ')) return bodyScalar(delivery, piece.slice('field '.length));
  return piece;
}

/** How the secret of a MAC becomes its key. */
export function macKey({ hash, key }: HmacProof): (secret: string) => Key | undefined {
  if (key === 'text') return (secret) => hmacKey(Buffer.from(secret), hash);
  const decode = key === 'hex' ? decodeHex : decodeBase64;
  return (secret) => hmacKey(decode(secret) ?? Buffer.alloc(0), hash);
}
