import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;

/**
 * The public keys in a text: PEM, one or several in a row, also on one line, in quotes or with `\n` written as
 * two characters, as in environment files; base64 of PEM; base64 of DER. Undefined for each piece that is no key.
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

/** Each line may be a key. Or all lines are wrapped keys: then `=` or the DER itself shows where one ends. */
function fromBase64(piece: string): readonly (KeyObject | undefined)[] {
  const lines = piece.trim().split(/\s+/).map(decode);
  return lines.every((keys) => keys.every((key) => key !== undefined))
    ? lines.flat()
    : (piece.replace(/\s+/g, '').match(/[^=]+=*/g) ?? ['']).flatMap(decode);
}

function decode(base64: string): readonly (KeyObject | undefined)[] {
  const bytes = Buffer.from(base64, 'base64');
  // The text is shorter each time, so this ends.
  if (bytes.includes('-----BEGIN')) return publicKeysIn(bytes.toString('latin1'));
  return sequencesIn(bytes).map(
    (der) =>
      attempt(() => createPublicKey({ key: der, format: 'der', type: 'spki' })) ??
      attempt(() => createPublicKey({ key: der, format: 'der', type: 'pkcs1' })) ??
      attempt(() => new X509Certificate(der).publicKey),
  );
}

/** One piece for each DER sequence, and one for what follows them: Node itself would read only the first. */
function sequencesIn(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  let rest = bytes;
  do {
    const length = sequenceLength(rest);
    found.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  } while (rest.length > 0);
  return found;
}

const SEQUENCE = 0x30;

/** The length of the DER sequence at the beginning, with its header (X.690 §8.1.3); of all where there is none. */
function sequenceLength(bytes: Buffer): number {
  const [tag, first = 0x80] = bytes;
  if (tag !== SEQUENCE || first === 0x80) return bytes.length;
  if (first < 0x80) return 2 + first;
  const size = first & 0x7f;
  if (size > 4 || bytes.length < 2 + size) return bytes.length;
  return 2 + size + bytes.readUIntBE(2, size);
}

function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
