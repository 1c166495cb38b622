import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;

/**
 * The public keys in a text: PEM, one or several in a row, also on one line, in quotes or with `\n` written as
 * two characters, as environment files have it; base64 of PEM; base64 of DER. Undefined for each piece that
 * is none.
 */
export function publicKeysIn(written: string): readonly (KeyObject | undefined)[] {
  // Neither is a character of base64 or of PEM's own lines.
  const text = written.replace(/\\+[rn]/g, '\n').replace(/["'\\]/g, '');
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => fromPem(label, body));
  const others = text
    .replace(BLOCK, ',')
    .split(',')
    .filter((piece) => piece.trim() !== '');
  return [...blocks, ...others.flatMap(fromBase64)];
}

function fromPem(label: string, body: string): KeyObject | undefined {
  const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return attempt(() =>
    createPublicKey([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n')),
  );
}

/** Each line may be a key, or all of them one that was wrapped. */
function fromBase64(piece: string): readonly (KeyObject | undefined)[] {
  const lines = piece.trim().split(/\s+/).map(decode);
  return lines.every((keys) => keys.every((key) => key !== undefined))
    ? lines.flat()
    : decode(piece.replace(/\s+/g, ''));
}

function decode(base64: string): readonly (KeyObject | undefined)[] {
  const bytes = Buffer.from(base64, 'base64');
  // It is shorter each time.
  if (bytes.includes('-----BEGIN')) return publicKeysIn(bytes.toString('latin1'));
  return [
    attempt(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' })) ??
      attempt(() => createPublicKey({ key: bytes, format: 'der', type: 'pkcs1' })) ??
      attempt(() => new X509Certificate(bytes).publicKey),
  ];
}

function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
