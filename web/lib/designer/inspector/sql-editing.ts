import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { keywordCompletionSource, PostgreSQL, sql } from '@codemirror/lang-sql';
import { StateEffect, StateField, type Extension, type Text } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import type { TableSchema } from '#nodes/kit/table.ts';

export type Tables = Readonly<Record<string, TableSchema | undefined>>;
/** What is wrong, at which characters. */
export interface Mistake {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Words that cannot be a column's name without quotes. */
const RESERVED = new Set(
  (
    'all and any array as asc asymmetric both case cast check collate column constraint create default deferrable desc distinct do else end except false fetch for foreign from ' +
    'group having in initially intersect into lambda lateral leading limit not null offset on only or order placing primary qualify references returning select some symmetric table ' +
    'then to trailing true union unique using variadic when where window with'
  ).split(' '),
);

/** A name as SQL takes it: quoted where it is not a plain word. */
export const sqlName = (name: string): string => (PLAIN.test(name) && !RESERVED.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`);

const WORD = `"(?:[^"]|"")*"?|[\\p{L}_][\\p{L}\\p{N}_]*`;
const BEGUN = new RegExp(`(?:(${WORD})\\.)?(${WORD})?$`, 'u');
const unquoted = (word: string): string => (word.startsWith('"') ? word.replace(/^"|"$/g, '').replaceAll('""', '"') : word.toLowerCase());

/** The tables by the names that they have in the query: their own, and those after FROM and JOIN. */
function aliases(text: string, tables: Tables): Map<string, TableSchema> {
  const known = new Map(Object.entries(tables).flatMap(([name, schema]) => (schema ? [[name, schema] as const] : [])));
  for (const [, name = '', alias = ''] of text.matchAll(new RegExp(`\\b(?:from|join)\\s+(${WORD})(?=\\s+(?:as\\s+)?(${WORD}))`, 'giu'))) {
    const table = known.get(unquoted(name));
    if (table && !RESERVED.has(alias.toLowerCase())) known.set(unquoted(alias), table);
  }
  return known;
}

/** Columns and tables that may stand at the cursor; null inside of a text or a comment, and where nothing is begun unless asked for. */
export function completeSql(text: string, position: number, asked: boolean, tables: Tables): CompletionResult | null {
  const before = text.slice(0, position).replaceAll(/'(?:[^']|'')*'|--[^\n]*\n|\/\*[\s\S]*?\*\//g, (part) => ' '.repeat(part.length));
  if (before.includes("'") || /--[^\n]*$/.test(before) || before.includes('/*')) return null;
  const [whole = '', owner, word = ''] = BEGUN.exec(before) ?? [];
  if (whole === '' && !asked) return null;
  const from = position - word.length;
  const known = aliases(text, tables);
  const columnsOf = ({ columns }: TableSchema, table: string): Completion[] =>
    columns.map(({ name, type }) => ({ label: name, apply: sqlName(name), type: 'property', detail: `${table} · ${type}`, boost: 2 }));
  const filterable = (options: Completion[]) => ({
    from,
    options: word.startsWith('"')
      ? options.map((each) => ({ ...each, label: `"${each.label}`, displayLabel: each.label, apply: `"${each.label.replaceAll('"', '""')}"` }))
      : options,
  });
  if (owner !== undefined) {
    const table = known.get(unquoted(owner));
    return table ? filterable(columnsOf(table, owner)) : null;
  }
  const names = Object.entries(tables).flatMap(([name, schema]) =>
    schema ? [{ label: name, type: 'class', detail: `${schema.columns.length} columns`, boost: 3 }] : [],
  );
  const afterFrom = /\b(?:from|join)\s+$/i.test(before.slice(0, before.length - word.length));
  return filterable(afterFrom ? names : [...names, ...Object.entries(tables).flatMap(([name, schema]) => (schema ? columnsOf(schema, name) : []))]);
}

const setMistake = StateEffect.define<Mistake | null>();

function markOf(mistake: Mistake, text: Text): DecorationSet {
  const to = Math.min(Math.max(mistake.to, mistake.from + 1), text.length);
  if (mistake.from >= to) return Decoration.none;
  return Decoration.set(Decoration.mark({ class: 'cm-wrong', attributes: { title: mistake.message } }).range(mistake.from, to));
}

/** The underline moves with the text until DuckDB has looked again. */
const mistakes = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, changes, newDoc }) {
    const told = effects.findLast((effect) => effect.is(setMistake));
    return told ? (told.value ? markOf(told.value as Mistake, newDoc) : Decoration.none) : marks.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Underlines what is wrong, or takes the underline away. */
export const showMistake = (view: EditorView, mistake: Mistake | null): void => view.dispatch({ effects: setMistake.of(mistake) });

/** SQL in an editor: colours, completion of the tables that are wired in and of their columns, and an underline. */
export function sqlEditing(tables: () => Tables): Extension[] {
  const names = (context: CompletionContext) => completeSql(context.state.doc.toString(), context.pos, context.explicit, tables());
  const words = keywordCompletionSource(PostgreSQL, true);
  const keywords = (context: CompletionContext) => (context.matchBefore(/["'.][\p{L}\p{N}_]*$/u) ? null : words(context));
  return [sql({ dialect: PostgreSQL, upperCaseKeywords: true }), autocompletion({ override: [names, keywords], icons: false }), mistakes];
}
