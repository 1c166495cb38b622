/**
 * What no output may hold, said in other words than the code's: controls but line feed and tab, DEL, C1,
 * bidirectional controls, separators of lines, and marks that draw nothing.
 */
export const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;

/** A window's title, colours, a cleared screen, the clipboard, C1, DEL, an overwritten line, and text run backwards. */
export const HOSTILE =
  '\u001b]0;owned\u0007\u001b[31mred\u001b[2J\u001b]52;c;b3du\u0007\u009b31m\u0085\u007f\u202Egnp.exe\u2066\u200f\u2028\ufeffx';
/** How the middle of it is shown. */
export const SHOWN = String.raw`\u202egnp.exe\u2066\u200f`;
