import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { findColumn, isNumeric, type TableSchema } from '#nodes/kit/table.ts';
import type { CorrelationMatrix, Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifact } from './table-session.ts';

const MOST_COLUMNS = 50;
const POINTS = 2_000;
/** Greater numbers overflow when their squares are added. */
const LARGEST = 1e150;

/** Pearson's correlations of the first 50 numeric columns, in one query. */
export function correlation({ artifact }: Tasks['correlation']['args'], limits: TaskLimits): Promise<CorrelationMatrix> {
  return withArtifact(artifact, limits, async ({ connection, path, schema }) => {
    const numeric = schema.columns.filter(({ type }) => isNumeric(type));
    const columns = numeric.slice(0, MOST_COLUMNS);
    const pairs = columns.flatMap((_, row) => columns.slice(0, row).map((_, at) => `corr(v${row}, v${at})`));
    const values = columns.map((_, row) => columns.map((_, at): number | null => (row === at ? 1 : null)));
    if (pairs.length > 0) {
      const projected = columns.map(({ name }, at) => `CASE WHEN abs(${quoteName(name)}) < ${LARGEST} THEN CAST(${quoteName(name)} AS DOUBLE) END AS v${at}`);
      const reader = await connection.runAndReadAll(`SELECT ${pairs.join(', ')} FROM (SELECT ${projected.join(', ')} FROM read_parquet(${quoteText(path)}))`);
      const found = reader.getRows()[0]!.map(plainCell);
      let at = 0;
      for (let row = 0; row < columns.length; row++) {
        for (let beside = 0; beside < row; beside++) {
          const value = found[at++];
          const pair = typeof value === 'number' && Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null;
          values[row]![beside] = pair;
          values[beside]![row] = pair;
        }
      }
    }
    return { columns: columns.map(({ name }) => name), values, left: numeric.length - columns.length };
  });
}

/** About 2,000 pairs of values of two numeric columns, from rows drawn by a hash of their numbers: the same at every call. Errors: `column_missing`, `column_wrong_type`. */
export function pairs({ artifact, x, y }: Tasks['pairs']['args'], limits: TaskLimits): Promise<Tasks['pairs']['result']> {
  return withArtifact(artifact, limits, async ({ connection, path, schema, rowCount }) => {
    const [across, up] = [x, y].map((name) => quoteName(numericColumn(schema, name)));
    const reader = await connection.runAndReadAll(
      `SELECT CAST(${across} AS DOUBLE), CAST(${up} AS DOUBLE) FROM read_parquet(${quoteText(path)}, file_row_number = true)
         WHERE isfinite(CAST(${across} AS DOUBLE)) AND isfinite(CAST(${up} AS DOUBLE)) ORDER BY hash(file_row_number) LIMIT ${POINTS}`,
    );
    return { points: reader.getRows().map((row) => [Number(row[0]), Number(row[1])] as const), rowCount };
  });
}

function numericColumn(schema: TableSchema, name: string): string {
  const column = findColumn(schema, name);
  if (!column) throw new NodeError('column_missing', `The table has no column “${name}”.`);
  if (!isNumeric(column.type)) throw new NodeError('column_wrong_type', `“${name}” holds no numbers.`);
  return name;
}
