import { turns } from '../../kernels/turns.ts';
import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { ColumnSchema, ColumnValues, Table } from '../../kit/table.ts';
import { chooseColumns } from '../../transform/choose-columns.ts';
import { numberInSql } from '../../transform/values-in-sql.ts';
import { correlation, pairsOf, ranks } from '../correlation.ts';
import { COLUMN_LIMIT, computeLinearCorrelation, isMeasurable, matrixSchema } from './node.ts';

const PAIRS_AT_ONCE = 500;

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

/** By DuckDB, which keeps no rows in memory. Numbers are brought to at most 1 first, so that squares of large ones do not overflow. */
async function pearsonMatrix(columns: readonly ColumnSchema[], data: Table, context: RunContext): Promise<Matrix> {
  const finite = ({ name }: ColumnSchema) => `CASE WHEN isfinite(CAST(${quoteName(name)} AS DOUBLE)) THEN CAST(${quoteName(name)} AS DOUBLE) END`;
  const [most = {}] = await context.rows(`SELECT ${columns.map((each, at) => `max(abs(${finite(each)})) AS m${at}`).join(', ')} FROM data`, { data });
  const scaled = columns.map((each, at) => `(${finite(each)}) / ${numberInSql(Number(most[`m${at}`]) || 1)} AS v${at}`).join(', ');
  const matrix = emptyMatrix(columns.length);
  const pairs = pairsUpTo(columns.length);
  for (let from = 0; from < pairs.length; from += PAIRS_AT_ONCE) {
    const some = pairs.slice(from, from + PAIRS_AT_ONCE);
    const figures = some.map(([a, b], at) => {
      const both = `FILTER (WHERE v${a} IS NOT NULL AND v${b} IS NOT NULL)`;
      const varies = (v: string) => `min(${v}) ${both} < max(${v}) ${both}`;
      return `CASE WHEN ${varies(`v${a}`)} AND ${varies(`v${b}`)} THEN corr(v${a}, v${b}) END AS r${at}`;
    });
    const [row = {}] = await context.rows(`SELECT ${figures.join(', ')} FROM (SELECT ${scaled} FROM data)`, { data });
    for (const [at, [a, b]] of some.entries()) {
      const found = row[`r${at}`];
      if (typeof found === 'number' && Number.isFinite(found)) matrix[a]![b] = matrix[b]![a] = a === b ? 1 : Math.max(-1, Math.min(1, found));
    }
    context.progress(Math.min(1, (from + some.length) / pairs.length));
  }
  return matrix;
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
