import { quoteName } from '../kit/define.ts';
import { isNumeric, type ColumnSchema, type ColumnType } from '../kit/table.ts';
import { missingInSql, numberInSql } from './values-in-sql.ts';

interface AggregateFunction {
  readonly title: string;
  /** What follows the column in the name of a result. */
  readonly suffix: string;
  /** The type of the result, or null where the column cannot be used. */
  type(column: ColumnType): ColumnType | null;
  /** May be missing although there are rows. */
  readonly nullable: boolean;
  /** `value` is the column in SQL, null where missing; `place` that of the row's number. */
  sql(value: string, column: ColumnSchema, context: { readonly place: string; readonly quantile: number }): string;
}

const summable = (type: ColumnType): boolean => isNumeric(type) || type === 'boolean';
const numeric = (type: ColumnType): ColumnType | null => (summable(type) ? 'number' : null);
const same = (type: ColumnType): ColumnType => type;
const asNumber = (value: string): string => `CAST(${value} AS DOUBLE)`;
/** A spread is missing where a value is infinite, or so large that its square is no number. */
const spread = (name: string) => (value: string) => {
  const usable = `abs(${asNumber(value)}) < 1e150`;
  return `CASE WHEN coalesce(bool_and(${usable}), true) THEN ${name}(CASE WHEN ${usable} THEN ${asNumber(value)} END) END`;
};

/** What a column of a group becomes. All leave out missing values, but for the share of missing. */
export const FUNCTIONS = {
  count: { title: 'Count', suffix: 'count', type: () => 'integer', nullable: false, sql: (value) => `count(${value})` },
  countDistinct: {
    title: 'Count distinct',
    suffix: 'count_distinct',
    type: () => 'integer',
    nullable: false,
    sql: (value) => `count(DISTINCT ${value})`,
  },
  sum: {
    title: 'Sum',
    suffix: 'sum',
    type: (type) => (type === 'number' ? 'number' : summable(type) ? 'integer' : null),
    nullable: true,
    sql: (value, { type }) => (type === 'number' ? `sum(${value})` : `TRY_CAST(sum(CAST(${value} AS BIGINT)) AS BIGINT)`),
  },
  mean: { title: 'Mean', suffix: 'mean', type: numeric, nullable: true, sql: (value) => `avg(${asNumber(value)})` },
  median: { title: 'Median', suffix: 'median', type: numeric, nullable: true, sql: (value) => `quantile_cont(${asNumber(value)}, 0.5)` },
  minimum: { title: 'Minimum', suffix: 'min', type: same, nullable: true, sql: (value) => `min(${value})` },
  maximum: { title: 'Maximum', suffix: 'max', type: same, nullable: true, sql: (value) => `max(${value})` },
  standardDeviation: { title: 'Standard deviation', suffix: 'sd', type: numeric, nullable: true, sql: spread('stddev_samp') },
  variance: { title: 'Variance', suffix: 'variance', type: numeric, nullable: true, sql: spread('var_samp') },
  first: { title: 'First', suffix: 'first', type: same, nullable: true, sql: (value, _, { place }) => `arg_min(${value}, ${place})` },
  last: { title: 'Last', suffix: 'last', type: same, nullable: true, sql: (value, _, { place }) => `arg_max(${value}, ${place})` },
  quantile: {
    title: 'Quantile',
    suffix: 'quantile',
    type: numeric,
    nullable: true,
    sql: (value, _, { quantile }) => `quantile_cont(${asNumber(value)}, ${quantile})`,
  },
  mode: { title: 'Mode', suffix: 'mode', type: same, nullable: true, sql: (value, _, { place }) => `mode(${value} ORDER BY ${place})` },
  missingShare: {
    title: 'Share of missing',
    suffix: 'missing_share',
    type: () => 'number',
    nullable: true,
    sql: (_, column) => `avg(CASE WHEN ${missingInSql(column)} THEN ${numberInSql(1)} ELSE ${numberInSql(0)} END)`,
  },
} as const satisfies Readonly<Record<string, AggregateFunction>>;
export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];
export const functionOf = (name: FunctionName): AggregateFunction => FUNCTIONS[name];

/** The SQL of one result; not-a-number counts as missing. */
export function aggregateInSql(name: FunctionName, column: ColumnSchema | null, context: { place: string; quantile: number }): string {
  if (!column) return 'count(*)';
  const quoted = quoteName(column.name);
  return functionOf(name).sql(quoted, column, context);
}
