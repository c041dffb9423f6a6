import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { findColumn, isTextual, type ColumnSchema, type TableSchema } from '#nodes/kit/table.ts';
import { agree } from '#nodes/kit/key-pairs.ts';
import type { JoinRates, Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifacts } from './table-session.ts';

/**
 * How many rows of two tables find a partner by their keys, and how many pairs there are: each table is counted by its keys first, so that
 * keys which come often on both sides cost no more than others. A missing key equals nothing. Errors: `column_missing`, `column_wrong_type`,
 * `parameter_missing`.
 */
export function joinRates({ left, right, keys, matchCase }: Tasks['joinRates']['args'], limits: TaskLimits): Promise<JoinRates> {
  return withArtifacts([left, right], limits, async (connection, [one, other]) => {
    if (keys.length === 0) throw new NodeError('parameter_missing', 'Name the key columns of both tables.');
    const pairs = keys.map((key) => ({ left: keyOf(one!.schema, key.left, 'left'), right: keyOf(other!.schema, key.right, 'right') }));
    for (const pair of pairs)
      if (!agree(pair.left.type, pair.right.type))
        throw new NodeError(
          'column_wrong_type',
          `“${pair.left.name}” is ${pair.left.type}, but “${pair.right.name}” is ${pair.right.type}: they are never equal.`,
        );
    const counted = (side: 'left' | 'right', path: string): string => {
      const list = pairs.map((pair, at) => `${comparable(pair[side], pair[side === 'left' ? 'right' : 'left'], matchCase)} AS k${at}`);
      const present = pairs.map((pair) => `${quoteName(pair[side].name)} IS NOT NULL`);
      return `SELECT ${list.join(', ')}, count(*) AS n FROM read_parquet(${quoteText(path)}) WHERE ${present.join(' AND ')} GROUP BY ALL`;
    };
    const on = pairs.map((_, at) => `l.k${at} = r.k${at}`).join(' AND ');
    const reader = await connection.runAndReadAll(
      `WITH l AS MATERIALIZED (${counted('left', one!.path)}), r AS MATERIALIZED (${counted('right', other!.path)}),
         met AS MATERIALIZED (SELECT l.n AS a, r.n AS b FROM l JOIN r ON ${on})
       SELECT (SELECT sum(a) FROM met), (SELECT sum(b) FROM met), (SELECT sum(CAST(a AS DOUBLE) * b) FROM met), (SELECT count(*) FROM met),
         (SELECT max(a) FROM met), (SELECT max(b) FROM met), (SELECT sum(n) FROM l), (SELECT sum(n) FROM r), (SELECT count(*) FROM l), (SELECT count(*) FROM r)`,
    );
    const [
      leftMatched = 0,
      rightMatched = 0,
      matches = 0,
      commonKeys = 0,
      mostLeft = 0,
      mostRight = 0,
      leftKeyed = 0,
      rightKeyed = 0,
      leftKeys = 0,
      rightKeys = 0,
    ] = reader.getRows()[0]!.map((cell) => Number(plainCell(cell) ?? 0));
    return {
      left: { rowCount: one!.rowCount, matched: leftMatched, missing: one!.rowCount - leftKeyed, keys: leftKeys, most: mostLeft },
      right: { rowCount: other!.rowCount, matched: rightMatched, missing: other!.rowCount - rightKeyed, keys: rightKeys, most: mostRight },
      commonKeys,
      matches,
    };
  });
}

function keyOf(schema: TableSchema, name: string, side: string): ColumnSchema {
  const column = findColumn(schema, name);
  if (!column) throw new NodeError('column_missing', `The ${side} table has no column “${name}”.`);
  return column;
}

/** A key as it is compared: numbers with whole numbers as floating-point, as in the join itself. */
function comparable({ name, type }: ColumnSchema, other: ColumnSchema, matchCase: boolean): string {
  if (isTextual(type) && !matchCase) return `lower(${quoteName(name)})`;
  return type !== other.type && !isTextual(type) ? `CAST(${quoteName(name)} AS DOUBLE)` : quoteName(name);
}
