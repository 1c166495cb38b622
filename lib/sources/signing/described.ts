import type { Proof } from '../authoring/proofs.ts';
import type { Delivery, Refused, Source, Verification } from '../source.ts';
import { createCertificates } from './certificates.ts';
import { hmacProof, macKey } from './hmac.ts';
import { maskSecrets } from './mask.ts';
import { paypalProof, preparePaypal, webhookIdKey } from './paypal.ts';
import { headerJwtProof, type ProofOffer, unsigned } from './proofs.ts';
import {
  basicProof,
  bearerProof,
  fieldProof,
  pathProof,
  queryProof,
  secretHeaderProof,
} from './secret-proofs.ts';
import { verifiesNothing } from './secrets.ts';
import { tokenKey } from './signing-keys.ts';
import { keyOf, SCHEMES, type Scheme, TEXT_SECRET, verifySignature } from './verify.ts';

/** A scheme of a source's file. */
interface DescribedScheme extends Scheme, Pick<Source, 'prepare'> {
  /** The request holds the secret itself; the header where that is all of it. */
  readonly shows?: { readonly header?: string };
}

const TOKEN = { ...TEXT_SECRET, key: tokenKey, idSigned: true } as const;

const BASIC = {
  ...TOKEN,
  key: (secret: string) => (/^[^:]*:./s.test(secret) ? tokenKey(secret) : undefined),
  secretForm: 'user:password',
} as const;

const KEY_FORMS = {
  text: TEXT_SECRET.secretForm,
  base64: 'the key in base64',
  hex: 'the key in hex',
} as const;

/** How a place begins that is no path into the body. */
const IN_HEADER = 'header ';

function schemeOf(proof: Proof, idHeaders: readonly string[] = []): DescribedScheme {
  switch (proof.scheme) {
    case 'hmac': {
      const [key, secretForm] = [macKey(proof), KEY_FORMS[proof.key]];
      const idSigned = idHeaders.every((header) => proof.over.includes(`${IN_HEADER}${header}`));
      return { ...TEXT_SECRET, proof: hmacProof(proof), key, secretForm, idSigned };
    }
    case 'standard-webhooks':
      return { ...SCHEMES.standard, ...(proof.key === 'text' && TEXT_SECRET) };
    case 'jwt': {
      const form = proof.algorithm === 'RS256' ? SCHEMES.wix : TEXT_SECRET;
      const { key, read, secretForm } = form;
      const reader = headerJwtProof(proof.header, proof.algorithm);
      return { key, read, secretForm, proof: reader, idSigned: true };
    }
    case 'bearer':
      return { ...TOKEN, proof: bearerProof, shows: { header: 'authorization' } };
    case 'basic':
      return { ...BASIC, proof: basicProof, shows: { header: 'authorization' } };
    case 'header':
      return { ...TOKEN, proof: secretHeaderProof(proof.header), shows: { header: proof.header } };
    case 'path':
      return { ...TOKEN, proof: pathProof, shows: {} };
    case 'query':
      return { ...TOKEN, proof: queryProof(proof.parameter), shows: {} };
    case 'field':
      return proof.field.startsWith(IN_HEADER)
        ? schemeOf({ scheme: 'header', header: proof.field.slice(IN_HEADER.length) })
        : { ...TOKEN, proof: fieldProof(proof.field), shows: {} };
    case 'paypal':
      return paypalScheme();
  }
}

function paypalScheme(): DescribedScheme {
  const certificates = createCertificates();
  return {
    ...TEXT_SECRET,
    key: webhookIdKey,
    secretForm: 'the webhook id that PayPal shows beside the webhook',
    proof: paypalProof(certificates),
    prepare: (delivery, fetchText) => preparePaypal(certificates, delivery, fetchText),
    idSigned: true,
  };
}

/**
 * The parts of a `Source` that the proofs of its file give. Of several the first that the request offers decides: a
 * signature must not be bypassed by a weaker proof that comes beside it. Where a secret can stand in the request
 * itself, what was verified has `***` in its place.
 * @param idHeaders the headers that the event's id and topic are read from
 */
export function signedAs(
  signed: Proof | readonly Proof[],
  idHeaders: readonly string[] = [],
): Pick<Source, 'prepare' | 'verify' | 'signedIn' | 'secretProblem' | 'secretsIn'> {
  const schemes = [signed].flat().map((proof) => schemeOf(proof, idHeaders));
  const [first] = schemes;
  if (first === undefined) throw new Error('A source needs one proof or more in `signed`.');
  const isKey = (secret: string): boolean =>
    schemes.some((scheme) => keyOf(scheme, secret) !== undefined);
  const secretForm = [...new Set(schemes.map((scheme) => scheme.secretForm))].join(', or ');
  const signedIn = schemes.find((scheme) => scheme.signedIn)?.signedIn;
  const shown = schemes.flatMap(({ shows }) => shows ?? []);
  const headers = shown.flatMap(({ header }) => header ?? []);

  // Only for the proof that decides.
  const prepare: Source['prepare'] = async (delivery, fetchText) =>
    offered(schemes, delivery, []).scheme?.prepare?.(delivery, fetchText);

  const verify = (delivery: Delivery, secrets: readonly string[]): Verification => {
    const { scheme = first, offer } = offered(schemes, delivery, secrets);
    const found = verifySignature(scheme, delivery, secrets, offer);
    if (!found.ok || shown.length === 0) return found;
    return { ok: true, verified: maskSecrets(found.verified, secrets, headers) };
  };

  return {
    ...(signedIn && { signedIn }),
    ...(schemes.some((scheme) => scheme.prepare) && { prepare }),
    verify,
    secretProblem: (secret) => (isKey(secret) ? undefined : verifiesNothing(secretForm)),
    // Keys that are PEM have line breaks of their own, so no other proof stands beside them.
    secretsIn: (written) => first.read(written, isKey, secretForm),
  };
}

/** The first scheme whose proof is there, right or wrong; where none is, one that the secrets are of use to. */
function offered(
  schemes: readonly DescribedScheme[],
  delivery: Delivery,
  secrets: readonly string[],
): { readonly scheme: DescribedScheme | undefined; readonly offer: ProofOffer | Refused } {
  const missing: string[] = [];
  for (const scheme of schemes) {
    const offer = scheme.proof(delivery);
    if (!('ok' in offer) || offer.kind !== 'unsigned') return { scheme, offer };
    missing.push(offer.reason);
  }
  const usable = schemes.find((scheme) => secrets.some((secret) => keyOf(scheme, secret)));
  return { scheme: usable, offer: unsigned(missing.join('; ')) };
}
