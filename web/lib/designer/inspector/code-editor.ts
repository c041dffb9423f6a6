import { completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { CodeLanguage } from '#nodes/kit/params.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import { expressionEditing } from './expression-editing.ts';
import { sqlEditing, type Tables } from './sql-editing.ts';

export { showMistake } from './sql-editing.ts';

interface Editing {
  readonly element: HTMLElement;
  readonly text: string;
  readonly language: CodeLanguage;
  readonly label: string;
  readonly editable: boolean;
  /** The tables that a query reads, by name. */
  readonly tables: () => Tables;
  /** The table whose columns an expression reads. */
  readonly table: () => TableSchema | undefined;
  readonly onchange: (text: string) => void;
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--c-learn)' },
  { tag: tags.string, color: 'var(--c-deploy)' },
  { tag: tags.number, color: 'var(--c-text)' },
  { tag: tags.comment, color: 'var(--text-3)' },
]);
const look = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-2)', color: 'var(--text-3)', borderRight: '1px solid var(--line)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-wrong': { textDecoration: 'underline wavy var(--error)', textDecorationSkipInk: 'none' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-2)', color: 'var(--text)' },
  '.cm-tooltip-autocomplete ul li': { padding: '2px 8px !important' },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal !important' },
  '.cm-tooltip-autocomplete li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
});

/** An editor that tells of every change; Tab leaves it, so that the keyboard is not caught. */
export function createEditor({ element, text, language, label, editable, tables, table, onchange }: Editing): EditorView {
  const languages: Partial<Record<CodeLanguage, () => Extension[]>> = {
    sql: () => sqlEditing(tables),
    expression: () => expressionEditing(table),
  };
  const state = EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      keymap.of([...completionKeymap, ...defaultKeymap.filter((each) => each.key !== 'Mod-Enter'), ...historyKeymap]),
      ...(languages[language]?.() ?? []),
      syntaxHighlighting(colours),
      syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
      look,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorState.readOnly.of(!editable),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onchange(update.state.doc.toString());
      }),
    ],
  });
  return new EditorView({ state, parent: element });
}
