import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { readExpression } from '#nodes/kit/expression/expression.ts';
import { functions, nameOf } from '#nodes/kit/expression/functions.ts';
import { KEYWORDS, printName } from '#nodes/kit/expression/tree.ts';
import { OPEN_TABLE, type TableSchema } from '#nodes/kit/table.ts';

type TableOf = () => TableSchema | undefined;

/** What may stand at the cursor: columns, functions and words of the language. Null inside of a text, and where nothing is begun unless asked for. */
export function completeExpression(text: string, position: number, asked: boolean, table: TableSchema | undefined): CompletionResult | null {
  const before = text.slice(0, position);
  if ((before.match(/'/g)?.length ?? 0) % 2 === 1) return null;
  const begun = /(?:\[[^\]]*|[\p{L}_][\p{L}\p{N}_]*)$/u.exec(before);
  if (!begun && !asked) return null;
  const bracket = begun?.[0].startsWith('[') ?? false;
  const columns = (table?.columns ?? []).map(({ name, type }): Completion => ({
    label: bracket ? `[${name.replaceAll(']', ']]')}]` : printName(name),
    type: 'variable',
    detail: type,
    boost: 2,
  }));
  const calls = [...functions.values()].map((each): Completion => ({
    label: nameOf(each),
    apply: `${nameOf(each)}(`,
    type: 'function',
    detail: each.usage.slice(nameOf(each).length),
    info: each.help,
  }));
  const words = [...KEYWORDS].map((label): Completion => ({ label, type: 'keyword' }));
  return { from: begun ? position - begun[0].length : position, options: bracket ? columns : [...columns, ...calls, ...words], filter: true };
}

/** Where an expression is wrong, as ranges of at least one character that lie in the text. */
export function wrongRanges(text: string, table: TableSchema | undefined): { from: number; to: number; message: string }[] {
  if (text.trim() === '') return [];
  return readExpression(text, table ?? OPEN_TABLE).problems.map(({ from, to, message }) => {
    const end = Math.min(Math.max(to, from + 1), text.length);
    return { from: Math.min(from, end - 1), to: end, message };
  });
}

const marks = (view: EditorView, table: TableOf): DecorationSet =>
  Decoration.set(
    wrongRanges(view.state.doc.toString(), table()).map(({ from, to, message }) =>
      Decoration.mark({ class: 'cm-wrong', attributes: { title: message } }).range(from, to),
    ),
    true,
  );

const underline = (table: TableOf): Extension =>
  ViewPlugin.define(
    (view) => ({
      wrong: marks(view, table),
      update(update: ViewUpdate) {
        if (update.docChanged || update.focusChanged) this.wrong = marks(update.view, table);
      },
    }),
    { decorations: (plugin) => plugin.wrong },
  );

const language = StreamLanguage.define({
  name: 'expression',
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^'(?:[^']|'')*'?/)) return 'string';
    if (stream.match(/^\[(?:[^\]]|\]\])*\]?/)) return 'variableName';
    if (stream.match(/^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/)) return 'number';
    const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u) as RegExpMatchArray | null;
    if (word) return KEYWORDS.has(word[0].toLowerCase()) ? 'keyword' : stream.peek() === '(' ? 'function' : 'variableName';
    stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName) },
});
const colours = HighlightStyle.define([{ tag: tags.function(tags.variableName), color: 'var(--accent)' }]);

/** The language of expressions in an editor: colours, completion of columns and functions, and an underline with the reason where it is wrong. */
export function expressionEditing(table: TableOf): Extension[] {
  const complete = (context: CompletionContext) => completeExpression(context.state.doc.toString(), context.pos, context.explicit, table());
  return [language, syntaxHighlighting(colours), autocompletion({ override: [complete], icons: false }), underline(table)];
}
