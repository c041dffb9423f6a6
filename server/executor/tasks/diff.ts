import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { findColumn, type ColumnSchema } from '#nodes/kit/table.ts';
import type { RowsDiff, Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifacts } from './table-session.ts';

/**
 * Counts what differs between the rows of two tables in the columns that both have; `pairs` names them before and after. Without keys rows are
 * compared as wholes, each as often as it comes; with keys, rows of equal keys are one row that may have changed. Missing equals missing, and
 * columns whose types differ are compared as text. Errors: `column_missing`, `parameter_invalid`.
 */
export function diff({ before, after, pairs, keys }: Tasks['diff']['args'], limits: TaskLimits): Promise<RowsDiff> {
  return withArtifacts([before, after], limits, async (connection, [old, now]) => {
    const columns = pairs.map(({ before: was, after: is }) => [findColumn(old!.schema, was)!, findColumn(now!.schema, is)!] as const);
    for (const key of keys)
      if (!columns.some(([, { name }]) => name === key))
        throw new NodeError('column_missing', `The column “${key}” is not in both versions.`, { param: 'keys' });
    const numbers = async (sql: string): Promise<number[]> => (await connection.runAndReadAll(sql)).getRows()[0]!.map((cell) => Number(plainCell(cell)));
    const view = (side: 0 | 1, path: string): string =>
      `SELECT ${columns.map((pair, at) => `${comparable(pair[side], pair[1 - side]!)} AS c${at}`).join(', ')} FROM read_parquet(${quoteText(path)})`;
    const whole = columns.map((_, at) => `c${at}`).join(', ');
    const sides = `WITH before AS (${view(0, old!.path)}), after AS (${view(1, now!.path)})`;
    if (columns.length === 0) return { added: now!.rowCount, removed: old!.rowCount, changed: null, same: 0, changedColumns: null };
    if (keys.length === 0) {
      // 128 bits of each row stand for it, so that wide rows need no more memory than narrow ones.
      const [added, removed, same] = await numbers(
        `${sides}, counted AS (
           SELECT sum(was) AS was, sum(now) AS now FROM (
             SELECT hash(${whole}) AS a, hash('second', ${whole}) AS b, 1 AS was, 0 AS now FROM before
             UNION ALL SELECT hash(${whole}), hash('second', ${whole}), 0, 1 FROM after) GROUP BY a, b)
         SELECT coalesce(sum(greatest(now - was, 0)), 0), coalesce(sum(greatest(was - now, 0)), 0), coalesce(sum(least(was, now)), 0) FROM counted`,
      );
      return { added: added!, removed: removed!, changed: null, same: same!, changedColumns: null };
    }
    const keyed = keys.map((key) => `c${columns.findIndex(([, { name }]) => name === key)}`);
    for (const side of ['before', 'after'] as const) {
      const [repeated] = await numbers(`${sides} SELECT count(*) FROM (SELECT 1 FROM ${side} GROUP BY ${keyed.join(', ')} HAVING count(*) > 1)`);
      if (repeated! > 0)
        throw new NodeError(
          'parameter_invalid',
          `The key columns do not tell rows apart: ${repeated} values come more than once in the ${side === 'before' ? 'older' : 'newer'} version. Add a column to the key.`,
          { param: 'keys' },
        );
    }
    const differs = columns.map((_, at) => `b.c${at} IS DISTINCT FROM a.c${at}`);
    const both = 'b.here AND a.here';
    const [added, removed, changed, same, ...perColumn] = await numbers(
      `${sides} SELECT count(*) FILTER (b.here IS NULL), count(*) FILTER (a.here IS NULL),
         count(*) FILTER (${both} AND (${differs.join(' OR ')})), count(*) FILTER (${both} AND NOT (${differs.join(' OR ')})),
         ${differs.map((each) => `count(*) FILTER (${both} AND ${each})`).join(', ')}
       FROM (SELECT *, true AS here FROM before) b FULL JOIN (SELECT *, true AS here FROM after) a ON ${keyed.map((key) => `b.${key} IS NOT DISTINCT FROM a.${key}`).join(' AND ')}`,
    );
    const changedColumns = columns.map(([, { name }], at) => ({ name, count: perColumn[at]! })).filter(({ count }) => count > 0);
    return { added: added!, removed: removed!, changed: changed!, same: same!, changedColumns };
  });
}

const NUMBERS: readonly string[] = ['number', 'integer'];
const TEXTS: readonly string[] = ['text', 'category'];

/** A column as it can be compared with its other version. */
function comparable({ name, type }: ColumnSchema, other: ColumnSchema): string {
  if (type === other.type || (TEXTS.includes(type) && TEXTS.includes(other.type))) return quoteName(name);
  return `CAST(${quoteName(name)} AS ${NUMBERS.includes(type) && NUMBERS.includes(other.type) ? 'DOUBLE' : 'VARCHAR'})`;
}
