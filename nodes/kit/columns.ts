import { z } from 'zod';
import type { COLUMN_ROLES, COLUMN_TYPES, TableSchema } from './table.ts';

const rule = z.object({
  action: z.enum(['include', 'exclude']),
  by: z.enum(['all', 'name', 'type', 'role']),
  values: z.array(z.string()).default([]),
});

/** A choice of columns: by name, or by rules that also hold for columns that come later. */
export const columnSelection = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('names'), names: z.array(z.string()) }),
  z.object({ mode: z.literal('rules'), start: z.enum(['all', 'none']), rules: z.array(rule).default([]) }),
]);
export type ColumnSelection = z.output<typeof columnSelection>;
export type ColumnRule = z.output<typeof rule>;

export const allColumns: ColumnSelection = { mode: 'rules', start: 'all', rules: [] };
export const columnsNamed = (...names: string[]): ColumnSelection => ({ mode: 'names', names });
export const columnsOfType = (...values: (typeof COLUMN_TYPES)[number][]): ColumnSelection => ({
  mode: 'rules',
  start: 'none',
  rules: [{ action: 'include', by: 'type', values }],
});
export const columnsOfRole = (...values: (typeof COLUMN_ROLES)[number][]): ColumnSelection => ({
  mode: 'rules',
  start: 'none',
  rules: [{ action: 'include', by: 'role', values }],
});

/**
 * Applies a choice to a schema: the chosen names (by name: in the order given, once each; by rules: in the table's order), and the names
 * that the table does not have.
 */
export function selectColumns(selection: ColumnSelection, schema: TableSchema): { names: string[]; missing: string[] } {
  if (selection.mode === 'names') {
    const known = new Set(schema.columns.map((each) => each.name));
    const wanted = [...new Set(selection.names)];
    return { names: wanted.filter((name) => known.has(name)), missing: wanted.filter((name) => !known.has(name)) };
  }
  const names = schema.columns.filter((each) => {
    let chosen = selection.start === 'all';
    for (const { action, by, values } of selection.rules) {
      const hit = by === 'all' || values.includes(by === 'name' ? each.name : by === 'type' ? each.type : each.role);
      if (hit) chosen = action === 'include';
    }
    return chosen;
  });
  return { names: names.map((each) => each.name), missing: [] };
}
