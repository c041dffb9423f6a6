import { isNumeric, type ColumnSchema, type ColumnType } from '../../kit/table.ts';
import { numberInSql } from '../values-in-sql.ts';

/** The windows of one function: SQL after OVER, in parentheses. */
export interface Windows {
  /** Rows of the group in their order, no two alike in place; `frame` such as `ROWS 6 PRECEDING` may be added. */
  inOrder(frame?: string): string;
  /** Rows of the group in the order of the sort keys alone, so that equal rows are equal. */
  readonly byKeys: string;
  readonly offset: number;
  readonly size: number;
  readonly fewest: number;
  readonly tiles: number;
}

export interface WindowFunction {
  readonly title: string;
  /** What follows the column in the name of a result, or is the whole name where there is no column. */
  suffix(windows: Pick<Windows, 'offset' | 'size' | 'tiles'>): string;
  readonly column: 'needed' | 'optional' | 'none';
  /** Its result is the same for all rows unless there are sort keys. */
  readonly needsOrder?: true;
  /** The type of the result, or null where the column cannot be used. */
  type(column: ColumnType): ColumnType | null;
  readonly nullable: boolean;
  /** `value`: the column in SQL, null where missing, or `''` without one. */
  sql(value: string, column: ColumnSchema | null, windows: Windows): string;
}

const summable = (type: ColumnType): boolean => isNumeric(type) || type === 'boolean';
const same = (type: ColumnType): ColumnType => type;
const WHOLE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING';
const SO_FAR = 'ROWS UNBOUNDED PRECEDING';
const asNumber = (value: string): string => `CAST(${value} AS DOUBLE)`;

/** A place in the order of the group. */
const rank = (title: string, suffix: string, sql: WindowFunction['sql'], type: ColumnType = 'integer'): WindowFunction => ({
  title,
  suffix: () => suffix,
  column: 'none',
  type: () => type,
  nullable: false,
  sql,
});

/** The value of another row of the group. */
const fromRow = (title: string, suffix: WindowFunction['suffix'], sql: WindowFunction['sql']): WindowFunction => ({
  title,
  suffix,
  column: 'needed',
  type: same,
  nullable: true,
  sql,
});
const earlier = (value: string, { offset, inOrder }: Windows): string => `lag(${value}, ${offset}) OVER ${inOrder()}`;

function differenceInSql(value: string, column: ColumnSchema | null, windows: Windows): string {
  const cast = column?.type === 'datetime' ? `epoch_us(${value})` : value;
  if (column?.type === 'number') return `${value} - ${earlier(value, windows)}`;
  const whole = `CAST(${cast} AS HUGEINT) - CAST(${earlier(cast, windows)} AS HUGEINT)`;
  return column?.type === 'datetime' ? `CAST(${whole} AS DOUBLE) / ${numberInSql(86_400_000_000)}` : `TRY_CAST(${whole} AS BIGINT)`;
}

interface Figure {
  readonly name: string;
  readonly suffix: string;
  type(column: ColumnType): ColumnType | null;
  readonly column: 'needed' | 'optional';
  sql(value: string, column: ColumnSchema | null, over: string): string;
}
const numeric = (type: ColumnType): ColumnType | null => (summable(type) ? 'number' : null);

/** What is computed of the values in a window. A spread is missing where a value is infinite, or so large that its square is no number. */
const FIGURES = {
  Sum: {
    name: 'sum',
    suffix: 'sum',
    type: (type) => (type === 'number' ? 'number' : summable(type) ? 'integer' : null),
    column: 'needed',
    sql: (value, column, over) => (column?.type === 'number' ? `sum(${value}) ${over}` : `TRY_CAST(sum(CAST(${value} AS BIGINT)) ${over} AS BIGINT)`),
  },
  Mean: { name: 'mean', suffix: 'mean', type: numeric, column: 'needed', sql: (value, _, over) => `avg(${asNumber(value)}) ${over}` },
  Minimum: { name: 'minimum', suffix: 'min', type: same, column: 'needed', sql: (value, _, over) => `min(${value}) ${over}` },
  Maximum: { name: 'maximum', suffix: 'max', type: same, column: 'needed', sql: (value, _, over) => `max(${value}) ${over}` },
  StandardDeviation: {
    name: 'standard deviation',
    suffix: 'sd',
    type: numeric,
    column: 'needed',
    sql: (value, _, over) => {
      const usable = `abs(${asNumber(value)}) < 1e150`;
      return `CASE WHEN coalesce(bool_and(${usable}) ${over}, true) THEN stddev_samp(CASE WHEN ${usable} THEN ${asNumber(value)} END) ${over} END`;
    },
  },
  Count: { name: 'count', suffix: 'count', type: () => 'integer', column: 'optional', sql: (value, _, over) => `count(${value || '*'}) ${over}` },
} as const satisfies Readonly<Record<string, Figure>>;
type FigureName = keyof typeof FIGURES;

/** The rows that a figure is of. */
const FRAMES = {
  rolling: { title: 'Rolling', suffix: (size: number) => `rolling_%_${size}`, rows: (size: number) => `ROWS ${size - 1} PRECEDING` },
  cumulative: { title: 'Cumulative', suffix: () => 'cumulative_%', rows: () => SO_FAR },
  group: { title: 'Group’s', suffix: () => 'group_%', rows: () => WHOLE },
} as const;
type FrameName = keyof typeof FRAMES;

function figureIn(frameName: FrameName, figureName: FigureName): WindowFunction {
  const [frame, figure] = [FRAMES[frameName], FIGURES[figureName] as Figure];
  return {
    title: `${frame.title} ${figure.name}`,
    suffix: ({ size }) => frame.suffix(size).replace('%', figure.suffix),
    column: figure.column,
    type: figure.type,
    nullable: figureName !== 'Count',
    sql(value, column, windows) {
      const over = `OVER ${windows.inOrder(frame.rows(windows.size))}`;
      const result = figure.sql(value, column, over);
      const enough = frameName === 'rolling' && figureName !== 'Count' && windows.fewest > 1;
      return enough ? `CASE WHEN count(${value}) ${over} >= ${windows.fewest} THEN ${result} END` : result;
    },
  };
}
type FigureFunction = `${FrameName}${FigureName}`;
const figures = Object.fromEntries(
  (Object.keys(FRAMES) as FrameName[]).flatMap((frame) =>
    (Object.keys(FIGURES) as FigureName[]).map((figure) => [`${frame}${figure}`, figureIn(frame, figure)]),
  ),
) as Record<FigureFunction, WindowFunction>;

/** What each row gets of the other rows of its group. */
export const FUNCTIONS = {
  lag: fromRow(
    'Lag',
    ({ offset }) => `lag_${offset}`,
    (value, _, windows) => earlier(value, windows),
  ),
  lead: fromRow(
    'Lead',
    ({ offset }) => `lead_${offset}`,
    (value, _, { offset, inOrder }) => `lead(${value}, ${offset}) OVER ${inOrder()}`,
  ),
  difference: {
    title: 'Difference',
    suffix: ({ offset }) => `difference_${offset}`,
    column: 'needed',
    type: (type) => (isNumeric(type) ? type : type === 'datetime' ? 'number' : null),
    nullable: true,
    sql: differenceInSql,
  },
  percentChange: {
    title: 'Percent change',
    suffix: ({ offset }) => `percent_change_${offset}`,
    column: 'needed',
    type: (type) => (isNumeric(type) ? 'number' : null),
    nullable: true,
    sql: (value, _, windows) =>
      `(${asNumber(value)} / nullif(${asNumber(earlier(value, windows))}, ${numberInSql(0)}) - ${numberInSql(1)}) * ${numberInSql(100)}`,
  },
  ...figures,
  first: fromRow(
    'First',
    () => 'first',
    (value, _, { inOrder }) => `first_value(${value} IGNORE NULLS) OVER ${inOrder(WHOLE)}`,
  ),
  last: fromRow(
    'Last',
    () => 'last',
    (value, _, { inOrder }) => `last_value(${value} IGNORE NULLS) OVER ${inOrder(WHOLE)}`,
  ),
  lastKnown: fromRow(
    'Last known',
    () => 'last_known',
    (value, _, { inOrder }) => `last_value(${value} IGNORE NULLS) OVER ${inOrder(SO_FAR)}`,
  ),
  rowNumber: rank('Row number', 'row_number', (_value, _column, { inOrder }) => `row_number() OVER ${inOrder()}`),
  rank: { ...rank('Rank', 'rank', (_value, _column, { byKeys }) => `rank() OVER ${byKeys}`), needsOrder: true },
  denseRank: { ...rank('Dense rank', 'dense_rank', (_value, _column, { byKeys }) => `dense_rank() OVER ${byKeys}`), needsOrder: true },
  percentRank: { ...rank('Percent rank', 'percent_rank', (_value, _column, { byKeys }) => `percent_rank() OVER ${byKeys}`, 'number'), needsOrder: true },
  tile: {
    ...rank('Tile', 'tile', (_value, _column, { inOrder, tiles }) => `ntile(${tiles}) OVER ${inOrder()}`),
    suffix: ({ tiles }) => `tile_of_${tiles}`,
  },
} as const satisfies Readonly<Record<string, WindowFunction>>;
export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];
export const functionOf = (name: FunctionName): WindowFunction => FUNCTIONS[name];
