import { z } from 'zod';
import type { COLUMN_ROLES, COLUMN_TYPES, ColumnSchema, TableSchema } from './table.ts';

const rule = z.object({
  action: z.enum(['include', 'exclude']),
  by: z.enum(['all', 'name', 'type', 'role', 'pattern', 'position']),
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
  const names = schema.columns.filter((each, index) => {
    let chosen = selection.start === 'all';
    for (const rule of selection.rules) if (hits(rule, each, index + 1)) chosen = rule.action === 'include';
    return chosen;
  });
  return { names: names.map((each) => each.name), missing: [] };
}

/** Whether a rule is about a column at a place, from 1. */
function hits({ by, values }: ColumnRule, { name, type, role }: ColumnSchema, place: number): boolean {
  if (by === 'all') return true;
  if (by === 'pattern') return values.some((pattern) => matchesPattern(name, pattern));
  if (by === 'position') return values.some((range) => inRange(place, range));
  return values.includes(by === 'name' ? name : by === 'type' ? type : role);
}

/** Whether a whole name matches a pattern, in which `*` is any text and `?` any one character; upper and lower case count. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [text, wanted] = [[...name], [...pattern]];
  let [at, wantedAt, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (wanted[wantedAt] === '*') [star, resume, wantedAt] = [wantedAt, at, wantedAt + 1];
    else if (wantedAt < wanted.length && (wanted[wantedAt] === '?' || wanted[wantedAt] === text[at])) [at, wantedAt] = [at + 1, wantedAt + 1];
    else if (star >= 0) [resume, at, wantedAt] = [resume + 1, resume + 1, star + 1];
    else return false;
  }
  return wanted.slice(wantedAt).every((each) => each === '*');
}

/** Whether a place lies in a range such as `3`, `2-5`, `7-` or `-4`; what is no range holds nothing. */
function inRange(place: number, range: string): boolean {
  const match = /^\s*(\d*)\s*(-?)\s*(\d*)\s*$/.exec(range);
  if (!match || (match[1] === '' && match[3] === '')) return false;
  const from = match[1] === '' ? 1 : Number(match[1]);
  const to = match[2] === '' ? from : match[3] === '' ? Infinity : Number(match[3]);
  return place >= from && place <= to;
}
