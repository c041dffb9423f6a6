import type { ColumnSchema, TableSchema } from '#nodes/kit/table.ts';

export interface SchemaDiff {
  readonly added: readonly ColumnSchema[];
  readonly removed: readonly ColumnSchema[];
  /** Guessed: a column that went and one that came at the same place, with the same type and role. */
  readonly renamed: readonly { readonly before: string; readonly after: string }[];
  /** Columns of the same name whose type or role differs. */
  readonly changed: readonly { readonly name: string; readonly before: ColumnSchema; readonly after: ColumnSchema }[];
}

/** What differs between the columns of two tables. A name that went and one that came are a renaming when type, role and place agree. */
export function diffSchemas(before: TableSchema, after: TableSchema): SchemaDiff {
  const was = new Map(before.columns.map((each, at) => [each.name, { column: each, at }]));
  const is = new Map(after.columns.map((each, at) => [each.name, { column: each, at }]));
  const removed = [...was.values()].filter(({ column }) => !is.has(column.name));
  const added = [...is.values()].filter(({ column }) => !was.has(column.name));
  const renamed = removed.flatMap((gone) => {
    const found = added.find(({ column, at }) => at === gone.at && column.type === gone.column.type && column.role === gone.column.role);
    return found ? [{ before: gone.column.name, after: found.column.name }] : [];
  });
  const changed = [...is.values()].flatMap(({ column }) => {
    const other = was.get(column.name)?.column;
    return other && (other.type !== column.type || other.role !== column.role) ? [{ name: column.name, before: other, after: column }] : [];
  });
  return {
    added: added.map(({ column }) => column).filter(({ name }) => !renamed.some((pair) => pair.after === name)),
    removed: removed.map(({ column }) => column).filter(({ name }) => !renamed.some((pair) => pair.before === name)),
    renamed,
    changed,
  };
}

/** Names of what two tables have in common, before and after. */
export const commonColumns = (before: TableSchema, after: TableSchema, { renamed }: SchemaDiff): { before: string; after: string }[] => {
  const known = new Set(before.columns.map(({ name }) => name));
  return after.columns.flatMap(({ name }) => (known.has(name) ? [{ before: name, after: name }] : renamed.filter((pair) => pair.after === name)));
};
