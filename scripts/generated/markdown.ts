const WIDTH = 120;

/** A text in lines of at most 120 columns, as far as its words allow. @param starts what its lines begin with */
export function wrapped(
  text: string,
  starts: { readonly first: string; readonly rest: string },
): string {
  const lines: string[] = [];
  let line = starts.first;
  let isEmpty = true;
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      [line, isEmpty] = [starts.rest, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

export const paragraph = (text: string): string => wrapped(text, { first: '', rest: '' });

export const bullets = (texts: readonly string[]): string =>
  texts.map((text) => wrapped(text, { first: '- ', rest: '  ' })).join('\n');

export const steps = (texts: readonly string[]): string =>
  texts.map((text, at) => wrapped(text, { first: `${at + 1}. `, rest: '   ' })).join('\n');

export const code = (text: string): string => `\`${text}\``;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[], last = 'and'): string =>
  words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The place of a heading in its page, as GitHub names it. */
export const anchor = (heading: string): string =>
  `#${heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')}`;

/** The first letter in capitals, and a full stop. */
export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
