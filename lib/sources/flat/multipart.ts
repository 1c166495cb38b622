import { decodeUtf8 } from '../payload/parse.ts';

/**
 * The fields of a multipart/form-data body (RFC 7578) in their order, without files; undefined where it is not such a
 * body. Its first line must hold the boundary, which some senders leave out of the header.
 * Own code: `@remix-run/multipart-parser` 0.16.3 is synchronous and small (7 KB), but throws at bare line feeds,
 * at a preamble and at a missing end (tried 2026-11-28), which hand-written senders have.
 */
export function multipartFields(
  body: Buffer,
  limit: number,
): readonly (readonly [string, string])[] | undefined {
  // One character a byte: a file among the parts need not be text.
  const written = body.toString('latin1');
  const boundary = /(?:^|\n)(--[^\r\n]{1,200}?)[ \t]*\r?\nContent-/i.exec(
    written.slice(0, 4_000),
  )?.[1];
  if (boundary === undefined) return undefined;
  const fields: (readonly [string, string])[] = [];
  for (const part of `\n${written}`.split(`\n${boundary}`, limit + 3).slice(1)) {
    if (part.startsWith('--')) break;
    const field = fieldOf(part);
    if (field === 'bytes') return undefined;
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

/** `bytes` where a field is not UTF-8; undefined for a file and for what has no name. */
function fieldOf(part: string): readonly [string, string] | 'bytes' | undefined {
  const gap = /\r?\n\r?\n/.exec(part);
  if (gap === null) return undefined;
  const head = part.slice(0, gap.index);
  const name = parameter(head, 'name');
  if (name === undefined || /;\s*filename\*?=/i.test(head)) return undefined;
  const value = part.slice(gap.index + gap[0].length).replace(/\r$/, '');
  const [key, text] = [name, value].map((one) => decodeUtf8(Buffer.from(one, 'latin1')));
  return key === undefined || text === undefined ? 'bytes' : [key, text];
}

/** Browsers write a quote in a name as %22 (HTML, "multipart/form-data encoding algorithm"). */
const parameter = (head: string, name: string): string | undefined =>
  new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;"]+))`, 'i')
    .exec(head)
    ?.slice(1)
    .find((found) => found !== undefined)
    ?.replaceAll('%22', '"');
