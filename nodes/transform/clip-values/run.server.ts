import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { GraphBuilder } from '../../kit/onnx/builder.ts';
import { chooseNumeric } from '../feature-columns.ts';
import { figuresOf, fittedOutputs, type FittedColumn } from '../fitted-columns.server.ts';
import { numberInSql } from '../values-in-sql.ts';
import { clipsLower, clipsUpper, clipTargets, clipValues, type ClipParams } from './node.ts';

/** Values beyond `at` become `to`; both are float32. NaN stands for missing. */
interface Cut {
  readonly above: boolean;
  readonly at: number;
  readonly to: number;
}

type Figure = 'mean' | 'median' | 'upper' | 'lower';
type Figures = Readonly<Partial<Record<Figure, number | null>>>;

/** The figures that the parameters ask for. */
function aggregates(params: ClipParams): Partial<Record<Figure, (value: string) => string>> {
  const substitutes = [...(clipsUpper(params) ? [params.upperSubstitute] : []), ...(clipsLower(params) ? [params.lowerSubstitute] : [])];
  const byPercentile = params.threshold === 'percentile';
  const quantile = (percent: number) => (value: string) => `quantile_cont(${value}, ${percent / 100})`;
  return {
    ...(substitutes.includes('mean') && { mean: (value) => `avg(${value})` }),
    ...(substitutes.includes('median') && { median: (value) => `median(${value})` }),
    ...(byPercentile && clipsUpper(params) && { upper: quantile(params.upper) }),
    ...(byPercentile && clipsLower(params) && { lower: quantile(params.lower) }),
  };
}

/** The cuts of one column; none where a percentile of no values is asked for. */
function cutsOf(params: ClipParams, figures: Figures): Cut[] {
  const cut = (above: boolean, side: 'upper' | 'lower', substitute: ClipParams['upperSubstitute']): Cut[] => {
    const at = params.threshold === 'percentile' ? figures[side] : params[side];
    if (at === null || at === undefined) return [];
    const to = substitute === 'missing' ? NaN : substitute === 'threshold' ? at : (figures[substitute] ?? at);
    return [{ above, at: Math.fround(at), to: Math.fround(to) }];
  };
  return [
    ...(clipsUpper(params) ? cut(true, 'upper', params.upperSubstitute) : []),
    ...(clipsLower(params) ? cut(false, 'lower', params.lowerSubstitute) : []),
  ];
}

const beyondInSql = (x: string, { above, at }: Cut): string => `${x} ${above ? '>' : '<'} ${numberInSql(at)}`;

function clippedInSql(x: string, cuts: readonly Cut[]): string {
  const when = cuts.map((cut) => `WHEN ${beyondInSql(x, cut)} THEN ${Number.isNaN(cut.to) ? 'NULL' : numberInSql(cut.to)}`);
  return when.length === 0 ? x : `CASE ${when.join(' ')} ELSE ${x} END`;
}

const isClippedInSql = (x: string, cuts: readonly Cut[]): string =>
  cuts.length === 0 ? 'false' : `coalesce(${cuts.map((cut) => beyondInSql(x, cut)).join(' OR ')}, false)`;

const one = (builder: GraphBuilder, value: number): string => builder.floats([value], [1, 1]);
const beyond = (builder: GraphBuilder, x: string, { above, at }: Cut): string => builder.node(above ? 'Greater' : 'Less', [x, one(builder, at)]);

const clipped = (builder: GraphBuilder, x: string, cuts: readonly Cut[]): string =>
  cuts.reduce((value, cut) => builder.node('Where', [beyond(builder, x, cut), one(builder, cut.to), value]), x);

function isClipped(builder: GraphBuilder, x: string, cuts: readonly Cut[]): string {
  const found = cuts.map((cut) => builder.cast(beyond(builder, x, cut), 'float'));
  // Nothing is greater than infinity: 0 for every row.
  if (found.length === 0) return builder.cast(builder.node('Greater', [x, one(builder, Infinity)]), 'float');
  return found.length === 1 ? found[0]! : builder.node('Max', found);
}

/** Values are rounded to float32 before they are compared, here as in the graph. */
export default defineRun(clipValues, async ({ data }, params, context) => {
  const { columns } = chooseNumeric(params.columns, data.schema, '');
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no numeric column to clip. Choose at least one.', { param: 'columns' });
  const figures = await figuresOf(
    columns.map(({ name }) => name),
    aggregates(params),
    data,
    context,
  );
  const targets = clipTargets(columns, data.schema, params).map((each, index) => ({ ...each, cuts: cutsOf(params, figures[index]!) }));
  const marked = targets.filter((each) => each.indicator !== undefined);
  for (const { source, cuts } of targets)
    for (const { above, at } of cuts) context.log(`“${source.name}”: ${above ? 'values above' : 'values below'} ${Number(at.toPrecision(7))} are replaced.`);
  return fittedOutputs(
    {
      sources: columns,
      made: [
        ...targets.map((each): FittedColumn => ({ column: each.clipped, sql: (value) => clippedInSql(value(each.source.name), each.cuts) })),
        ...marked.map((each): FittedColumn => ({ column: each.indicator!, sql: (value) => isClippedInSql(value(each.source.name), each.cuts) })),
      ],
      graph: (builder, value) => [
        ...targets.map((each) => clipped(builder, value(each.source.name), each.cuts)),
        ...marked.map((each) => isClipped(builder, value(each.source.name), each.cuts)),
      ],
    },
    data,
    context,
  );
});
