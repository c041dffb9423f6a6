import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { isTextual, type ColumnSchema, type ColumnValues, type Table } from '../../kit/table.ts';
import { COLUMNS_AT_ONCE, isWide, narrow } from '../../transform/query-in-parts.server.ts';
import { missingInSql, numberInSql } from '../../transform/values-in-sql.ts';
import { FIGURES, SUMMARY, summarizeData, type Figure } from './node.ts';

/** Exact quantiles hold the values of their columns in memory: so many at once. */
const VALUES_AT_ONCE = 10_000_000;

const QUANTILES: readonly (readonly [Figure, number])[] = [
  ['Q1', 0.25],
  ['Median', 0.5],
  ['Q3', 0.75],
  ['P0.5', 0.005],
  ['P1', 0.01],
  ['P5', 0.05],
  ['P95', 0.95],
  ['P99.5', 0.995],
];

type Row = Readonly<Record<string, number | string | boolean | null>>;
type Figures = Map<Figure, number>;

const isNumber = ({ type }: ColumnSchema): boolean => !isTextual(type) && type !== 'datetime';

/**
 * Figures are taken over finite numbers; true counts as 1. Moments are taken of numbers that were brought to about 1 first, so that neither very
 * large ones overflow nor a large offset drowns them.
 */
export default defineRun(summarizeData, async ({ data }, _params, context) => {
  const { columns } = data.schema;
  if (columns.length === 0) throw new NodeError('columns_none', 'The table has no column to describe.');
  const figures = new Map<string, Figures>();
  const numbers = columns.filter(isNumber);
  const atOnce = Math.max(1, Math.min(COLUMNS_AT_ONCE, Math.floor(VALUES_AT_ONCE / Math.max(1, data.rowCount))));
  for (let from = 0; from < numbers.length; from += atOnce) {
    const some = numbers.slice(from, from + atOnce);
    for (const [index, found] of (await describe(some, data, context)).entries()) figures.set(some[index]!.name, found);
    context.progress((0.5 * Math.min(numbers.length, from + atOnce)) / numbers.length);
  }
  const missing = await countMissing(columns, data, context);
  const levels = await (isWide(data) ? levelsOfMany : levelsOfEach)(columns, data, context);
  for (const [name, { mode }] of levels) if (mode !== null) figures.get(name)?.set('Mode', mode);
  return {
    results: await context.table(
      SUMMARY,
      new Map<string, ColumnValues>([
        ['Feature', columns.map(({ name }) => name)],
        ['Count', Float64Array.from(columns, () => data.rowCount)],
        ['Unique', Float64Array.from(columns, ({ name }) => levels.get(name)?.count ?? 0)],
        ['Missing', Float64Array.from(missing)],
        ...FIGURES.map((figure) => [figure, Float64Array.from(columns, ({ name }) => figures.get(name)?.get(figure) ?? NaN)] as const),
      ]),
    ),
  };
});

const figure = (row: Row, key: string): number => (typeof row[key] === 'number' ? row[key] : NaN);

/** All but the mode, which is looked for column by column. */
async function describe(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Figures[]> {
  const finite = ({ name }: ColumnSchema) => `CASE WHEN isfinite(CAST(${quoteName(name)} AS DOUBLE)) THEN CAST(${quoteName(name)} AS DOUBLE) END`;
  /** `expression` and `aggregates` get the column's place; `v` is the column's value as `expression` has it. */
  const aggregate = async (
    expression: (value: string, index: number) => string,
    aggregates: (v: string, index: number) => string,
    chosen?: (index: number) => string,
  ): Promise<Row> => {
    const values = columns.map((each, index) => `${expression(finite(each), index)} AS v${index}`).join(', ');
    const found = `SELECT ${columns.map((_, index) => aggregates(`v${index}`, index)).join(', ')} FROM (SELECT ${values} FROM data)`;
    const sql = chosen ? `SELECT ${columns.map((_, index) => chosen(index)).join(', ')} FROM (${found})` : found;
    const [row = {}] = await context.rows(sql, { data: await narrow(data, [values], context) });
    return row;
  };
  const fractions = QUANTILES.map(([, fraction]) => fraction).join(', ');
  const places = await aggregate(
    (value) => value,
    (v, index) => `min(${v}) AS low${index}, max(${v}) AS high${index}, quantile_cont(${v}, [${fractions}]) AS q${index}`,
    // An aggregate that is written once is planned once.
    (index) => `low${index}, high${index}, ${QUANTILES.map((_, at) => `q${index}[${at + 1}] AS q${index}_${at}`).join(', ')}`,
  );
  const unit = columns
    .map((_, index) => Math.max(Math.abs(figure(places, `low${index}`)), Math.abs(figure(places, `high${index}`))))
    .map((most) => (most > 0 ? most : 1));
  const moments = await aggregate(
    (value, index) => `(${value}) / ${numberInSql(unit[index]!)}`,
    (v, index) => `favg(${v}) AS mean${index}, stddev_samp(${v}) AS deviation${index}`,
  );
  const deviation = columns.map((_, index) => figure(moments, `deviation${index}`));
  const divisor = deviation.map((each) => (each > 0 ? each : 1));
  const shape = await aggregate(
    (value, index) => `((${value}) / ${numberInSql(unit[index]!)} - ${numberInSql(figure(moments, `mean${index}`))}) / ${numberInSql(divisor[index]!)}`,
    (v, index) => `favg(abs(${v})) AS away${index}, skewness(${v}) AS skewness${index}, kurtosis(${v}) AS kurtosis${index}`,
  );
  return columns.map((_, index) => {
    const [low, high, scale] = [figure(places, `low${index}`), figure(places, `high${index}`), unit[index]!];
    const varies = low !== high;
    const spread = varies ? deviation[index]! * scale : deviation[index]! >= 0 ? 0 : NaN;
    return new Map<Figure, number>([
      ['Min', low],
      ['Max', high],
      ['Mean', varies ? figure(moments, `mean${index}`) * scale : low],
      ['Mean Deviation', varies ? figure(shape, `away${index}`) * divisor[index]! * scale : low - low],
      ['Range', high - low],
      ['Sample Variance', spread ** 2],
      ['Standard Deviation', spread],
      ['Skewness', varies ? figure(shape, `skewness${index}`) : NaN],
      ['Kurtosis', varies ? figure(shape, `kurtosis${index}`) : NaN],
      ...QUANTILES.map(([name], at) => [name, figure(places, `q${index}_${at}`)] as const),
    ]);
  });
}

async function countMissing(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<number[]> {
  const missing: number[] = [];
  for (let from = 0; from < columns.length; from += COLUMNS_AT_ONCE) {
    const some = columns.slice(from, from + COLUMNS_AT_ONCE);
    const counts = some.map((each, index) => `count(*) FILTER (WHERE ${missingOf(each)}) AS m${index}`).join(', ');
    const [row = {}] = await context.rows(`SELECT ${counts} FROM data`, { data: await narrow(data, [counts], context) });
    missing.push(...some.map((_, index) => Number(row[`m${index}`] ?? 0)));
  }
  return missing;
}

/** A number's not-a-number is missing; an empty text is a value, as everywhere in tables. */
const missingOf = (each: ColumnSchema): string => (isTextual(each.type) ? `${quoteName(each.name)} IS NULL` : missingInSql(each));

/** How many different values a column has, and of numbers the most frequent one: of several the smallest. */
interface Levels {
  readonly count: number;
  readonly mode: number | null;
}

const levelsIn = (row: Row): Levels => ({ count: figure(row, 'levels') || 0, mode: typeof row.mode === 'number' ? row.mode : null });

async function levelsOfEach(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Map<string, Levels>> {
  const found = new Map<string, Levels>();
  for (const [index, each] of columns.entries()) {
    const own = quoteName(each.name);
    const groups = `WITH groups AS MATERIALIZED (SELECT ${own} AS v, count(*) AS n FROM data WHERE NOT ${missingOf(each)} GROUP BY ${own})`;
    const mode = isNumber(each)
      ? 'min(CAST(v AS DOUBLE)) FILTER (WHERE n = (SELECT max(n) FROM groups WHERE isfinite(CAST(v AS DOUBLE))) AND isfinite(CAST(v AS DOUBLE)))'
      : 'NULL';
    const [row = {}] = await context.rows(`${groups} SELECT count(*) AS levels, ${mode} AS mode FROM groups`, { data });
    found.set(each.name, levelsIn(row));
    context.progress(0.5 + (0.5 * (index + 1)) / columns.length, each.name);
  }
  return found;
}

/** As many as a few thousand queries of single columns take longer than these, which make rows of the cells of some columns of one type. */
const LEVELS_AT_ONCE = 50;

async function levelsOfMany(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Map<string, Levels>> {
  const found = new Map<string, Levels>();
  const atOnce = Math.max(1, Math.min(LEVELS_AT_ONCE, Math.floor(VALUES_AT_ONCE / Math.max(1, data.rowCount))));
  for (const same of Map.groupBy(columns, ({ type }) => type).values()) {
    const mode = isNumber(same[0]!) ? 'min({n: -n, v: CAST(v AS DOUBLE)}) FILTER (WHERE isfinite(CAST(v AS DOUBLE))).v' : 'NULL';
    const there = missingOf({ ...same[0]!, name: 'v' });
    for (let from = 0; from < same.length; from += atOnce) {
      const some = same.slice(from, from + atOnce);
      const values = `unnest([${some.map(({ name }) => quoteName(name)).join(', ')}]) AS v`;
      const cells = `SELECT unnest(range(${some.length})) AS place, ${values} FROM data`;
      const groups = `SELECT place, v, count(*) AS n FROM (${cells}) WHERE NOT ${there} GROUP BY place, v`;
      const rows = await context.rows(`SELECT place, count(*) AS levels, ${mode} AS mode FROM (${groups}) GROUP BY place`, {
        data: await narrow(data, [cells], context),
      });
      for (const row of rows) found.set(some[Number(row.place)]!.name, levelsIn(row));
      context.progress(0.5 + (0.5 * found.size) / columns.length);
    }
  }
  return found;
}
