import { selectColumns, type ColumnSelection } from '#nodes/kit/columns.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import { deepEqual } from '#pipelines/equal.ts';
import type { AnySpec, PortSpecs } from '#pipelines/propagate.ts';

const isTable = (spec: AnySpec | undefined): spec is TableSchema => spec !== undefined && 'columns' in spec;
const isSelection = (value: unknown): value is ColumnSelection =>
  typeof value === 'object' && value !== null && 'mode' in value && (value.mode === 'names' || value.mode === 'rules');

/** Columns to mark in a step's table: new ones, ones of another type, and those that its settings name, when these are few. */
export function artifactChanges(params: Readonly<Record<string, unknown>> | null, inputs: PortSpecs | undefined, output: AnySpec | undefined): string[] {
  const before = Object.values(inputs ?? {}).filter(isTable);
  if (!isTable(output) || before.length === 0) return [];
  const known = new Map(before.flatMap((table) => table.columns.map((column) => [column.name, column] as const)));
  const different = output.columns.filter((column) => !deepEqual(known.get(column.name), column)).map((column) => column.name);
  const named = Object.values(params ?? {})
    .filter(isSelection)
    .flatMap((selection) => selectColumns(selection, before[0]!).names);
  const all = new Set([...different, ...named]);
  const present = output.columns.map((column) => column.name).filter((name) => all.has(name));
  return present.length < output.columns.length ? present : [];
}
