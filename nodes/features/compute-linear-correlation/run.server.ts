import { turns } from '../../kernels/turns.ts';
import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { ColumnSchema, ColumnValues, Table } from '../../kit/table.ts';
import { chooseColumns } from '../../transform/choose-columns.ts';
import { COLUMNS_AT_ONCE, narrow } from '../../transform/query-in-parts.server.ts';
import { numberInSql } from '../../transform/values-in-sql.ts';
import { correlation, pairsOf, ranks } from '../correlation.ts';
import { PearsonSums } from '../pearson-sums.ts';
import { COLUMN_LIMIT, computeLinearCorrelation, isMeasurable, matrixSchema } from './node.ts';

const PAIRS_AT_ONCE = 500;
/** Rows of a block: some columns of it stay in the processor's cache. */
const BLOCK_ROWS = 2_048;

/** A symmetric matrix; rows and columns in the order of the choice. */
type Matrix = readonly Float64Array[];

export default defineRun(computeLinearCorrelation, async ({ data }, { columns: selection, method }, context) => {
  const { columns } = chooseColumns(selection, data.schema);
  const wrong = columns.find((each) => !isMeasurable(each));
  if (wrong)
    throw new NodeError('column_wrong_type', `“${wrong.name}” is not numeric, so there is no correlation with it. Leave it out.`, { param: 'columns' });
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no numeric column to compare. Choose at least one.', { param: 'columns' });
  if (columns.length > COLUMN_LIMIT)
    throw new NodeError('parameter_invalid', `At most ${COLUMN_LIMIT.toLocaleString('en-US')} columns can be compared. Choose fewer.`, { param: 'columns' });
  const matrix = method === 'pearson' ? await pearsonMatrix(columns, data, context) : await spearmanMatrix(columns, data, context);
  const schema = matrixSchema(columns);
  const values: ColumnValues[] = [columns.map(({ name }) => name), ...matrix];
  return { results: await context.table(schema, new Map(schema.columns.map(({ name }, at) => [name, values[at]!]))) };
});

const emptyMatrix = (size: number): Matrix => Array.from({ length: size }, () => new Float64Array(size).fill(NaN));
const pairsUpTo = (size: number): [number, number][] =>
  Array.from({ length: size }, (_, a) => Array.from({ length: size - a }, (_each, b) => [a, a + b] as [number, number])).flat();

interface Extent {
  /** A power of two near the greatest distance from 0; values are divided by it, so that squares of large ones do not overflow. */
  readonly scale: number;
  readonly varies: boolean;
}

const finite = ({ name }: ColumnSchema): string => `CASE WHEN isfinite(CAST(${quoteName(name)} AS DOUBLE)) THEN CAST(${quoteName(name)} AS DOUBLE) END`;

/** Rows pass by a block at a time; pairs that so lose too many digits are computed by DuckDB, which takes all products about their means. */
async function pearsonMatrix(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Matrix> {
  const extents = await extentsOf(columns, data, context);
  const sums = new PearsonSums(Float64Array.from(extents, ({ scale }) => scale));
  const names = columns.map(({ name }) => name);
  const numbers = await context.only(data, names);
  const places = names.map((name) => numbers.schema.columns.findIndex((each) => each.name === name));
  const breathe = turns(context.signal);
  let done = 0;
  for await (const { rowCount, values } of context.batches(numbers, BLOCK_ROWS).batches) {
    sums.add(places.map((at) => numbersOf(values[at]!)));
    context.progress((done += rowCount) / data.rowCount);
    await breathe();
  }
  const matrix = emptyMatrix(columns.length);
  const uncertain: [number, number][] = [];
  for (const [a, b] of pairsUpTo(columns.length)) {
    if (!extents[a]!.varies || !extents[b]!.varies) continue;
    const found = a === b ? 1 : sums.correlation(a, b);
    if (found === null) uncertain.push([a, b]);
    else matrix[a]![b] = matrix[b]![a] = found;
  }
  await fillExactly(matrix, uncertain, { columns, extents, data }, context);
  return matrix;
}

/** Whole numbers beyond 2^53 come as texts. */
const numbersOf = (values: ColumnValues): Float64Array =>
  values instanceof Float64Array ? values : Float64Array.from(values, (value) => (value === null ? NaN : Number(value)));

/** Dividing by it loses no digit. */
const powerBelow = (value: number): number => 2 ** Math.floor(Math.log2(value));

async function extentsOf(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Extent[]> {
  const extents: Extent[] = [];
  for (let from = 0; from < columns.length; from += COLUMNS_AT_ONCE) {
    const some = columns.slice(from, from + COLUMNS_AT_ONCE);
    const figures = some.map((_, at) => `min(v${at}) AS low${at}, max(v${at}) AS high${at}`);
    const values = some.map((each, at) => `${finite(each)} AS v${at}`).join(', ');
    const inputs = { data: await narrow(data, [values], context) };
    const [row = {}] = await context.rows(`SELECT ${figures.join(', ')} FROM (SELECT ${values} FROM data)`, inputs);
    for (const at of some.keys()) {
      const [low, high] = [Number(row[`low${at}`]), Number(row[`high${at}`])];
      extents.push({ scale: powerBelow(Math.max(Math.abs(low), Math.abs(high)) || 1), varies: low < high });
    }
  }
  return extents;
}

interface Compared {
  readonly columns: readonly ColumnSchema[];
  readonly extents: readonly Extent[];
  readonly data: Table;
}

async function fillExactly(
  matrix: Matrix,
  pairs: readonly (readonly [number, number])[],
  { columns, extents, data }: Compared,
  context: RunContext,
): Promise<void> {
  for (let from = 0; from < pairs.length; from += PAIRS_AT_ONCE) {
    const some = pairs.slice(from, from + PAIRS_AT_ONCE);
    const figures = some.map(([a, b], at) => {
      const both = `FILTER (WHERE v${a} IS NOT NULL AND v${b} IS NOT NULL)`;
      const varies = (v: string) => `min(${v}) ${both} < max(${v}) ${both}`;
      return `CASE WHEN ${varies(`v${a}`)} AND ${varies(`v${b}`)} THEN corr(v${a}, v${b}) END AS r${at}`;
    });
    const used = [...new Set(some.flat())];
    const scaled = used.map((at) => `(${finite(columns[at]!)}) / ${numberInSql(extents[at]!.scale)} AS v${at}`).join(', ');
    const inputs = { data: await narrow(data, [scaled], context) };
    const [row = {}] = await context.rows(`SELECT ${figures.join(', ')} FROM (SELECT ${scaled} FROM data)`, inputs);
    for (const [at, [a, b]] of some.entries()) {
      const found = row[`r${at}`];
      if (typeof found === 'number' && Number.isFinite(found)) matrix[a]![b] = matrix[b]![a] = Math.max(-1, Math.min(1, found));
    }
  }
}

/** Ranks are those among the rows that have both; a column without gaps is ranked once for all others without. */
async function spearmanMatrix(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Matrix> {
  const read = await data.read(columns.map(({ name }) => name));
  const values = columns.map(({ name }) => read.get(name) as Float64Array);
  const whole = values.map((each) => (each.every(Number.isFinite) ? ranks(each) : undefined));
  const matrix = emptyMatrix(columns.length);
  const breathe = turns(context.signal);
  const pairs = pairsUpTo(columns.length);
  for (const [done, [a, b]] of pairs.entries()) {
    const [x, y] = [whole[a], whole[b]];
    const both = x && y ? { x, y } : pairsOf(values[a]!, values[b]!);
    const found = correlation(x && y ? both : { x: ranks(both.x), y: ranks(both.y) });
    matrix[a]![b] = matrix[b]![a] = a === b && !Number.isNaN(found) ? 1 : found;
    if (done % 50 === 0) context.progress(done / pairs.length);
    await breathe();
  }
  return matrix;
}
