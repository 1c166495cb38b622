import {
  autocompletion,
  type CompletionSource,
  closeBrackets,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, Transaction } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from './api.ts';

export interface EditorProps {
  /** What a screen reader calls it. */
  readonly title: string;
  /** What stands in it at first, and is put in with each other `edition`. What is typed does not come back by it. */
  readonly text: string;
  readonly edition: number;
  readonly onChange: (text: string) => void;
  readonly language: Extension;
  readonly complete?: CompletionSource;
  readonly problems?: readonly Problem[];
  readonly onSave?: () => void;
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.content], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--code-value)' },
  { tag: tags.comment, color: 'var(--muted)' },
]);

/** A text editor. The Tab key leaves it, as it leaves any other field. */
export function Editor(props: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { edition, problems } = props;

  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: extensionsOf(latest),
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    const { text } = latest.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: text },
      // Undo takes back what was typed, and not what was put in.
      annotations: Transaction.addToHistory.of(false),
    });
  }, [edition]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || problems === undefined) return;
    editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, problems)));
  }, [problems]);

  return <div class="editor" ref={place} />;
}

function extensionsOf(latest: { readonly current: EditorProps }): Extension[] {
  const { title, language, complete, onSave } = latest.current;
  const save = {
    key: 'Mod-s',
    preventDefault: true,
    run: () => {
      latest.current.onSave?.();
      return true;
    },
  };
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    closeBrackets(),
    syntaxHighlighting(COLOURS),
    language,
    // Who has typed a word to its end, and presses Enter, wants a line: an arrow chooses first.
    complete ? autocompletion({ override: [complete], selectOnOpen: false }) : [],
    keymap.of([
      ...(onSave ? [save] : []),
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...lintKeymap,
    ]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': title, spellcheck: 'false', tabindex: '0' }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest.current.onChange(state.doc.toString());
    }),
  ];
}

/** Where a problem stands in the text: from its column to the end of the word, or all of the line. */
function diagnosticsOf(state: EditorState, problems: readonly Problem[]): Diagnostic[] {
  return problems.map(({ line, column, message, level }) => {
    const at = state.doc.line(Math.min(Math.max(line ?? 1, 1), state.doc.lines));
    const from = Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to);
    const word = /^[\w.-]+/.exec(state.sliceDoc(from, at.to))?.[0].length ?? at.to - from;
    const severity = level === 'error' ? 'error' : 'info';
    return { from, to: Math.max(from, from + word), severity, message };
  });
}
