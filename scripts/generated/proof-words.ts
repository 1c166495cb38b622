import type { Proof } from '../../lib/sources/authoring/proofs.ts';
import { code, listed } from './markdown.ts';

type Hmac = Extract<Proof, { scheme: 'hmac' }>;

/** By what a source's deliveries prove themselves. */
export const proofWords = (signed: Proof | readonly Proof[]): string =>
  listed([signed].flat().map(oneProof), 'or');

function oneProof(proof: Proof): string {
  switch (proof.scheme) {
    case 'hmac':
      return hmacWords(proof);
    case 'standard-webhooks':
      return `Standard Webhooks' signature${proof.key === 'text' ? ', whose key is the whole secret' : ''}`;
    case 'jwt':
      return `a JWT (${proof.algorithm}) in ${code(proof.header)}`;
    case 'bearer':
      return 'the secret as a bearer token';
    case 'basic':
      return 'HTTP Basic';
    case 'header':
      return `the secret in the header ${code(proof.header)}`;
    case 'path':
      return 'the secret at the end of the path';
    case 'query':
      return `the secret in the query's ${code(proof.parameter)}`;
    case 'field':
      return `the secret in the body's ${code(proof.field)}`;
    case 'paypal':
      return "PayPal's certificate";
  }
}

function hmacWords({ hash, over, header, encoding }: Hmac): string {
  return `HMAC-${hash.replace('sha', 'SHA')} of ${listed(over.map(pieceWords))} in ${code(header)} (${encoding})`;
}

function pieceWords(piece: string): string {
  if (/^(?:body|time|url|method)$/.test(piece)) return `the ${piece === 'url' ? 'address' : piece}`;
  const [kind, name = ''] = piece.split(/ (.*)/s);
  if (kind === 'header') return `the header ${code(name)}`;
  return kind === 'field' ? `the body's ${code(name)}` : code(piece);
}
