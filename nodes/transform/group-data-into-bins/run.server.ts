import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import { isNumeric, type ColumnSchema, type Table } from '../../kit/table.ts';
import { chooseNumeric } from '../feature-columns.ts';
import { aggregatesOf, figuresOf, fittedOutputs, type FittedColumn } from '../fitted-columns.server.ts';
import { finiteInSql, missingInSql, numberInSql } from '../values-in-sql.ts';
import { binInGraph, binInSql, edgesBelowInSql, namesOfBins, sortedEdges, treeCuts, type Slice } from './edges.ts';
import { binColumns, binKeeps, binNames, groupDataIntoBins, type BinParams } from './node.ts';

/** A tree looks for its cuts among so many quantiles. */
const CANDIDATES = 256;
const CLASS_LIMIT = 100;

export default defineRun(groupDataIntoBins, async ({ data }, params, context) => {
  const { columns } = chooseNumeric(params.columns, data.schema, '');
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no numeric column to bin. Choose at least one.', { param: 'columns' });
  const edges = await edgesOf(columns, data, params, context);
  for (const [index, { name }] of columns.entries()) context.log(`“${name}”: ${edges[index]!.length + 1} bins.`);
  const names = edges.map((each) => namesOfBins(each.length + 1, binNames(params)));
  const made = binColumns(columns, data.schema, params).map((column, index): FittedColumn => ({
    column,
    sql: (value) => binInSql(value(columns[index]!.name), edges[index]!, names[index]!, params.categorical),
  }));
  return fittedOutputs(
    {
      sources: columns,
      made,
      ...binKeeps(params),
      graph: (builder, value) => columns.map(({ name }, index) => binInGraph(builder, value(name), edges[index]!, names[index]!, params.categorical)),
    },
    data,
    context,
  );
});

async function edgesOf(columns: readonly ColumnSchema[], data: Table, params: BinParams, context: RunContext): Promise<number[][]> {
  const { mode, bins } = params;
  if (mode === 'custom') return columns.map(() => sortedEdges(params.edges));
  if (mode === 'quantiles') return quantilesOf(columns, data, bins, 'quantile_cont', context);
  if (mode === 'equal-width') {
    const names = columns.map(({ name }) => name);
    const ranges = await figuresOf(names, { low: (value) => `min(${value})`, high: (value) => `max(${value})` }, data, context);
    return ranges.map(({ low, high }) =>
      low === null || high === null || low === high
        ? []
        : sortedEdges(Array.from({ length: bins - 1 }, (_, index) => low + ((index + 1) * (high - low)) / bins)),
    );
  }
  const { label } = chooseLabel(data.schema, params.label);
  if (!label) throw new NodeError('label_missing', 'Choose the label column by which the bins are made.', { param: 'label' });
  if (columns.some(({ name }) => name === label.name))
    throw new NodeError('parameter_invalid', `“${label.name}” is the label, so it cannot be binned by itself. Leave it out of the columns.`, {
      param: 'columns',
    });
  const candidates = await quantilesOf(columns, data, CANDIDATES, 'quantile_disc', context);
  const edges: number[][] = [];
  for (const [index, column] of columns.entries()) {
    const cuts = treeCuts(await slicesOf(column, candidates[index]!, label, data, context), bins, Math.max(1, Math.floor(data.rowCount / 100)));
    edges.push(cuts.map((cut) => candidates[index]![cut - 1]!));
    context.progress((index + 1) / columns.length, column.name);
  }
  return edges;
}

/** The inner edges of `bins` equal shares of each column. */
async function quantilesOf(columns: readonly ColumnSchema[], data: Table, bins: number, quantile: string, context: RunContext): Promise<number[][]> {
  const places = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
  if (places.length === 0) return columns.map(() => []);
  const found = await aggregatesOf(
    columns.map(({ name }) => name),
    { edges: (value) => `CAST(to_json(${quantile}(${value}, [${places.map(numberInSql).join(', ')}])) AS VARCHAR)`, highest: (value) => `max(${value})` },
    data,
    context,
  );
  // An edge at the largest value would leave the bin above it empty.
  return found.map(({ edges, highest }) =>
    typeof edges === 'string' ? sortedEdges(JSON.parse(edges) as number[]).filter((edge) => edge < Number(highest)) : [],
  );
}

/** What the label does between neighbouring candidates. Rows without the value or the label do not count. */
async function slicesOf({ name }: ColumnSchema, edges: readonly number[], label: ColumnSchema, data: Table, context: RunContext): Promise<Slice[]> {
  const bin = edgesBelowInSql('x', edges);
  const x = finiteInSql(name);
  const numeric = isNumeric(label.type);
  const y = numeric ? finiteInSql(label.name) : `CASE WHEN NOT ${missingInSql(label)} THEN CAST(${quoteName(label.name)} AS VARCHAR) END`;
  const rows = await context.rows(
    numeric
      ? `SELECT bin, count(*) AS n, sum(y) AS s, sum(y * y) AS q FROM (SELECT ${bin} AS bin, y FROM (SELECT ${x} AS x, ${y} - (SELECT avg(${y}) FROM data) AS y FROM data)) WHERE bin IS NOT NULL AND y IS NOT NULL GROUP BY bin ORDER BY bin`
      : `SELECT bin, y, count(*) AS n FROM (SELECT ${bin} AS bin, y FROM (SELECT ${x} AS x, ${y} AS y FROM data)) WHERE bin IS NOT NULL AND y IS NOT NULL GROUP BY bin, y ORDER BY bin, y`,
    { data },
  );
  const classes = [...new Set(rows.map((each) => String(each.y)))];
  if (!numeric && classes.length > CLASS_LIMIT)
    throw new NodeError('label_too_many_classes', `“${label.name}” has more than ${CLASS_LIMIT} classes. Choose another label column.`, { param: 'label' });
  const slices = Array.from({ length: edges.length + 1 }, () => ({ rows: 0, sums: numeric ? [0] : classes.map(() => 0), squares: 0 }));
  for (const row of rows) {
    const slice = slices[Number(row.bin)]!;
    slice.rows += Number(row.n);
    slice.sums[numeric ? 0 : classes.indexOf(String(row.y))]! += Number(numeric ? row.s : row.n);
    slice.squares += Number(numeric ? row.q : row.n);
  }
  return slices;
}
