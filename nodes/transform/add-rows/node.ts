import { z } from 'zod';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { findColumn, isNumeric, isTextual, OPEN_TABLE, tableSchema, type ColumnSchema, type ColumnType, type TableSchema } from '../../kit/table.ts';

export const addRows = defineNode({
  type: 'add-rows',
  version: 1,
  title: 'Add Rows',
  category: 'Data transformation',
  family: 'transform',
  icon: 'rows',
  summary: 'Puts the rows of one table below those of another, by the names of their columns.',
  keywords: ['append', 'union', 'concatenate', 'stack', 'bind rows', 'combine', 'concat', 'vstack', 'rbind', 'row appender'],
  inputs: { first: { kind: 'table', title: 'Dataset1' }, second: { kind: 'table', title: 'Dataset2' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({}),
  deterministic: true,
  infer({ first, second }) {
    if (!first || !second) return { outputs: { data: OPEN_TABLE }, issues: [] };
    return { outputs: { data: tableSchema(union(first, second), first.open || second.open) }, issues: issuesOf(first, second) };
  },
  sql({ first = tableSchema([]), second = tableSchema([]) }) {
    const columns = union(first, second);
    const byName = new Map(columns.map((each) => [each.name, each]));
    const select = (names?: readonly string[]): string => {
      const some = names?.map((name) => byName.get(name)!) ?? columns;
      return `${rowsOf('first', first, some)} UNION ALL ${rowsOf('second', second, some)}`;
    };
    return { data: { select } };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request brings its own rows, and those of a second table do not belong to the answer. Put Web Service Input after Add Rows, or add the rows before the pipeline and keep the result as a dataset.',
  }),
});

const STORED: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  category: 'VARCHAR',
  datetime: 'TIMESTAMP',
};

/** A type that holds the values of both, or null. */
function common(one: ColumnType, other: ColumnType): ColumnType | null {
  if (one === other) return one;
  if (isNumeric(one) && isNumeric(other)) return 'number';
  return isTextual(one) && isTextual(other) ? 'text' : null;
}

/** The columns of the first table, then those that only the second has. */
function union(first: TableSchema, second: TableSchema): ColumnSchema[] {
  const both = first.columns.map((each) => {
    const other = findColumn(second, each.name);
    if (!other) return { ...each, nullable: true };
    return { ...each, type: common(each.type, other.type) ?? each.type, nullable: each.nullable || other.nullable };
  });
  const single = new Set<string>(first.columns.map((each) => each.role).filter((role) => role === 'label' || role === 'weight'));
  const more = second.columns
    .filter((each) => !findColumn(first, each.name))
    .map((each) => ({ ...each, nullable: true, role: single.has(each.role) ? ('feature' as const) : each.role }));
  return [...both, ...more];
}

function issuesOf(first: TableSchema, second: TableSchema): Issue[] {
  return second.columns.flatMap((other) => {
    const one = findColumn(first, other.name);
    if (one && !common(one.type, other.type)) {
      const message = `“${one.name}” is ${one.type} in the first table and ${other.type} in the second. Make them the same with Edit Metadata before.`;
      return [problem('column_wrong_type', message, { port: 'second' })];
    }
    const like = one ? undefined : first.columns.find((each) => each.name.toLowerCase() === other.name.toLowerCase());
    if (!like) return [];
    const message = `“${like.name}” of the first table and “${other.name}” of the second differ in upper and lower case only. Give one of them another name with Edit Metadata.`;
    return [problem('column_duplicate', message, { port: 'second' })];
  });
}

function rowsOf(port: string, schema: TableSchema, columns: readonly ColumnSchema[]): string {
  const list = columns.map(({ name, type }) => `CAST(${findColumn(schema, name) ? quoteName(name) : 'NULL'} AS ${STORED[type]}) AS ${quoteName(name)}`);
  return `SELECT ${list.join(', ')} FROM ${quoteName(port)}`;
}
