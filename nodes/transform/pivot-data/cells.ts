import { quoteName, quoteText } from '../../kit/define.ts';
import { findColumn, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { aggregateInSql } from '../aggregate-functions.ts';
import { figuresOf, type Aggregation, type Figure } from '../aggregations.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { textInSql } from '../values-in-sql.ts';

/** A value of the pivot column as text, null for a missing one, and the name of its column. */
export interface Level {
  readonly value: string | null;
  readonly name: string;
}

/** A column of the result: one figure of one level. */
export interface Cell {
  readonly figure: Figure;
  readonly level: Level;
  readonly schema: ColumnSchema;
}

interface Chosen {
  readonly column: string;
  readonly aggregations: readonly Aggregation[];
}

/**
 * The columns that the levels make, figure by figure. A single figure without a name gives them the names of the levels; else the figure's name
 * comes before.
 */
export function cellsOf({ aggregations }: Chosen, data: TableSchema, rows: readonly ColumnSchema[], levels: readonly Level[]): Cell[] {
  const taken = new Set(rows.map((each) => each.name.toLowerCase()));
  const figures = figuresOf(aggregations, data, []);
  const bare = aggregations.length === 1 && aggregations[0]!.name === '';
  return figures.flatMap((figure) =>
    levels.map((level) => {
      const name = freeName(bare ? level.name : `${figure.schema.name}_${level.name}`, taken);
      return { figure, level, schema: { ...figure.schema, name, nullable: !isCount(figure) } };
    }),
  );
}

const isCount = ({ each }: Figure): boolean => each.function === 'count' || each.function === 'countDistinct';

/** SQL for a value of the pivot column as text; null where it is missing or empty. */
export const levelInSql = (column: ColumnSchema): string => `nullif(${textInSql(column)}, '')`;

/** The query: first a row for each combination of row columns and level, then its figures side by side, rows in the order of their first appearance. */
export function pivotInSql({ column }: Chosen, data: TableSchema, rows: readonly ColumnSchema[], cells: readonly Cell[]): string {
  const taken = takenNames(data);
  const own = (name: string): string => quoteName(freeName(name, taken));
  const [place, level, first] = [own('place'), own('level'), own('first')];
  const figures = [...new Set(cells.map(({ figure }) => figure))];
  const names = new Map(figures.map((figure) => [figure, own('figure')]));
  const keys = rows.map(({ name }) => quoteName(name));
  const made = figures.map((figure) => `${aggregateInSql(figure.each.function, figure.of, { place, quantile: figure.each.quantile })} AS ${names.get(figure)}`);
  const chosen = cells.map(({ figure, level: { value }, schema }) => {
    const cell = `any_value(${names.get(figure)}) FILTER (WHERE ${level} ${value === null ? 'IS NULL' : `= ${quoteText(value)}`})`;
    return `${isCount(figure) ? `coalesce(${cell}, CAST(0 AS BIGINT))` : cell} AS ${quoteName(schema.name)}`;
  });
  return `WITH numbered AS (SELECT *, row_number() OVER () AS ${place}, ${levelInSql(findColumn(data, column)!)} AS ${level} FROM data),
cells AS (SELECT ${[...keys, level, ...made].join(', ')}, min(${place}) AS ${first} FROM numbered GROUP BY ${[...keys, level].join(', ')})
SELECT ${[...keys, ...chosen].join(', ')} FROM cells${keys.length > 0 ? ` GROUP BY ${keys.join(', ')} ORDER BY min(${first})` : ''}`;
}
