import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteName, type QueryCheck } from '#nodes/kit/define.ts';
import { NodeError, type IssueCode } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { Tasks } from '../messages.ts';
import { oneQuery } from '../runtime/duck.ts';
import { STORED, typeOfDuck } from '../runtime/duck-types.ts';
import { failureOf } from '../runtime/failure.ts';
import { Workbench } from '../runtime/workbench.ts';
import { assertDistinctNames } from '../runtime/write-table.ts';
import type { TaskLimits } from './limits.ts';

/** What a query may be wrong by; all else is not the query's fault. */
const WRONG: ReadonlySet<IssueCode> = new Set(['sql_invalid', 'sql_refused', 'column_duplicate', 'column_wrong_type', 'values_not_finite']);

/** Functions that look at files only when a query runs; the others are refused as it is prepared. */
const READS_LATER = /\b(?:sniff_csv|glob)\s*\(/i;
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/** An input without rows; a view, since a run's inputs are views too. */
const emptyView = (name: string, { columns }: TableSchema): string =>
  `CREATE TEMP VIEW ${quoteName(name)} AS SELECT ${columns.map((each) => `CAST(NULL AS ${STORED[each.type]}) AS ${quoteName(each.name)}`).join(', ')} WHERE false;`;

/**
 * The columns that a query over tables of these schemas would give, or why it cannot run: DuckDB prepares it over empty tables, locked as in a
 * run, and it is not executed.
 */
export async function describeQuery({ sql, inputs }: Tasks['describeQuery']['args'], limits: TaskLimits): Promise<QueryCheck> {
  const folder = await mkdtemp(join(limits.temporaryFolder, 'modelwright-query-'));
  const { memoryBytes, engine, signal } = limits;
  const workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes, files: [], engine, signal });
  try {
    const session = await workbench.session();
    return await session.with(async (connection) => {
      for (const [name, schema] of Object.entries(inputs)) await connection.run(emptyView(name, schema));
      const { columns } = await oneQuery(connection, sql);
      assertDistinctNames(columns);
      if (READS_LATER.test(sql.replaceAll(QUOTED, ' '))) throw new NodeError('sql_refused', 'A query reads its input tables only, no files.');
      return { columns: columns.map(({ name, duck }) => ({ name, type: typeOfDuck(duck) })) };
    });
  } catch (error) {
    const { code, message } = failureOf(error);
    if (signal.aborted || !WRONG.has(code)) throw error;
    return { code, message };
  } finally {
    await workbench.close();
    await rm(folder, { recursive: true, force: true });
  }
}
