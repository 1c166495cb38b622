import { inflateRawSync } from 'node:zlib';

// Offsets as in PKWARE's APPNOTE.TXT, 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (its end).
const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

/**
 * The files of a zip, by name. Enough for the archives this project makes: stored or deflated, below
 * 4 GB, without a comment.
 * @throws RangeError for bytes that are no such zip
 */
export function readZip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const end = zip.length - 22;
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY)
    throw new RangeError('This is not a plain zip.');
  const count = zip.readUInt16LE(end + 10);
  const files = new Map<string, Buffer>();
  let entry = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    const nameEnd = entry + 46 + zip.readUInt16LE(entry + 28);
    const local = zip.readUInt32LE(entry + 42);
    // The local header repeats the name and has extra fields of its own length.
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(from, from + zip.readUInt32LE(entry + 20));
    const name = zip.toString('utf8', entry + 46, nameEnd);
    const method = zip.readUInt16LE(entry + 10);
    files.set(name, method === DEFLATED ? inflateRawSync(content) : content);
    entry = nameEnd + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return files;
}
