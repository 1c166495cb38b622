import { laidOut } from './words.ts';

/** More is shown without colours. */
const MOST_COLOURED = 20_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*\b/g;

/** A text that may be JSON, laid out, in a box of its own that can be scrolled by keyboard. */
export function Code({ title, text }: { readonly title: string; readonly text: string }) {
  const shown = laidOut(text);
  const isJson = /^\s*[[{]/.test(shown) && shown.length <= MOST_COLOURED;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark, and several have one name
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div class="code" role="group" tabIndex={0} aria-label={title}>
      <pre>{isJson ? coloured(shown) : shown}</pre>
    </div>
  );
}

export const Json = ({ title, value }: { readonly title: string; readonly value: unknown }) => (
  <Code title={title} text={JSON.stringify(value, null, 2) ?? ''} />
);

function coloured(text: string) {
  const parts: (string | ReturnType<typeof Token>)[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [all, quoted, colon] = match;
    parts.push(text.slice(end, match.index));
    const kind = colon !== undefined ? 'key' : quoted !== undefined ? 'string' : 'value';
    parts.push(<Token kind={kind} text={quoted ?? all} />, colon ?? '');
    end = match.index + all.length;
  }
  parts.push(text.slice(end));
  return parts;
}

const Token = ({ kind, text }: { readonly kind: string; readonly text: string }) => (
  <span class={`t-${kind}`}>{text}</span>
);
