/** Bytes as they read once they are decoded. */
export interface Decoded {
  readonly bytes: Buffer;
  /** Where each of them was written, and one place more for the end; absent where they stand as they were written. */
  readonly places?: Uint32Array;
}

/** Where a byte was written. */
export const placeOf = ({ places }: Decoded, at: number): number =>
  places === undefined ? at : (places[at] ?? 0);

/** What is written at a mark, and how many bytes its spelling has; undefined where the mark stands for itself. */
type Escape = readonly [what: number | Uint8Array, length: number];
type EscapeReader = (bytes: Buffer, at: number) => Escape | undefined;

/** Percent-encoding undone; undefined where there is none. */
export const withoutPercents = (text: Decoded): Decoded | undefined =>
  decoded(text, '%', (bytes, at) => {
    const byte = hexAt(bytes, at + 1, 2);
    return byte === undefined ? undefined : [byte, 3];
  });

/** The escapes of JSON's strings undone, wherever they stand; undefined where there are none. */
export const withoutEscapes = (text: Decoded): Decoded | undefined =>
  decoded(text, '\\', (bytes, at) => {
    const mark = String.fromCharCode(bytes[at + 1] ?? 0);
    if (mark !== 'u') {
      const plain = PLAIN[mark];
      return plain === undefined ? undefined : [plain.charCodeAt(0), 2];
    }
    const units = [hexAt(bytes, at + 2, 4)];
    if (isHigh(units[0]) && bytes.toString('latin1', at + 6, at + 8) === '\\u') {
      units.push(hexAt(bytes, at + 8, 4));
    }
    const known = units.filter((unit) => unit !== undefined);
    return known.length === 0
      ? undefined
      : [Buffer.from(String.fromCharCode(...known)), 6 * known.length];
  });

const PLAIN: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The first half of a character outside the Basic Multilingual Plane. */
const isHigh = (unit: number | undefined): boolean =>
  unit !== undefined && unit >= 0xd800 && unit < 0xdc00;

function hexAt(bytes: Buffer, at: number, digits: number): number | undefined {
  const text = bytes.toString('latin1', at, at + digits);
  return text.length === digits && /^[\da-f]+$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

/** A decoded text is never longer than its spelling. */
function decoded(text: Decoded, mark: string, read: EscapeReader): Decoded | undefined {
  const { bytes } = text;
  const marked = mark.charCodeAt(0);
  if (!bytes.includes(marked)) return undefined;
  const to = Buffer.alloc(bytes.length);
  const from = new Uint32Array(bytes.length + 1);
  let end = 0;
  const write = (byte: number, at: number): void => {
    to[end] = byte;
    from[end] = placeOf(text, at);
    end += 1;
  };
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    const spelling = byte === marked ? read(bytes, at) : undefined;
    if (spelling === undefined) {
      write(byte, at);
      at += 1;
      continue;
    }
    const [what, length] = spelling;
    for (const one of typeof what === 'number' ? [what] : what) write(one, at);
    at += length;
  }
  from[end] = placeOf(text, bytes.length);
  return { bytes: to.subarray(0, end), places: from.subarray(0, end + 1) };
}
