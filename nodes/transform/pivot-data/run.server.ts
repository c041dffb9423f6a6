import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { findColumn, tableSchema, type Table } from '../../kit/table.ts';
import { narrow } from '../query-in-parts.server.ts';
import { cellsOf, levelInSql, pivotInSql, type Level } from './cells.ts';
import { listedLevels, pivotData, rowColumns, type PivotParams } from './node.ts';

export default defineRun(pivotData, async ({ data }, chosen, context) => {
  const { columns } = rowColumns(chosen, data.schema);
  const levels = chosen.columnsFrom === 'list' ? listedLevels(chosen) : await levelsIn(data, chosen, context);
  const cells = cellsOf(chosen, data.schema, columns, levels);
  if (columns.length + cells.length === 0)
    throw new NodeError('rows_none', `“${chosen.column}” has no values, so no column would be left. Choose row columns.`, { param: 'column' });
  const schema = tableSchema([...columns, ...cells.map((each) => each.schema)]);
  const sql = pivotInSql(chosen, data.schema, columns, cells);
  return { data: await context.query(sql, { data: await narrow(data, [sql], context) }, schema) };
});

/** The values of the pivot column in their order; a missing one last, if it is to be a column. Throws `column_too_many_levels`. */
async function levelsIn(data: Table, { column: name, limit, missing }: PivotParams, context: RunContext): Promise<Level[]> {
  const column = findColumn(data.schema, name)!;
  const sql = `SELECT level FROM (SELECT ${levelInSql(column)} AS level, ${quoteName(name)} AS v FROM data) GROUP BY level ORDER BY level IS NULL, min(v) LIMIT ${limit + 2}`;
  const rows = await context.rows(sql, { data: await narrow(data, [sql], context) });
  const values = rows.flatMap(({ level }) => (level === null ? [] : [String(level)]));
  if (values.length > limit)
    throw new NodeError(
      'column_too_many_levels',
      `“${name}” has more than ${limit} different values. Group the rare ones, list those you need, or raise the limit.`,
      {
        param: 'column',
      },
    );
  const gaps = missing === 'column' && rows.some(({ level }) => level === null);
  return [...values.map((value) => ({ value, name: value })), ...(gaps ? [{ value: null, name: 'Missing' }] : [])];
}
